"""What the pages must say, written down a second time: a test that read the catalogue would believe its mistakes."""

from __future__ import annotations

CHINESE = {
    "Account": "账号",
    "Answered": "已申辩",
    "Appeal": "提出申诉",
    "Appealed": "申诉中",
    "Appeals to decide": "待裁定申诉",
    "B: belongs to another unit": "B 属其他单位",
    "By unit": "按单位",
    "Case": "情形",
    "Channel": "渠道",
    "Compared with the frozen year.": "与已冻结的年度对比。",
    "Compute the trial": "开始推演",
    "Confirm the deduction": "确认扣分",
    "Confirmed": "已确认",
    "Content": "内容",
    "Counted from": "起算",
    "County Human Resources and Social Security Bureau": "县人力资源和社会保障局",
    "County report (PDF)": "全县报告（PDF）",
    "Decide the case": "分流",
    "Decided.": "已作出决定。",
    "Deductions that changed": "有变化的扣分",
    "Delivered how and when": "送达方式及时间",
    "Download": "下载",
    "Due and overdue": "到期与逾期",
    "First receiver": "首接人",
    "Freeze the year": "冻结年度",
    "Frozen, revision 2": "已冻结，第2版",
    "Full name": "姓名",
    "Grounds of the appeal": "申诉理由",
    "Handle and reply": "办理并答复",
    "Happened at": "发生时间",
    "In writing": "书面",
    "Kind": "类型",
    "Letter number": "文号",
    "Log in": "登录",
    "Make a statement": "提交申辩",
    "Make the next revision": "生成新的修订版",
    "May still be answered": "可申辩",
    "May still be appealed": "可申诉",
    "Not official": "非正式",
    "Notified": "已通知",
    "Notify the unit": "通知单位",
    "Open a correction": "启动更正",
    "Opinion": "处理意见",
    "Outcome": "结果",
    "Overturn the deduction": "推翻扣分",
    "Overturned": "已推翻",
    "Password": "密码",
    "Phone": "电话",
    "Place": "地点",
    "Proposed": "拟扣分",
    "Qingyuan County": "清源县",
    "Reason": "理由",
    "Reasons": "理由",
    "Received at": "接收时间",
    "Receiving unit": "接收单位",
    "Record": "提交",
    "Recorded: ": "已记录：",
    "Register": "登记",
    "Register a petition": "登记信访事项",
    "Registered as ": "已登记，编号 ",
    "Reply to the petitioner": "答复",
    "Request": "申诉求决",
    "Resolved": "已解决",
    "Sent how": "送达方式",
    "Statement of the unit": "单位申辩",
    "Status": "状态",
    "Superseded": "已被取代",
    "Take the final deduction back": "撤销已生效扣分",
    "The appeal is recorded.": "申诉已提交。",
    "The statement is recorded.": "申辩已提交。",
    "The unit is notified; it may answer now.": "已通知单位，单位可以申辩。",
    "There is a problem": "提交的内容有问题",
    "Title": "标题",
    "To decide": "待决定",
    "Transfer": "转送",
    "Transferred how": "转送方式",
    "User name": "用户名",
    "Visit": "来访",
    "What if?": "推演",
    "Would appear": "新增",
    "Xijie Community": "西街社区",
    "Year": "年度",
    "Year's end and revisions": "年终冻结与修订",
    "Yes, do it": "确定",
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
