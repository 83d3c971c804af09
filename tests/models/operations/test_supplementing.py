"""A published rulebook that lacks a duty's clock: it does not open, is told, and gets its clock from a day on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import rulebooks
from models.errors import Conflict, Invalid, NotAllowed
from models.operations.freezing import by_command
from models.operations.supplementing import supplement
from models.rules import linting
from models.tables import Duty, Rulebook, RulebookSupplement
from models.terms import DutyKind, Measure, Rule
from tests.models.operations.test_steps import T0, act, taken, transferred
from tests.rulebooks import clock, drafted, enacted

TODAY = T0 + timedelta(days=2)
CLOCK: dict[str, Any] = {
    "duty": DutyKind.FILE,
    "variant": "B",
    "amount": 4,
    "measure": Measure.working,
    "rolled": True,
    "extension": 0,
    "rule": Rule.TRANSFER,
    "paragraph": "§2(2)",
    "source": "县补充规定",
}


@pytest.fixture
def lacking(county: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A county whose rulebook was published before anybody knew of FILE."""
    with monkeypatch.context() as patch:
        patch.setattr(linting, "errors", lambda book: [])
        county.book = enacted(county.session, lambda draft: draft.clocks.remove(clock(draft, "FILE")))
    return county


def added(county: Any, **changes: Any) -> RulebookSupplement:
    values = CLOCK | {"rulebook_id": county.book.id, "effective_from": TODAY.date()} | changes
    return supplement(county.session, None, values, by_command(), TODAY)


def keys(county: Any) -> list[str]:
    return sorted(county.session.scalars(select(Duty.key).where(Duty.kind == DutyKind.FILE)))


def test_the_duty_does_not_open_and_nothing_fails(lacking: Any) -> None:
    transferred(lacking)
    assert keys(lacking) == []
    facts = rulebooks.facts(rulebooks.whole(lacking.session, lacking.book.id))
    assert [one.duty for one in linting.lacking(facts)] == [DutyKind.FILE]


def test_from_its_day_on_the_duty_opens_and_never_backwards(lacking: Any) -> None:
    petition = transferred(lacking)
    added(lacking)
    facts = rulebooks.facts(rulebooks.whole(lacking.session, lacking.book.id))
    assert linting.lacking(facts) == []
    assert keys(lacking) == []
    later = transferred_on(lacking, TODAY)
    found = lacking.session.scalars(select(Duty).where(Duty.kind == DutyKind.FILE)).one()
    assert (found.petition_id, found.due_on) == (later.id, date(2025, 3, 11))
    assert petition.id != later.id
    draft = drafted(lacking.session)
    assert clock(draft, "FILE").amount == 4


def transferred_on(county: Any, day: Any) -> Any:
    petition = taken(county, received_at=T0)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    proof = {"reason": "属人社局", "letter_number": "1号", "sent_how": "机要", "mode": "written"}
    act(county, petition, "CG", "transfer", day, to_unit=county.units["RS"].id, **proof)
    return petition


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"effective_from": TODAY.date() - timedelta(days=1)}, "effective_from", id="backwards"),
        pytest.param({"duty": DutyKind.HANDLE}, "duty", id="a clock is there"),
        pytest.param({"variant": "A"}, "duty", id="no such case"),
        pytest.param({"source": "重复上访不计"}, "duty", id="it measures petitioners"),
    ],
)
def test_what_cannot_be_a_supplement_is_refused(lacking: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        added(lacking, **changes)
    assert field in {problem.field for problem in refused.value.problems}


def test_a_draft_needs_none_and_only_administrators_add(lacking: Any) -> None:
    draft = drafted(lacking.session)
    with pytest.raises(Invalid) as refused:
        added(lacking, rulebook_id=draft.id)
    assert [problem.field for problem in refused.value.problems] == ["rulebook_id"]
    with pytest.raises(NotAllowed):
        supplement(lacking.session, None, CLOCK, lacking.actors["XFJ"], TODAY)


@pytest.mark.both_databases
def test_it_never_changes_whoever_tries(lacking: Any) -> None:
    row = added(lacking)
    session = lacking.session
    row.amount = 9
    with pytest.raises(Conflict), session.no_autoflush:
        session.flush()
    session.refresh(row)
    for statement in ("UPDATE rulebook_supplement SET amount = 9", "DELETE FROM rulebook_supplement"):
        with pytest.raises(DatabaseError, match="never changes"), session.begin_nested():
            session.execute(text(statement))
    assert session.get_one(Rulebook, lacking.book.id).supplements == [row]
