"""The field's standard terms of petitions, duties and deductions, each word with its label and its 中文.

A member's name equals its stored value (both frameworks rely on that). ``label`` is an English msgid that the
catalogues translate; ``zh`` is the official Chinese word, also accepted in imported files.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


def N_(text: str) -> str:
    """Mark ``text`` as a msgid for extraction; translation happens where it is shown."""
    return text


class Term(StrEnum):
    """A word of the domain: stored value, label (msgid) and official Chinese word."""

    label: str
    zh: str

    def __new__(cls, value: str, label: str = "", zh: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        member.zh = zh
        return member

    @classmethod
    def of(cls, word: str) -> Self:
        """Return the member for a stored value, an English label or a Chinese word.

        Raises:
            ValueError: if the word names no member.
        """
        wanted = word.strip()
        for member in cls:
            if wanted.casefold() in (member.value.casefold(), member.label.casefold()) or wanted == member.zh:
                return member
        raise ValueError(word)


class UnitKind(Term):
    bureau = "bureau", N_("Letters and Calls Bureau"), "信访局"
    town = "town", N_("Town or subdistrict"), "乡镇（街道）"
    department = "department", N_("Department"), "部门"
    leaders_office = "leaders_office", N_("Leaders' office"), "领导办公室"


class IdKind(Term):
    """What a petitioner identifies himself with; each kind of number has its own shape."""

    resident = "resident", N_("Resident identity card"), "居民身份证"
    passport = "passport", N_("Passport"), "护照"
    travel_permit = "travel_permit", N_("Mainland travel permit (Hong Kong, Macao, Taiwan)"), "港澳台居民来往内地通行证"
    foreign_resident = "foreign_resident", N_("Foreigner's permanent residence card"), "外国人永久居留身份证"
    military = "military", N_("Military identity card"), "军官证或士兵证"
    other = "other", N_("Another document"), "其他证件"


class Channel(Term):
    visit = "visit", N_("Visit"), "来访"
    letter = "letter", N_("Letter"), "来信"
    call = "call", N_("Call"), "来电"
    online = "online", N_("Online"), "网上"


class PetitionKind(Term):
    suggestion = "suggestion", N_("Suggestion"), "意见建议"
    accusation = "accusation", N_("Accusation"), "检举控告"
    request = "request", N_("Request"), "申诉求决"


class Case(Term):
    """The routing decision of §2(1)–(5). C, the urgent flag, stands on top of any case."""

    A = "A", N_("A: in scope of the first unit"), "A 本单位职权范围"
    B = "B", N_("B: belongs to another unit"), "B 属其他单位"
    C = "C", N_("C: major or urgent"), "C 重大紧急"
    D = "D", N_("D: several departments"), "D 涉及多部门"
    E = "E", N_("E: legal channels"), "E 法定途径"


class PetitionStatus(Term):
    received = "received", N_("Received"), "已收到"
    registered = "registered", N_("Registered"), "已登记"
    routed = "routed", N_("Routed"), "已分流"
    handling = "handling", N_("Being handled"), "办理中"
    replied = "replied", N_("Replied"), "已答复"
    closed = "closed", N_("Closed"), "已办结"


class StepKind(Term):
    receive = "receive", N_("Receive"), "接收"
    register = "register", N_("Register"), "登记"
    inform = "inform", N_("Inform the petitioner"), "告知"
    route = "route", N_("Decide the case"), "分流"
    urgent = "urgent", N_("Mark as major or urgent"), "认定重大紧急"
    transfer = "transfer", N_("Transfer"), "转送"
    confirm_transfer = "confirm_transfer", N_("Confirm the transfer in writing"), "书面确认转送"
    file = "file", N_("File with the bureau"), "报备"
    acknowledge = "acknowledge", N_("Acknowledge the transfer"), "确认接收"
    object = "object", N_("Object to the transfer"), "提出异议"
    uphold = "uphold", N_("Uphold the objection"), "异议成立"
    reject = "reject", N_("Reject the objection"), "异议不成立"
    reply = "reply", N_("Reply to the petitioner"), "答复"
    report_result = "report_result", N_("Report the result"), "反馈结果"
    follow_up = "follow_up", N_("Follow up"), "跟踪"
    report_urgent = "report_urgent", N_("Report as urgent"), "紧急报告"
    report_multi = "report_multi", N_("Report several departments"), "多部门报告"
    designate = "designate", N_("Designate the lead unit"), "确定牵头单位"
    convene = "convene", N_("Convene the units"), "召集协调"
    extend = "extend", N_("Extend"), "延期"
    pause = "pause", N_("Pause"), "中止计时"
    resume = "resume", N_("Resume"), "恢复计时"
    close = "close", N_("Close"), "办结"
    reopen = "reopen", N_("Reopen"), "重新办理"
    ask_review = "ask_review", N_("Review requested"), "申请复查"
    review = "review", N_("Review opinion"), "复查意见"
    ask_re_review = "ask_re_review", N_("Re-review requested"), "申请复核"
    re_review = "re_review", N_("Re-review opinion"), "复核意见"
    merge = "merge", N_("Merge into the matter first received"), "并案"
    recount = "recount", N_("Due dates counted again"), "期限重新计算"
    hand_over = "hand_over", N_("Handed over to a colleague"), "工作移交"


class InformOutcome(Term):
    accepted = "accepted", N_("Accepted"), "予以受理"
    transferred = "transferred", N_("Transferred to another unit"), "已转送"
    led_by = "led_by", N_("Led by a designated unit"), "由牵头单位办理"
    legal_route = "legal_route", N_("To be settled by a legal route"), "依法定途径"


class NoticeOutcome(Term):
    """What a notice may say; a legal route has a notice of its own."""

    accepted = InformOutcome.accepted.value, InformOutcome.accepted.label, InformOutcome.accepted.zh
    transferred = InformOutcome.transferred.value, InformOutcome.transferred.label, InformOutcome.transferred.zh
    led_by = InformOutcome.led_by.value, InformOutcome.led_by.label, InformOutcome.led_by.zh


class InformMode(Term):
    written = "written", N_("In writing"), "书面"
    oral = "oral", N_("Orally"), "口头"


class TransferMode(Term):
    written = "written", N_("In writing"), "书面"
    phone = "phone", N_("By phone"), "电话"


class ReplyOutcome(Term):
    resolved = "resolved", N_("Resolved"), "已解决"
    not_supported = "not_supported", N_("Not supported, with basis"), "不予支持"
    explained = "explained", N_("Explained, to be solved by a date"), "解释说明，限期解决"
    unable = "unable", N_("Unable, reported upwards"), "无法解决，已上报"


class ReviewOutcome(Term):
    """What the next level up says of the opinion (arts. 35, 36)."""

    maintained = "maintained", N_("Opinion maintained"), "维持原意见"
    changed = "changed", N_("Opinion changed"), "变更原意见"
    returned = "returned", N_("To be handled again"), "责令重新办理"


class CloseGround(Term):
    """On what a petition is closed; "not ours" is none of them."""

    replied = "replied", N_("Replied to"), "已答复"
    legal_route = "legal_route", N_("Legal route explained"), "已告知法定途径"
    withdrawn = "withdrawn", N_("Withdrawn in writing by the petitioner"), "信访人书面撤回"


class Addressee(Term):
    """Whom a report went to."""

    bureau = "bureau", N_("Letters and Calls Bureau"), "信访局"
    first_unit = "first_unit", N_("First unit"), "首接单位"
    unit_leader = "unit_leader", N_("Leader of the unit"), "单位领导"
    leader_in_charge = "leader_in_charge", N_("Leader in charge"), "分管领导"


class ResultAddressee(Term):
    """To whom the result is reported (§2(2), §2(4)): both."""

    bureau = Addressee.bureau.value, Addressee.bureau.label, Addressee.bureau.zh
    first_unit = Addressee.first_unit.value, Addressee.first_unit.label, Addressee.first_unit.zh


class UrgentAddressee(Term):
    """To whom a major or urgent matter is reported (§2(3)): all three."""

    unit_leader = Addressee.unit_leader.value, Addressee.unit_leader.label, Addressee.unit_leader.zh
    leader_in_charge = Addressee.leader_in_charge.value, Addressee.leader_in_charge.label, Addressee.leader_in_charge.zh
    bureau = Addressee.bureau.value, Addressee.bureau.label, Addressee.bureau.zh


class DutyKind(Term):
    """One row of the duty table (domain §2); reports to several addressees are one kind each."""

    REGISTER = "REGISTER", N_("Register"), "登记"
    INFORM = "INFORM", N_("Inform the petitioner"), "告知信访人"
    TRANSFER = "TRANSFER", N_("Transfer to the responsible unit"), "转送责任单位"
    FILE = "FILE", N_("File the transfer with the bureau"), "向信访局报备"
    CONFIRM_TRANSFER = "CONFIRM_TRANSFER", N_("Confirm the phone transfer in writing"), "书面确认电话转送"
    ANSWER_TRANSFER = "ANSWER_TRANSFER", N_("Answer the transfer"), "回应转送"
    RULE_ON_OBJECTION = "RULE_ON_OBJECTION", N_("Rule on the objection"), "裁定异议"
    HANDLE = "HANDLE", N_("Handle and reply"), "办理并答复"
    REPORT_RESULT = "REPORT_RESULT", N_("Report the result"), "反馈办理结果"
    KEEP_PROMISE = "KEEP_PROMISE", N_("Keep the promised date"), "兑现承诺期限"
    FOLLOW_UP = "FOLLOW_UP", N_("Follow up the handling"), "跟踪办理"
    REPORT_URGENT_UNIT_LEADER = (
        "REPORT_URGENT_UNIT_LEADER",
        N_("Report the urgent matter to the unit leader"),
        "紧急报告单位领导",
    )
    REPORT_URGENT_LEADER_IN_CHARGE = (
        "REPORT_URGENT_LEADER_IN_CHARGE",
        N_("Report the urgent matter to the leader in charge"),
        "紧急报告分管领导",
    )
    REPORT_URGENT_BUREAU = "REPORT_URGENT_BUREAU", N_("Report the urgent matter to the bureau"), "紧急报告信访局"
    REPORT_MULTI = "REPORT_MULTI", N_("Report the several-department matter"), "报告多部门事项"
    DESIGNATE = "DESIGNATE", N_("Have the lead unit designated"), "提请确定牵头单位"
    CONVENE = "CONVENE", N_("Convene the coordination meeting"), "召集协调会"
    REVIEW = "REVIEW", N_("Review"), "复查"
    RE_REVIEW = "RE_REVIEW", N_("Re-review"), "复核"


class DutyStatus(Term):
    """``paused``: a hearing; ``cancelled``: ended without verdict (objection upheld); ``lapsed``: no longer owed."""

    open = "open", N_("Open"), "待履行"
    discharged = "discharged", N_("Discharged"), "已履行"
    paused = "paused", N_("Paused"), "已中止"
    cancelled = "cancelled", N_("Cancelled"), "已撤销"
    lapsed = "lapsed", N_("Lapsed"), "已失效"


class Rule(Term):
    """The deduction rules of §3 of the notice."""

    ACCEPT = "ACCEPT", N_("Should have accepted"), "应受理未受理"
    TRANSFER = "TRANSFER", N_("Should have transferred"), "应转送未转送"
    HANDLE = "HANDLE", N_("Should have handled"), "应办理未办理"
    FOLLOW_UP = "FOLLOW_UP", N_("Should have followed up"), "应跟踪未跟踪"


class Measure(Term):
    working = "working", N_("working days"), "工作日"
    calendar = "calendar", N_("calendar days"), "日历日"
    hours = "hours", N_("hours"), "小时"


class DeductionStatus(Term):
    """Domain §5. Only ``final``, ``confirmed`` and ``upheld`` cost points; see ``scoring``."""

    proposed = "proposed", N_("Proposed"), "拟扣分"
    notified = "notified", N_("Notified"), "已通知"
    answered = "answered", N_("Answered"), "已申辩"
    confirmed = "confirmed", N_("Confirmed"), "已确认"
    withdrawn = "withdrawn", N_("Withdrawn"), "已撤回"
    appealed = "appealed", N_("Appealed"), "申诉中"
    upheld = "upheld", N_("Upheld on appeal"), "维持"
    overturned = "overturned", N_("Overturned"), "已推翻"
    final = "final", N_("Final"), "已生效"


class DayKind(Term):
    holiday = "holiday", N_("Public holiday"), "法定节假日"
    makeup = "makeup", N_("Make-up working day"), "调休上班日"


class RulebookStatus(Term):
    draft = "draft", N_("Draft"), "草案"
    published = "published", N_("Published"), "已发布"


class AssessmentStatus(Term):
    live = "live", N_("Live"), "实时"
    frozen = "frozen", N_("Frozen"), "已冻结"
    superseded = "superseded", N_("Superseded"), "已被取代"


class Role(Term):
    """The roles; a role's value is also its account-role name."""

    Administrator = "Administrator", N_("Administrator"), "系统管理员"
    BureauOfficer = "BureauOfficer", N_("Bureau officer"), "信访局工作人员"
    Clerk = "Clerk", N_("Clerk (first receiver)"), "首接人"
    UnitLeader = "UnitLeader", N_("Unit leader"), "单位领导"
    CountyLeader = "CountyLeader", N_("County leader"), "县领导"
    Auditor = "Auditor", N_("Auditor"), "审计人员"


class Verb(Term):
    """What a role may do with a table (``permissions.MATRIX``)."""

    list = "list", N_("List"), "列表"
    show = "show", N_("Show"), "查看"
    add = "add", N_("Add"), "新增"
    edit = "edit", N_("Edit"), "修改"
    delete = "delete", N_("Delete"), "删除"
    export = "export", N_("Export"), "导出"
