"""Freeze, verify, correct, revise: whole or not at all, the same bytes again, every tampering named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import DatabaseError

import config
from models import assessing, frozen, verifying
from models.errors import Conflict, Invalid, NotAllowed, NotFound, StepRefused
from models.operations import deductions, freezing
from models.rules.freezing import canonical
from models.tables import Assessment, AssessmentLine, AssessmentPart, Deduction, Unit
from models.terms import AssessmentStatus, DeductionStatus, UnitKind
from models.world import forget_world
from tests.models.operations.test_scan import perform_late
from tests.models.operations.test_steps import transferred

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def officer(county: Any) -> Any:
    return county.actors["XFJ"]


def frozen_year(county: Any) -> Assessment:
    """One petition with misses of 2025, one deduction confirmed, the others pending; frozen."""
    county.petition = transferred(county)
    deductions.scan(county.session, NOW)
    row = county.session.scalars(select(Deduction).order_by(Deduction.id)).first()
    deductions.confirm(county.session, row, officer(county), "属实", NOW)
    return freezing.freeze(county.session, 2025, officer(county), "年终考核", NOW)


def verdicts(county: Any) -> list[str]:
    county.session.expire_all()
    return [one.difference for one in verifying.verify_all(county.session)]


@pytest.mark.both_databases
def test_a_frozen_year_verifies_and_stays_what_it_was(county: Any) -> None:
    row = frozen_year(county)
    live = assessing.assessment(county.session, 2025, NOW)
    shown = assessing.official(county.session, 2025, NOW + timedelta(days=400))
    assert {name: shown[name] for name in live} == live
    assert (shown["status"], shown["revision"], shown["manifest"]) == ("frozen", 1, row.sha256)
    assert verdicts(county) == [""]
    assert row.manifest["warnings"]
    assert row.manifest["parts"]["duties"]["count"] >= row.manifest["parts"]["deductions"]["count"] > 0
    raw = b"".join(frozen.pieces(county.session, row, "duties"))
    assert canonical(json.loads(raw)).encode() == raw
    lines = county.session.scalars(select(AssessmentLine)).all()
    assert {line.unit.code: f"{line.score:.2f}" for line in lines} == {u["code"]: u["score"] for u in live["units"]}


def test_who_may_not_and_what_stands_in_the_way(county: Any) -> None:
    transferred(county)
    now, session = datetime(2025, 12, 31, 2, 0, tzinfo=UTC), county.session
    for actor in (None, county.actors["CG"]):
        for act in (freezing.freeze, freezing.open_correction, freezing.revise):
            with pytest.raises(NotAllowed):
                act(session, 2025, actor, "年终", NOW)
    with pytest.raises(Invalid):
        freezing.freeze(session, 2025, officer(county), "  ", NOW)
    with pytest.raises(StepRefused, match=r"year is not over.*without a deduction"):
        freezing.freeze(session, 2025, officer(county), "年终", now)
    with pytest.raises(NotFound):
        freezing.revise(session, 2025, officer(county), "年终", NOW)
    assert session.scalar(select(Assessment.id)) is None


def test_a_second_freeze_is_refused(county: Any) -> None:
    frozen_year(county)
    with pytest.raises(Conflict, match="frozen already"):
        freezing.freeze(county.session, 2025, officer(county), "又一次", NOW)
    with pytest.raises(Conflict, match="Nothing of this year has changed"):
        freezing.revise(county.session, 2025, officer(county), "又一次", NOW + timedelta(days=9))


def test_deductions_of_a_frozen_year_move_only_in_a_correction(county: Any) -> None:
    first, session = frozen_year(county), county.session
    pending = session.scalars(select(Deduction).where(Deduction.status == DeductionStatus.proposed)).first()
    for act in (deductions.confirm, deductions.withdraw):
        with pytest.raises(Conflict, match="2025 is frozen"):
            act(session, pending, officer(county), "属实", NOW)
    perform_late(county, county.petition, "CG", "file", datetime(2025, 3, 4, 3, tzinfo=UTC), NOW, how="函", what="备案")
    of_2025 = select(Deduction).where(Deduction.year == 2025)
    before = {row.id: row.status for row in session.scalars(of_2025)}
    deductions.scan(session, NOW + timedelta(days=1))
    session.expire_all()
    assert {row.id: row.status for row in session.scalars(of_2025)} == before
    later = NOW + timedelta(days=2)
    freezing.open_correction(session, 2025, officer(county), "复核有误", later)
    with pytest.raises(Conflict, match="open already"):
        freezing.open_correction(session, 2025, officer(county), "复核有误", later)
    session.expire_all()
    assert pending.status is DeductionStatus.withdrawn  # what was filed in time is seen to now
    wanted = of_2025.where(Deduction.status == DeductionStatus.proposed).order_by(Deduction.id)
    deductions.confirm(session, session.scalars(wanted).first(), officer(county), "属实", later)
    second = freezing.revise(session, 2025, officer(county), "复核更正", later)
    changed = frozen.part(session, second, "changes")
    assert changed["deductions"]
    assert changed["units"]
    assert (second.revision, second.manifest["previous"]) == (2, first.sha256)
    session.refresh(first)
    assert (first.status, second.status) == (AssessmentStatus.superseded, AssessmentStatus.frozen)
    assert verdicts(county) == ["", ""]
    left = session.scalars(of_2025.where(Deduction.status == DeductionStatus.proposed)).first()
    with pytest.raises(Conflict, match="2025 is frozen"):
        deductions.withdraw(session, left, officer(county), "不属实", later)


SEALED = [
    "UPDATE assessment SET reason = 'x'",
    "UPDATE assessment SET manifest = '{}'",
    "UPDATE assessment SET status = 'live'",
    "DELETE FROM assessment_line",
    "UPDATE assessment_line SET score = 1",
    "UPDATE assessment_part SET body = ''",
    "DELETE FROM assessment_part",
    "INSERT INTO assessment_part (assessment_id, name, number, body) SELECT assessment_id, 'x', 0, '' "
    "FROM assessment_part LIMIT 1",
    "DELETE FROM assessment",
]


@pytest.mark.both_databases
@pytest.mark.parametrize("statement", SEALED)
def test_the_database_itself_refuses(county: Any, statement: str) -> None:
    frozen_year(county)
    with pytest.raises(DatabaseError, match="a frozen assessment never changes"), county.session.begin_nested():
        county.session.execute(text(statement))
    assert verdicts(county) == [""]


def test_the_session_refuses_with_the_way(county: Any) -> None:
    frozen_year(county)
    line = county.session.scalars(select(AssessmentLine)).first()
    line.rank = 9
    with pytest.raises(Conflict, match="new revision"):
        county.session.flush()
    county.session.expire(line)


TAMPERED = [
    ("UPDATE assessment SET reason = 'x'", "reason"),
    ("UPDATE assessment SET sha256 = 'x'", "manifest"),
    ("UPDATE assessment SET revision = 3", "revision"),
    ("UPDATE assessment SET status = 'superseded'", "status"),
    ("UPDATE assessment SET frozen_by_id = NULL", "frozen_by"),
    ("UPDATE assessment_line SET rank = rank + 1", "lines"),
    ("UPDATE assessment_line SET score = score - 1", "lines"),
    ("DELETE FROM assessment_part WHERE name = 'calendar'", "parts: calendar"),
    *(
        (f"UPDATE assessment_part SET body = '{body}' WHERE name = '{name}'", f"part {name}")
        for name in ("frame", "results", "duties", "cases", "deductions", "decisions", "rulebooks", "software")
        for body in ("eNqLjgUAARUAuQ==", "!", "eNqL")
    ),
]


@pytest.mark.parametrize(("statement", "named"), TAMPERED)
def test_whoever_drops_the_guards_and_tampers_is_found(county: Any, statement: str, named: str) -> None:
    frozen_year(county)
    unguard(county.session)
    county.session.execute(text(statement))
    (told,) = verdicts(county)
    assert told.startswith(named)


def unguard(session: Any) -> None:
    from migrations.guards import dropped, triggers

    product = session.get_bind().dialect.name
    for statement in dropped(triggers())[product]:
        if "keep_assessment" in statement or "keep_rulebook" in statement:
            session.execute(text(statement))


@pytest.mark.both_databases
def test_every_flipped_byte_of_a_part_is_found(county: Any) -> None:
    frozen_year(county)
    unguard(county.session)
    table: Any = AssessmentPart.__table__
    key, body = county.session.execute(select(table.c.id, table.c.body).where(table.c.name == "deductions")).one()
    for place in range(0, len(body.rstrip("=")), 37):
        other = body[:place] + ("A" if body[place] != "A" else "B") + body[place + 1 :]
        county.session.execute(table.update().where(table.c.id == key).values(body=other))
        assert verdicts(county)[0].startswith("part deductions")
    county.session.execute(table.update().where(table.c.id == key).values(body=body))
    assert verdicts(county) == [""]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # the snippet reads a database file
def test_the_snippet_of_the_documentation_recomputes_every_hash(county: Any) -> None:
    frozen_year(county)
    url = county.session.get_bind().url
    county.session.commit()
    text_of = (config.ROOT / "docs" / "freezing.md").read_text(encoding="utf-8")
    snippet = text_of.split("```python\n")[1].split("```")[0]
    known: dict[str, Any] = {"database": url.database, "year": 2025}
    exec(snippet, known)
    assert known["name"] in known["manifest"]
    unguard(county.session)
    county.session.execute(text("UPDATE assessment_part SET body = 'eJyLjgUAARUAuQ==' WHERE name = 'duties'"))
    county.session.commit()
    with pytest.raises(AssertionError, match="duties"):
        exec(snippet, known)


def test_freezing_sends_the_same_statements_for_any_number_of_units(county: Any) -> None:
    session, sent = county.session, []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: sent.append(told[2]))
    counts = []
    for more in (0, 30):
        for number in range(more):
            session.add(Unit(code=f"N{number:02}", name=f"新单位{number}", kind=UnitKind.department, active=True))
        for _petition in range(1 + more // 10):
            transferred(county)
        session.flush()
        forget_world(session)
        deductions.scan(session, NOW)
        session.expire_all()
        assessing.assessment(session, 2025, NOW)  # the world is read
        with session.begin_nested() as point:
            sent.clear()
            row = freezing.freeze(session, 2025, officer(county), "年终考核", NOW)
            counts.append(len(sent))
            assert row.manifest["parts"]["cases"]["count"] >= 1 + more // 10
            point.rollback()
        session.expire_all()
    assert counts[0] == counts[1], counts
