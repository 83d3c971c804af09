"""A small county's year as documents, always the same: two towns, two departments, every kind of deduction."""

from __future__ import annotations

import io
from typing import Any

import pypdf

from models.rules import assessing, supposing

NAME = "清源县"
NAMES = {"zh": NAME, "en": "Qingyuan County"}
AS_OF = "2026-01-10T08:00:00+00:00"
UNITS = (
    ("D1", "县农业农村局", "Agriculture Bureau", "department"),
    ("D2", "县教育局", None, "department"),
    ("LD", "县领导办公室", "Leaders' Office", "leaders_office"),
    ("T1", "城关镇", "Chengguan Town", "town"),
    ("T2", "柳林镇", "Liulin Town", "town"),
    ("XFJ", "县信访局", "Letters and Calls Bureau", "bureau"),
)


def duty(kind: str, paragraph: str, due: str, done: str | None, late: int) -> dict[str, Any]:
    return {"kind": kind, "paragraph": paragraph, "due": due, "discharged": done, "late_days": late}


def line(unit: str, number: str, rule: str, points: str, status: str, *duties: dict[str, Any]) -> dict[str, Any]:
    names = ("unit", "petition", "rule", "occurrence", "points", "status", "duties")
    values = (unit, number, rule, "acceptance", points, status, list(duties))
    return dict(zip(names, values, strict=True))


def deductions() -> list[dict[str, Any]]:
    inform = duty("INFORM", "§2(2), art. 23", "2025-03-18", "2025-03-21T09:00:00+08:00", 3)
    register = duty("REGISTER", "§3", "2025-03-03", "2025-03-05T10:00:00+08:00", 2)
    handle = duty("HANDLE", "§2(1), art. 34", "2025-06-03", None, 210)
    urgent = duty("REPORT_URGENT_BUREAU", "§2(3)", "2025-09-02T11:30:00+08:00", "2025-09-03T15:00:00+08:00", 1)
    follow = duty("FOLLOW_UP", "§2(2)", "2025-09-15", None, 100)
    told = {"statement": "信访人改约，材料次日送达。", "decision": "改约无记录，予以确认。"}
    return [
        line("D1", "2025-000007", "HANDLE", "2.00", "confirmed", handle) | told,
        line("D1", "2025-000011", "FOLLOW_UP", "0.50", "withdrawn", follow) | {"decision": "期限内已跟踪。"},
        line("T1", "2025-000003", "ACCEPT", "1.00", "final", register, inform),
        line("T1", "2025-000009", "TRANSFER", "1.00", "proposed", urgent),
    ]


def document(**changes: Any) -> dict[str, Any]:
    """The year, computed by the rules; ``changes`` say what freezing would add."""
    names = ("code", "name", "name_en", "kind")
    book = {"version": "2025-1", "base": "100.00", "floor": "0.00", "grace_days": 0, "points": {}}
    inputs = {
        "year": 2025,
        "as_of": AS_OF,
        "rulebook": book,
        "units": [dict(zip(names, unit, strict=True)) for unit in UNITS],
        "deductions": deductions(),
    }
    return assessing.document(inputs) | changes


def frozen(**changes: Any) -> dict[str, Any]:
    state = {"status": "frozen", "revision": 1, "frozen_at": "2026-01-12T09:00:00+08:00", "manifest": "5e" * 32}
    return document(**state | changes)


def what_if() -> dict[str, Any]:
    """The year under a draft: one deduction less, one more, one dearer."""
    rest = [one | {"points": "1.50"} if one["rule"] == "TRANSFER" else one for one in deductions()[1:]]
    late = duty("HANDLE", "§2(2), art. 34", "2025-05-06", "2025-05-20T09:00:00+08:00", 14)
    names = ("code", "name", "name_en", "kind")
    units = [dict(zip(names, unit, strict=True)) for unit in UNITS]
    book = {"version": "2026-草案", "base": "100.00", "floor": "0.00"}
    more = [*rest, line("T2", "2025-000005", "HANDLE", "2.00", "proposed", late)]
    other = assessing.document({"year": 2025, "as_of": AS_OF, "rulebook": book, "units": units, "deductions": more})
    found = supposing.compare(document(), other)
    why = {"2025-000007": ("§2(1), art. 34", "2025-06-03", None, None)}
    why["2025-000005"] = ("§2(2), art. 34", "2025-06-03", "2025-05-06", "2025-05-20T09:00:00+08:00")
    keys = ("paragraph", "due_before", "due_after", "discharged")
    for one in found["deductions"]:
        told = why.get(one["petition"])
        one["why"] = [{"kind": "HANDLE", **dict(zip(keys, told, strict=True))}] if told else []
    clock = {"duty": "HANDLE", "variant": "B", "measure": "calendar", "before": 60, "after": 45}
    supposed = {"rulebook": book["version"], "clocks": [clock], "off": ["2025-10-09"], "on": []}
    head = {"official": False, "year": 2025, "as_of": AS_OF, "rulebook": "2025-1", "frozen": True}
    return head | {"supposed": supposed} | found


def before() -> dict[str, Any]:
    """Last year: nobody missed anything but T2."""
    one = line("T2", "2024-000002", "HANDLE", "2.00", "final", duty("HANDLE", "§2(1)", "2024-05-06", None, 40))
    book = {"version": "2024-1", "base": "100.00", "floor": "0.00"}
    units = [dict(zip(("code", "name", "name_en", "kind"), unit, strict=True)) for unit in UNITS]
    inputs = {"year": 2024, "as_of": AS_OF, "rulebook": book, "units": units, "deductions": [one]}
    return assessing.document(inputs)


def kept() -> dict[str, Any]:
    months = [{"month": number, "due": 6 if number in (3, 6) else 2, "met": 2} for number in range(1, 13)]
    months[5]["met"] = 6
    kinds = [{"kind": "REGISTER", "due": 20, "met": 19}, {"kind": "HANDLE", "due": 12, "met": 9}]
    return {"kinds": kinds, "months": months}


def serious() -> list[dict[str, Any]]:
    unit = {"code": "T1", "name": "城关镇", "name_en": "Chengguan Town"}
    values = {
        "petition": "2025-000003",
        "ground": "敷衍塞责",
        "opened": "2025-07-01",
        "circulated": "2025-08-12",
        "status": "已通报",
    }
    return [{"unit": unit, **values, "decision": "予以全县通报，责令限期整改。"}]


def points() -> dict[str, str]:
    return {"ACCEPT": "1.00", "TRANSFER": "1.00", "HANDLE": "2.00", "FOLLOW_UP": "0.50"}


def annual() -> dict[str, Any]:
    """The figures of art. 41."""
    return {
        "year": 2025,
        "as_of": AS_OF,
        **{"received": 40, "persons": 61, "closed": 31, "merged": 2, "urgent": 3, "anonymous": 1},
        "received_before": 36,
        "channels": {"call": 10, "visit": 30},
        "kinds": {"accusation": 2, "request": 33, "suggestion": 5},
        "cases": {"": 1, "A": 20, "B": 15, "D": 2, "E": 2},
        "months": [3, 3, 4, 3, 3, 3, 4, 3, 4, 3, 4, 3],
        "fields": [
            {"code": "land", "name": "征地拆迁", "name_en": "Land and demolition", "received": 25, "closed": 20},
            {"code": "", "name": None, "name_en": None, "received": 15, "closed": 11},
        ],
        "about": [{"code": "T2", "name": "柳林镇", "name_en": "Liulin Town", "count": 2}],
        "transfers": {"acknowledged": 12, "returned": 1, "sent": 2},
        "supervision": {"file": 14, "follow_up": 40, "report_urgent": 9},
        "replies": {"": 9, "not_supported": 6, "resolved": 25},
        "suggestions": {"": 1, "resolved": 4},
        "recommendations": [
            {
                "made": "2025-06-20",
                "unit": {"code": "D1", "name": "县农业农村局", "name_en": "Agriculture Bureau"},
                "kind": "policy",
                "subject": "完善征地补偿款发放公示办法。",
                "adoption": "adopted",
            }
        ],
        "duties": [{"kind": "REGISTER", "due": 40, "met": 38}, {"kind": "INFORM", "due": 39, "met": 33}],
        "serious": serious(),
    }


def day() -> dict[str, Any]:
    """One day's register."""
    values = {"channel": "visit", "kind": "request", "persons": 3, "urgent": False}
    first = {"number": "2025-000021", "received_at": "2025-03-03T09:05:00+08:00", **values}
    first["registered_at"] = "2025-03-03T09:40:00+08:00"
    second = first | {"number": "2025-000022", "received_at": "2025-03-03T16:20:00+08:00", "registered_at": None}
    third = first | {"number": "2025-000020", "channel": "letter", "urgent": True, "persons": 1}
    units = [
        {"code": "D1", "name": "县农业农村局", "name_en": "Agriculture Bureau", "petitions": [third]},
        {"code": "T1", "name": "城关镇", "name_en": "Chengguan Town", "petitions": [first, second]},
    ]
    return {"day": "2025-03-03", "as_of": AS_OF, "total": 3, "units": units}


def text(body: bytes) -> str:
    """What a reader sees, page by page, without the marks of the layout at the ends of lines."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages]
    return (
        "\f\n".join("\n".join(" ".join(row.split()) for row in page.splitlines() if row.strip()) for page in pages)
        + "\n"
    )
