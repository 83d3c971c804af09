"""What a page costs does not follow from how many rows there are: statements, size, plan, memory (speed.md)."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text

from models.access import acting
from models.tables import (
    Accountability,
    AccountabilityEvent,
    Assessment,
    AssessmentCorrection,
    AssessmentLine,
    AssessmentPaper,
    AssessmentPart,
    Attachment,
    DeductionEvent,
    HearingPaper,
    IndicatorFigure,
    LedgerWord,
    Letter,
    Petition,
    Place,
    Recommendation,
    Rulebook,
    RulebookClock,
    RulebookGrade,
    RulebookIndicator,
    RulebookPeer,
    RulebookPoints,
    RulebookSection,
    RulebookSupplement,
    Staff,
    Unit,
)
from models.terms import Verb
from tests.views.growth import grow, ordered
from tests.views.test_lists import counted
from tests.views.world import T0, Desk
from views import exports, listing, registry, secure

pytestmark = [pytest.mark.both_databases, pytest.mark.slow]

FEW, MANY = 30, 600
LIST, RECORD, BYTES = 6, 8, 80_000
# a rulebook is read with its seven kinds of parts, and shows them; a petition with what it cost, with what was
# corrected in it
RECORDS = {"rulebook": 19, "petition": 12}


def _seeded(desk: Desk) -> dict[str, int]:
    """At least one row in every table; the newest key of each."""
    pk = desk.transferred()
    desk.proposed()
    with desk.rows() as session:
        book = session.scalar(text("SELECT max(id) FROM rulebook"))
        year = Assessment(year=2024, rulebook_id=book)
        # the newest one is copied: no rulebook in force, no account, no bureau
        draft = Rulebook(version="Z", title="草案", effective_from=T0.date(), source="通知")
        text_of = {"paragraph": "§3", "source": "通知"}
        draft.sections.append(RulebookSection(code="1", title="受理", cap=5))
        draft.clocks.append(RulebookClock(duty="FILE", variant="B", amount=3, measure="working", **text_of))
        draft.points.append(RulebookPoints(rule="HANDLE", points=2))
        draft.indicators.append(RulebookIndicator(indicator="replied", weight=20, target=95, **text_of))
        draft.grades.append(RulebookGrade(position=1, title="优秀", from_score=90))
        draft.peers.append(RulebookPeer(code="t", title="乡镇", kind="town"))
        added = {"effective_from": T0.date(), "added_at": T0, **text_of}
        draft.supplements.append(RulebookSupplement(duty="CONVENE", variant="D", amount=5, measure="working", **added))
        session.add_all([year, draft, Unit(code="Z", name="末局", kind="department", active=True)])
        session.add(Staff(name="无账号", unit_id=desk.units["D1"], since=T0.date(), head=False))
        file = {"filename": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "0" * 64}
        session.add(Attachment(petition_id=pk, unit_id=desk.units["T1"], added_at=T0, **file))
        serious = {"unit_id": desk.units["T1"], "ground": "perfunctory", "facts": "敷衍", "opened_at": T0}
        matter = Accountability(petition_id=pk, **serious)
        session.add(matter)
        session.flush()
        session.add(AccountabilityEvent(accountability_id=matter.id, at=T0, status="investigation", reason="属实"))
        heard = session.scalar(select(DeductionEvent.id).order_by(DeductionEvent.id.desc()))
        session.add(HearingPaper(deduction_event_id=heard, added_at=T0, **file))
        paper = Attachment(petition_id=pk, unit_id=desk.units["T1"], added_at=T0, **file)
        session.add(paper)
        session.flush()
        letter = Letter(petition_id=pk, unit_id=desk.units["T1"], kind="notice", title="告知书", status="issued")
        letter.year, letter.serial, letter.number = 2025, 1, "清河信〔2025〕1号"
        letter.attachment_id, letter.sha256, letter.drafted_at, letter.issued_at = paper.id, paper.sha256, T0, T0
        session.add(letter)
        handed = {"year": 2024, "counted": 1, "total": 2, "source": "测评", "entered_at": T0}
        session.add(IndicatorFigure(unit_id=desk.units["T1"], indicator="satisfaction", **handed))
        session.add(LedgerWord(field="channel", word="走访", meaning="visit"))
        advice = {"made_on": T0.date(), "kind": "policy", "subject": "完善办法"}
        session.add(Recommendation(unit_id=desk.units["T1"], **advice))
        clock = {"duty": "FILE", "variant": "B", "amount": 3, "measure": "working", "added_at": T0, **text_of}
        session.add(RulebookSupplement(rulebook_id=draft.id, effective_from=T0.date(), **clock))
        line = dict.fromkeys(("base", "final", "pending", "score"), 1)
        session.add(AssessmentLine(assessment_id=year.id, unit_id=desk.units["D1"], rank=1, **line))
        session.add(AssessmentPart(assessment_id=year.id, name="cases", number=0, body=""))
        told = {
            "name": "2025-r1-county-zh.pdf",
            "kind": "county",
            "lang": "chinese",
            "county": "清源县",
            "software": "x",
        }
        session.add(AssessmentPaper(assessment_id=year.id, sha256="0" * 64, size=1, drawn_at=T0, **told))
        session.add(AssessmentCorrection(assessment_id=year.id, opened_at=T0, reason="复核", closed_at=T0))
        session.scalars(select(Petition).order_by(Petition.id.desc())).first().place_id = None  # leaves a trace
    with desk.rows() as session:
        newest = {table.name: session.scalar(select(table.c.id).order_by(table.c.id.desc())) for table in ordered()}
        return {name: key for name, key in newest.items() if key}


def _pages(name: str, pk: int) -> dict[str, int]:
    """The addresses of one screen, each with the statements it may cost."""
    screen = registry.screen(name)
    found = {screen.url("list"): LIST, f"/api/v1/{name}/": LIST, f"/lookup/{name}?q=": LIST}
    found |= {screen.url("show", pk): RECORDS.get(name, RECORD), f"/api/v1/{name}/{pk}": RECORD}
    for verb, url in ((Verb.edit, screen.url("edit", pk)), (Verb.add, screen.url("add"))):
        if verb in screen.verbs:
            found[url] = RECORD
    return found


def _cost(desk: Desk, url: str) -> tuple[int, int, list[str]]:
    """(statements, bytes, statements as text) of a page, as whoever may see it."""
    for name in ("bureau", "auditor", "admin"):
        client = desk.client(name)
        with counted(desk) as found:
            answer = client.get(url)
        if answer.status_code != 403:
            assert answer.status_code == 200, (url, name)
            return len(found), len(answer.data), [statement for statement, _values in found]
    raise AssertionError(f"nobody may see {url}")


@pytest.fixture
def costs(desk: Desk) -> tuple[dict[str, Any], dict[str, Any], dict[str, int]]:
    """(cost with few rows, cost with many, cost allowed) by address."""
    desk.synthetic = True  # rows written set-wise, past the operations: no record to be asked about
    newest = _seeded(desk)
    allowed = {url: most for name, pk in newest.items() for url, most in _pages(name, pk).items()}
    with desk.rows() as session:
        grow(session, 0, FEW)
    _cost(desk, registry.screen("petition").url("show", newest["petition"]))  # reads rulebook and calendar, once
    few = {url: _cost(desk, url) for url in allowed}
    with desk.rows() as session:
        grown = grow(session, FEW, MANY)
    assert {table.name for table in ordered()} - grown <= {
        "calendar_year",
        "correction",
        "handover",
        "handover_item",
        "job",
    }
    return few, {url: _cost(desk, url) for url in allowed}, allowed


def test_no_page_costs_more_with_more_rows(costs: Any) -> None:
    few, many, allowed = costs
    assert len(allowed) > 100
    assert {url: (few[url][0], many[url][0]) for url in allowed if few[url][0] != many[url][0]} == {}
    assert {url: many[url][0] for url, most in allowed.items() if many[url][0] > most} == {}
    assert {url: many[url][1] for url, most in allowed.items() if most == LIST and many[url][1] > BYTES} == {}
    forms = [url for url in allowed if "/add" in url or "/edit/" in url]
    assert {url: (few[url][1], many[url][1]) for url in forms if few[url][1] != many[url][1]} == {}
    sent = [statement for cost in many.values() for statement in cost[2]]
    assert [one for one in sent if re.search(r"OFFSET(?! \?| 0)", one)] == []
    assert [one for one in sent if "count(" in one.lower() and "LIMIT" not in one] == []


def test_what_one_unit_owes_comes_from_the_partial_index(desk: Desk) -> None:
    """SQLite does not look at values when it plans; the whole index on the unit must do there."""
    desk.transferred()
    unit = desk.units["D1"]
    for url in (f"/duty/list/?unit_id={unit}&status=open", f"/overdue/?unit_id={unit}&age=missed"):
        with counted(desk) as found:
            assert desk.client("bureau").get(url).status_code == 200
        plans = [_plan(desk, *asked) for asked in found if "FROM duty" in asked[0]]
        assert plans
        assert [plan for plan in plans if not re.search("ix_duty_(open_)?unit", plan)] == []


def _plan(desk: Desk, statement: str, values: Any) -> str:
    with desk.rows() as session:
        link = session.connection()
        if link.dialect.name == "sqlite":
            return "\n".join(row[-1] for row in link.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))
        link.exec_driver_sql("SET LOCAL enable_seqscan = off")  # a table of three rows is read whole
        plan = "\n".join(link.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
        return plan if "ix_duty_open_unit_due" in plan else ""


def test_petitions_have_eight_indexes_at_most(desk: Desk) -> None:
    with desk.rows() as session:
        known = inspect(session.connection())
        names = {index["name"] for index in known.get_indexes("petition")}
        names |= {one["name"] for one in known.get_unique_constraints("petition")}
    assert len(names) + 1 <= 8, names  # and the primary key


def _villages(desk: Desk, first: int, last: int) -> None:
    with desk.rows() as session:
        rows = [{"code": f"V{n:05}", "name": f"村{n}", "parent_id": desk.place} for n in range(first, last)]
        session.execute(insert(Place), rows)


def test_an_export_of_many_rows_is_whole(desk: Desk) -> None:
    """It once broke off after the first 500."""
    _villages(desk, 0, 1200)
    body = desk.client("admin").get("/admin/place/export.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(body.lstrip("\ufeff"))))
    assert len(rows) == 1 + 1 + 1200
    assert len({row[0] for row in rows}) == len(rows)


def _peak(desk: Desk) -> int:
    """Bytes that the export of all places needs at most."""
    screen = registry.screen("place")
    with desk.app.test_request_context(), acting(desk.actors["admin"]):
        tracemalloc.start()
        for piece in exports.csv_lines(exports.cells(screen, listing.read(screen, {}))):
            assert piece
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        secure.session().rollback()
    return most


def test_the_memory_of_an_export_does_not_grow_with_its_rows(desk: Desk) -> None:
    _villages(desk, 0, 1000)
    _peak(desk)  # what is loaded once
    few = _peak(desk)
    _villages(desk, 1000, 6000)
    assert _peak(desk) < few + 500_000


def test_a_row_rule_is_asked_once_in_a_statement(desk: Desk) -> None:
    """A rule that applied inside the rule made a clerk's list quadratic."""
    desk.transferred()
    for url, most in (("/petition/list/", 1), ("/duty/list/", 2)):  # a duty's list joins the petition, ruled as well
        with counted(desk) as found:
            assert desk.client("town1").get(url).status_code == 200, url
        for statement, _values in found:
            assert statement.count("FROM involvement") <= most, statement
