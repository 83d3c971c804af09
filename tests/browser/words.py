"""What the pages must say, written down a second time: a test that read the catalogue would believe its mistakes."""

from __future__ import annotations

CHINESE = {
    "Account": "账号",
    "B: belongs to another unit": "B 属其他单位",
    "By unit": "按单位",
    "Case": "情形",
    "Channel": "渠道",
    "Confirm the deduction": "确认扣分",
    "Confirmed": "已确认",
    "Content": "内容",
    "Counted from": "起算",
    "County Human Resources and Social Security Bureau": "县人力资源和社会保障局",
    "County report (PDF)": "全县报告（PDF）",
    "Decide the case": "分流",
    "Decided.": "已作出决定。",
    "Delivered how and when": "送达方式及时间",
    "Due and overdue": "到期与逾期",
    "First receiver": "首接人",
    "Full name": "姓名",
    "Handle and reply": "办理并答复",
    "Happened at": "发生时间",
    "In writing": "书面",
    "Kind": "类型",
    "Letter number": "文号",
    "Log in": "登录",
    "Opinion": "处理意见",
    "Outcome": "结果",
    "Password": "密码",
    "Phone": "电话",
    "Place": "地点",
    "Proposed": "拟扣分",
    "Reason": "理由",
    "Reasons": "理由",
    "Receiving unit": "接收单位",
    "Record": "提交",
    "Recorded: ": "已记录：",
    "Register": "登记",
    "Register a petition": "登记信访事项",
    "Registered as ": "已登记，编号 ",
    "Received at": "接收时间",
    "Reply to the petitioner": "答复",
    "Request": "申诉求决",
    "Resolved": "已解决",
    "Sent how": "送达方式",
    "Status": "状态",
    "There is a problem": "提交的内容有问题",
    "Title": "标题",
    "Transfer": "转送",
    "Transferred how": "转送方式",
    "User name": "用户名",
    "Visit": "来访",
    "Xijie Community": "西街社区",
    "Year": "年度",
    "days left": "剩",
    "done in time": "按期履行",
}


class Words:
    """The words of one language; an unknown one is a mistake of the test."""

    def __init__(self, language: str) -> None:
        self.language, self.chinese = language, language == "zh"

    def __call__(self, english: str) -> str:
        """The word on the page for ``english``."""
        chinese = CHINESE[english]
        return chinese if self.chinese else english

    def known(self, text: str) -> str:
        """``text`` in this language if it is a word of the interface; data stay what they are."""
        return self(text) if text in CHINESE else text
