"""The words that ledgers have for our terms, beside the terms' own: 走访 is a visit, 12345热线 a call."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from models.terms import Channel, InformMode, InformOutcome, PetitionKind, ReplyOutcome, StepKind, Term, TransferMode

# only words that mean one thing: 来信来访 is two channels, 咨询 no petition
WORDS: Mapping[type[Term], Mapping[Term, tuple[str, ...]]] = {
    Channel: {
        Channel.visit: (
            "走访",
            "个访",
            "个体访",
            "集体访",
            "集访",
            "群访",
            "上访",
            "接访",
            "面访",
            "当面反映",
            "信访接待",
        ),
        Channel.letter: ("信件", "书信", "信函", "群众来信", "投信", "邮寄"),
        Channel.call: (
            "电话",
            "热线",
            "12345",
            "12345热线",
            "市民热线",
            "政务服务热线",
            "12345政务服务便民热线",
            "电话反映",
        ),
        Channel.online: (
            "网络",
            "网上信访",
            "网信",
            "网上投诉",
            "互联网",
            "网络信访",
            "电子邮件",
            "邮件",
            "网站",
            "微信",
        ),
    },
    PetitionKind: {
        PetitionKind.suggestion: ("意见", "建议", "意见建议类", "建议类", "意见类"),
        PetitionKind.accusation: ("检举", "控告", "举报", "检举控告类", "检举类", "控告类", "举报类", "揭发"),
        PetitionKind.request: ("申诉", "求决", "申诉求决类", "求决类", "申诉类", "诉求"),
    },
    StepKind: {
        StepKind.inform: ("告知信访人", "受理告知"),
        StepKind.transfer: ("转办", "转交", "转送办理"),
        StepKind.file: ("备案", "报信访局备案"),
        StepKind.acknowledge: ("签收", "接收确认"),
        StepKind.reply: ("答复信访人", "书面答复", "出具答复意见", "答复意见"),
        StepKind.follow_up: ("跟踪督办", "跟踪了解", "跟踪回访"),
        StepKind.designate: ("指定牵头单位", "明确牵头单位"),
        StepKind.extend: ("延长期限", "延长办理期限"),
        StepKind.pause: ("中止", "中止办理"),
        StepKind.resume: ("恢复", "恢复办理"),
        StepKind.close: ("结案", "办结归档"),
    },
    InformOutcome: {
        InformOutcome.accepted: ("受理", "已受理", "予以受理告知"),
        InformOutcome.transferred: ("转送", "已转办", "转办"),
        InformOutcome.legal_route: ("不予受理，告知法定途径", "告知法定途径", "法定途径"),
    },
    InformMode: {InformMode.written: ("书面告知", "书面形式"), InformMode.oral: ("口头告知", "当面口头", "电话告知")},
    TransferMode: {
        TransferMode.written: ("书面转送", "函", "公函", "转办函", "发函"),
        TransferMode.phone: ("电话转送", "电话通知"),
    },
    ReplyOutcome: {
        ReplyOutcome.resolved: ("解决", "已办结", "化解"),
        ReplyOutcome.not_supported: ("不支持", "不予支持诉求"),
    },
}


def plain(word: str) -> str:
    """A word as it is compared: width, blanks and case do not matter."""
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


_KNOWN = {kind: {plain(word): term for term, words in terms.items() for word in words} for kind, terms in WORDS.items()}


def term_of(kind: type[Term], word: str) -> Term | None:
    """The term of ``kind`` that ``word`` stands for in a ledger, if it is one of the usual words."""
    return _KNOWN.get(kind, {}).get(plain(word))
