"""The words of the year's work beyond a petition: hearings, accountability files, handovers, jobs, papers, letters."""

from __future__ import annotations

from models.terms import N_, Term


class HearingMove(Term):
    """What a side may do in the hearing of a deduction (domain §5). Time alone moves as well: ``rules.hearing``."""

    notify = "notify", N_("Notify the unit"), "通知单位"
    answer = "answer", N_("Make a statement"), "提交申辩"
    confirm = "confirm", N_("Confirm the deduction"), "确认扣分"
    withdraw = "withdraw", N_("Withdraw it"), "撤回扣分"
    appeal = "appeal", N_("Appeal"), "提出申诉"
    uphold = "uphold", N_("Uphold the deduction"), "维持扣分"
    overturn = "overturn", N_("Overturn the deduction"), "推翻扣分"
    revoke = "revoke", N_("Take the final deduction back"), "撤销已生效扣分"
    renew = "renew", N_("Propose it anew"), "重新提出扣分"


class AccountabilityGround(Term):
    """§3 of the notice: what is investigated seriously; it carries no points."""

    perfunctory = "perfunctory", N_("Perfunctory work"), "敷衍塞责"
    intensified = "intensified", N_("Intensified conflict"), "激化矛盾"
    consequences = "consequences", N_("Serious consequences"), "造成严重后果"


class AccountabilityStatus(Term):
    investigation = "investigation", N_("Being investigated"), "调查中"
    hearing = "hearing", N_("The unit is heard"), "听取申辩"
    decision = "decision", N_("To be decided"), "待决定"
    circulated = "circulated", N_("Circulated"), "已通报"
    closed = "closed", N_("Closed without notice"), "不予通报结案"


class AccountabilityMove(Term):
    hear = "hear", N_("Hear the unit"), "听取单位申辩"
    state = "state", N_("Make a statement"), "提交申辩"
    circulate = "circulate", N_("Circulate a notice"), "予以通报"
    close = "close", N_("Close without notice"), "不予通报结案"


class HandoverStatus(Term):
    proposed = "proposed", N_("Waits for signatures"), "待签字"
    signed = "signed", N_("Signed by both"), "双方已签字"
    withdrawn = "withdrawn", N_("Withdrawn"), "已撤回"


class JobKind(Term):
    """Long work that runs outside the request (``app.jobs``); who may ask for it: ``permissions.JOBS``."""

    papers = "papers", N_("All papers of a year"), "全部考核文书"
    paper = "paper", N_("A report"), "报告"
    export = "export", N_("Export of a list"), "导出列表"
    freeze = "freeze", N_("Freeze or revision of a year"), "冻结或修订年度"
    import_check = "import_check", N_("Check of a ledger"), "检查台账"
    import_load = "import_load", N_("Load of a ledger"), "导入台账"
    what_if = "what_if", N_("What-if of a year"), "年度推演"
    scan = "scan", N_("Look for missed duties"), "查找逾期责任"
    recount = "recount", N_("Count due dates again"), "重新计算期限"
    calendar = "calendar", N_("Working days of a year"), "年度工作日安排"


class RecordAct(Term):
    """What was done to a record."""

    added = "added", N_("Added"), "新增"
    changed = "changed", N_("Changed"), "修改"
    removed = "removed", N_("Removed"), "删除"


class CorrectionStatus(Term):
    """Where a correction of a petition stands."""

    asked = "asked", N_("Waits for the bureau"), "待信访局同意"
    applied = "applied", N_("Corrected"), "已更正"
    refused = "refused", N_("Refused"), "不予更正"
    withdrawn = "withdrawn", N_("Withdrawn"), "已撤回"


class SupposedChange(Term):
    """What a supposition does to one deduction (``rules.supposing``)."""

    appeared = "appeared", N_("Would appear"), "新增"
    vanished = "vanished", N_("Would vanish"), "消失"
    points = "points", N_("Other points"), "分值变化"
    dates = "dates", N_("Other dates"), "期限变化"


class JobStatus(Term):
    queued = "queued", N_("Waiting"), "等待中"
    running = "running", N_("Running"), "进行中"
    done = "done", N_("Finished"), "已完成"
    failed = "failed", N_("Failed"), "失败"
    cancelled = "cancelled", N_("Cancelled"), "已取消"


class LedgerColumn(Term):
    """Of which column of a ledger a word is explained."""

    channel = "channel", N_("Channel"), "渠道"
    kind = "kind", N_("Kind"), "类型"
    unit = "unit", N_("Unit"), "单位"
    place = "place", N_("Place"), "地点"


class PaperKind(Term):
    """The papers of a frozen year that are kept as they were drawn."""

    county = "county", N_("County report"), "全县考核通报"
    excerpt = "excerpt", N_("County report as open to a unit"), "全县考核通报（单位可见部分）"
    unit = "unit", N_("Report of the unit"), "单位考核报告"


class LetterKind(Term):
    """What a unit may send out on paper; each kind is declared once, in ``models.letters``."""

    transfer = "transfer", N_("Transfer letter"), "转送函"
    notice = "notice", N_("Notice to the petitioner"), "告知书"
    opinion = "opinion", N_("Written opinion"), "意见书"
    legal_route = "legal_route", N_("Legal-route notice"), "法定途径告知书"
    urgent = "urgent", N_("Urgent report"), "紧急报告"
    minutes = "minutes", N_("Minutes of the coordination meeting"), "协调会议纪要"
    circular = "circular", N_("Circulated notice"), "通报"


class LetterStatus(Term):
    draft = "draft", N_("Draft letter"), "草稿"
    issued = "issued", N_("Issued"), "已印发"
    void = "void", N_("Void"), "已作废"


class Delivery(Term):
    """How a letter reached its addressee."""

    in_person = "in_person", N_("Handed over in person"), "当面送达"
    mail = "mail", N_("By registered mail"), "挂号邮寄"
    platform = "platform", N_("On the petition platform"), "网上信访平台"
    exchange = "exchange", N_("By the confidential exchange"), "机要交换"
    messenger = "messenger", N_("By messenger"), "专人送达"
    posted = "posted", N_("By public posting"), "公告送达"


class RecommendationKind(Term):
    """What the bureau recommends to a unit (art. 38)."""

    work = "work", N_("Improve work"), "改进工作"
    policy = "policy", N_("Mend a policy"), "完善政策"
    account = "account", N_("Hold to account"), "追究责任"


class Adoption(Term):
    """What became of a recommendation (art. 41)."""

    awaited = "awaited", N_("No answer yet"), "尚未反馈"
    adopted = "adopted", N_("Adopted"), "已采纳"
    partly = "partly", N_("Adopted in part"), "部分采纳"
    declined = "declined", N_("Not adopted"), "未采纳"


class Tongue(Term):
    """The language of a letter or a paper."""

    chinese = "chinese", N_("Chinese"), "中文"
    english = "english", N_("English"), "英文"
