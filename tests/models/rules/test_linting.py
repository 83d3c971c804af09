"""The linter: units are measured, never petitioners; nothing contradicts itself; each finding has its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.rules import linting
from models.rules.defaults import default_rulebook
from models.rules.facts import REQUEST, Rulebook
from models.rules.humane import speaks_of_petitioners
from models.rules.rulebook_diff import changes
from models.rules.scheme import Grade, Peer, Rate, Section
from models.scheme_terms import Indicator
from models.terms import DutyKind, Measure, Rule, UnitKind
from reports import rulebook_words

BOOK = replace(default_rulebook(), title="首接负责制考核办法", source="县首接负责制通知")
D = Decimal

ABOUT_PEOPLE = [
    *(
        "信访量",
        "信访总量下降",
        "上访人数",
        "越级",
        "越级上访",
        "重复信访",
        "重复来访",
        "集体访",
        "集体上访",
        "进京",
        "赴省",
    ),
    *(
        "重点人员",
        "来访人次",
        "信访事项的数量",
        "信 访 量",
        "信·访·量",
        "信\u200b访量",
        "初次信访件数",
        "息诉率",
        "零上访",
        "上访老户",
    ),
    *("赴京上访", "联名信", "非正常上访", "信访人年龄", "稳控对象", "黑名单", "缠访闹访", "来信率", "重信重访"),
    *("number of petitions", "Number of all received petitions", "repeat visits", "Skip-level petitions", "skip level"),
    *("collective petition", "key persons", "How many people petition", "petition volume", "petitioners' age"),
    *("petitions to Beijing", "ｎｕｍｂｅｒ of petitions", "fewer petitions", "age of the petitioner", "group  visits"),
]
ABOUT_WORK = [
    *(
        "信访事项",
        "按期告知率",
        "告知信访人",
        "《信访工作条例》（2022）；县首接负责制通知",
        "首接负责制考核办法",
        "信访局",
    ),
    *(
        "应受理未受理",
        "信访工作",
        "参评率",
        "满意率",
        "信访事项按期办结率",
        "信访人书面撤回",
        "办理程序规范",
        "扣分上限",
    ),
    *(
        "受理信访事项",
        "乡镇（街道）",
        "重点工作",
        "数据来源：县信访局满意度评价",
        "回访",
        "信访人满意率",
        "省信访局",
        "信访量化考核",
    ),
    *("petition work", "Regulations on Petition Work", "county parameter", "art. 34", "Tell the petitioner", "§2(1)"),
    *("Handling of petitions", "satisfied petitioners' replies", "rate of petitions replied to on time", "Grade 1"),
]


@pytest.mark.parametrize("text", ABOUT_PEOPLE)
def test_what_counts_petitions_or_petitioners_is_named(text: str) -> None:
    assert speaks_of_petitioners(f"按{text}计分"), text


@pytest.mark.parametrize("text", ABOUT_WORK)
def test_what_speaks_of_the_work_is_lawful(text: str) -> None:
    assert speaks_of_petitioners(text) == ""


BAD = "按重复信访计"
WRITTEN: list[tuple[str, Any]] = [
    ("Rulebook", lambda b: replace(b, title=BAD)),
    ("Rulebook", lambda b: replace(b, source=BAD)),
    ("Register (REGISTER)", lambda b: replace(b, clocks=(replace(b.clocks[0], source=BAD), *b.clocks[1:]))),
    ("Should have handled (HANDLE)", lambda b: replace(b, paragraphs={Rule.HANDLE: BAD})),
    (f"Section “{BAD}”", lambda b: replace(b, sections=(Section("1", BAD, None, None, (Rule.ACCEPT,)),))),
    (
        "Section “skip-level visits”",
        lambda b: replace(b, sections=(Section("1", "受理", "skip-level visits", None, (Rule.ACCEPT,)),)),
    ),
    ("Indicator “Satisfaction”", lambda b: replace(b, rates=(rate(source=BAD),))),
    (f"Grade “{BAD}”", lambda b: replace(b, grades=(Grade(BAD, None, D(0)),))),
    (f"Peer group “{BAD}”", lambda b: replace(b, peers=(Peer("t", BAD, None, UnitKind.town),))),
]


def rate(**changes: Any) -> Rate:
    return replace(Rate(Indicator.satisfaction, D(20), D(95), 5, "§3", "县"), **changes)


def told(book: Rulebook) -> list[tuple[str, str, str]]:
    return [(word, line.place, line.text) for word, line in rulebook_words.findings("en", linting.findings(book))]


@pytest.mark.parametrize(("place", "write"), WRITTEN)
def test_every_text_is_looked_at_and_the_refusal_explains(place: str, write: Any) -> None:
    found = [(where, text) for word, where, text in told(write(BOOK)) if word == "Error"]
    assert [where for where, _text in found] == [place]
    assert "units are measured, never petitioners" in found[0][1]


def test_the_first_rulebook_is_sound() -> None:
    assert linting.findings(BOOK) == []


def clocks(change: Any) -> Rulebook:
    return replace(BOOK, clocks=tuple(one for clock in BOOK.clocks if (one := change(clock))))


def priced(duty: DutyKind, variant: str = "") -> Rulebook:
    return clocks(lambda c: replace(c, rule=Rule.HANDLE) if (c.duty, c.variant) == (duty, variant) else c)


FAULTS: list[tuple[Rulebook, str, str]] = [
    (priced(DutyKind.DESIGNATE, "D"), "Have the lead unit designated (DESIGNATE), case D", "bureau's own duty"),
    (priced(DutyKind.RULE_ON_OBJECTION, "B"), "Rule on the objection (RULE_ON_OBJECTION), case B", "bureau's own duty"),
    (priced(DutyKind.ANSWER_TRANSFER, "B"), "Answer the transfer (ANSWER_TRANSFER), case B", "Silence counts"),
    (priced(DutyKind.REVIEW), "Review (REVIEW)", "would bias it"),
    (priced(DutyKind.REVIEW, REQUEST), "Review (REVIEW), the petitioner's time to ask", "petitioner's time"),
    (
        clocks(lambda c: None if c.duty is DutyKind.FILE else c),
        "File the transfer with the bureau (FILE), case B",
        "has no clock",
    ),
    (
        clocks(lambda c: replace(c, variant="X") if c.duty is DutyKind.CONVENE else c),
        "Convene the coordination meeting (CONVENE), case D",
        "has no clock",
    ),
    (replace(BOOK, points={Rule.ACCEPT: D(1)}), "Should have transferred (TRANSFER)", "has no points"),
    (replace(BOOK, caps={Rule.HANDLE: D(1)}), "Should have handled (HANDLE)", "below one occurrence (2)"),
    (
        replace(BOOK, sections=(Section("1", "办", None, D(1), (Rule.HANDLE, Rule.ACCEPT)),)),
        "Section “办”",
        "The cap 1 is below one occurrence (2)",
    ),
    (replace(BOOK, rates=(rate(target=D(0)),)), "Indicator “Satisfaction”", "at most 100 per cent"),
    (replace(BOOK, rates=(rate(weight=D(0)),)), "Indicator “Satisfaction”", "above 0"),
    (replace(BOOK, rates=(rate(fewest=0),)), "Indicator “Satisfaction”", "At least one case"),
    (
        replace(BOOK, grades=(Grade("良", None, D(80)), Grade("优", None, D(90)), Grade("差", None, D(0)))),
        "Grade “优”",
        "not below",
    ),
    (replace(BOOK, grades=(Grade("良", "Good", D(80)),)), "Grade “Good”", "Whoever scores below 80 has no grade"),
    (replace(BOOK, peers=()), "Rulebook", "no peer group"),
    (replace(BOOK, peers=(*BOOK.peers, BOOK.peers[0])), "Peer group “Towns and subdistricts”", "stands in two groups"),
    (replace(BOOK, peers=(*BOOK.peers, Peer("towns", "镇", None, None, "D1"))), "Peer group “镇”", "need one title"),
    (replace(BOOK, answer_days=0), "Rulebook", "at least one working day"),
    (replace(BOOK, floor=D(101)), "Rulebook", "above the base"),
]


@pytest.mark.parametrize(("book", "place", "text"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_each_fault_is_an_error_at_its_place(book: Rulebook, place: str, text: str) -> None:
    found = [(where, what) for word, where, what in told(book) if word == "Error"]
    assert any(where == place and text in what for where, what in found), found


@pytest.mark.parametrize(
    ("book", "text"),
    [
        (replace(BOOK, base=D(60)), "make 60, not 100"),
        (replace(BOOK, base=D(80), rates=(rate(fewest=1),)), "a quarter or more"),
        (replace(BOOK, sections=(Section("1", "办", None, D(9)),)), "limits nothing"),
        (
            clocks(lambda c: replace(c, amount=90) if c.duty is DutyKind.HANDLE else c),
            "60 calendar days, extension 30 (art. 34)",
        ),
        (clocks(lambda c: replace(c, rule=None) if c.rule is Rule.FOLLOW_UP else c), "its points are never taken"),
    ],
)
def test_a_warning_does_not_keep_a_rulebook_back(book: Rulebook, text: str) -> None:
    assert linting.errors(book) == []
    assert any(word == "Warning" and text in what for word, _where, what in told(book))


def test_the_sixty_forty_scheme_is_sound() -> None:
    sections = (Section("1", "受理转送", None, D(20), (Rule.ACCEPT, Rule.TRANSFER)),)
    rates = (rate(), rate(indicator=Indicator.informed))
    grades = (Grade("优秀", None, D(90)), Grade("不合格", None, D(0)))
    assert linting.findings(replace(BOOK, base=D(60), sections=sections, rates=rates, grades=grades)) == []


def other() -> Rulebook:
    changed = tuple(
        replace(clock, amount=45) if (clock.duty, clock.variant) == (DutyKind.HANDLE, "B") else clock
        for clock in BOOK.clocks
        if clock.duty is not DutyKind.FILE
    )
    changed = tuple(replace(c, amount=24, measure=Measure.hours) if c.duty is DutyKind.TRANSFER else c for c in changed)
    return replace(
        BOOK,
        version="2027-1",
        effective_from=date(2027, 1, 1),
        base=D(80),
        clocks=changed,
        points={**BOOK.points, Rule.ACCEPT: D(2)},
        caps={Rule.ACCEPT: D(10)},
        sections=(Section("1", "受理", "Acceptance", D(20), (Rule.ACCEPT,)),),
        rates=(rate(),),
        grades=(Grade("良好", "Good", D(80)),),
    )


def test_a_difference_reads_in_english() -> None:
    before = replace(BOOK, grades=(Grade("良好", "Good", D(85)),))
    lines = [f"{line.place}: {line.text}" for line in rulebook_words.differences("en", changes(before, other()))]
    assert lines == [
        "Rulebook: Effective from: 1 Jan 2000 → 1 Jan 2027; Base score: 100 → 80",
        "Transfer to the responsible unit (TRANSFER), case B: 3 working days → 24 hours",
        "File the transfer with the bureau (FILE), case B: no longer part of it",
        "Handle and reply (HANDLE), case B: 60 → 45 calendar days",
        "Should have accepted (ACCEPT): 1 → 2 points; Yearly cap: none → 10; Section: none → Acceptance",
        "Grade “Good”: From score: 85 → 80",
        "Section “Acceptance”: new: Title: 受理; English title: Acceptance; Cap of the section: 20",
        "Indicator “Satisfaction”: new: weight 20; Target in per cent: 95; Fewest cases: 5; Paragraph: §3; Source: 县",
    ]


def test_a_difference_reads_in_chinese() -> None:
    before = replace(BOOK, grades=(Grade("良好", "Good", D(85)),))
    lines = [f"{line.place}：{line.text}" for line in rulebook_words.differences("zh", changes(before, other()))]
    assert lines[3:6] == [
        "办理并答复（HANDLE），情形B：60 → 45日历日",
        "应受理未受理（ACCEPT）：1 → 2分；年度扣分上限：无 → 10；类别：无 → 受理",
        "等次“良好”：起始分：85 → 80",
    ]


def test_nothing_differs_from_itself() -> None:
    assert changes(BOOK, replace(BOOK, version="other", id=9)) == []
