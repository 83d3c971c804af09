"""The hearing's chart and clocks (domain §5: proposed → notified → answered → … → final)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest

from models.office_terms import AccountabilityMove, AccountabilityStatus
from models.office_terms import HearingMove as M
from models.rules import accountability, hearing
from models.rules.calendar import WorkCalendar, announced
from models.rules.defaults import default_rulebook
from models.terms import DeductionStatus as S
from models.world import zone

EVERYBODY = frozenset({"bureau", "unit", "head", "judge"})

# §5, read aloud: status → what may be done there by whoever may do everything
MAY: dict[S, set[M]] = {
    S.proposed: {M.notify, M.confirm, M.withdraw},
    S.notified: {M.answer, M.withdraw},
    S.answered: {M.confirm, M.withdraw},
    S.confirmed: {M.appeal},
    S.withdrawn: set(),
    S.appealed: {M.uphold, M.overturn},
    S.upheld: set(),
    S.overturned: set(),
    S.final: set(),
}
# besides, while a correction of the frozen year is open
CORRECTING: dict[S, set[M]] = {S.final: {M.revoke}, S.withdrawn: {M.renew}, S.overturned: {M.renew}}
# §5: who
SIDES: dict[M, str] = {
    M.notify: "bureau",
    M.confirm: "bureau",
    M.withdraw: "bureau",
    M.answer: "unit",
    M.appeal: "head",
    M.uphold: "judge",
    M.overturn: "judge",
    M.revoke: "judge",
    M.renew: "bureau",
}


@pytest.mark.parametrize("status", list(S))
def test_what_may_be_done_in_each_status(status: S) -> None:
    asker = hearing.Asker(EVERYBODY)
    assert set(hearing.moves(status, asker, provisional=False)) == MAY[status]


@pytest.mark.parametrize("status", list(S))
def test_an_open_correction_allows_more(status: S) -> None:
    """§5: "A correction makes a superseding revision"; for that the deductions must be movable."""
    more = CORRECTING.get(status, set())
    asker = hearing.Asker(EVERYBODY)
    assert set(hearing.moves(status, asker, provisional=False, correcting=True)) == MAY[status] | more
    for side in sorted(EVERYBODY):
        found = hearing.moves(status, hearing.Asker(frozenset({side})), provisional=False, correcting=True)
        assert set(found) == {move for move in MAY[status] | more if SIDES[move] == side}
    decided = hearing.Asker(EVERYBODY, frozenset({S.confirmed}))
    assert M.revoke not in hearing.moves(status, decided, provisional=False, correcting=True)


@pytest.mark.parametrize(("status", "side"), list(product(S, sorted(EVERYBODY))))
def test_each_side_makes_only_its_own_moves(status: S, side: str) -> None:
    asker = hearing.Asker(frozenset({side}))
    assert set(hearing.moves(status, asker, provisional=False)) == {m for m in MAY[status] if SIDES[m] == side}


@pytest.mark.parametrize("did", [S.proposed, S.notified, S.confirmed, S.answered, S.appealed])
def test_who_proposed_notified_decided_or_spoke_never_decides_the_appeal(did: S) -> None:
    """§5: "The proposer never decides the appeal"."""
    asker = hearing.Asker(EVERYBODY, frozenset({did}))
    for move in (M.uphold, M.overturn):
        refusal = hearing.refusal(move, S.appealed, asker, provisional=False)
        assert refusal is not None
        assert refusal.field == "side"


@pytest.mark.parametrize("spoke", [S.answered, S.appealed])
def test_who_spoke_for_the_unit_decides_nothing(spoke: S) -> None:
    asker = hearing.Asker(EVERYBODY, frozenset({spoke}))
    assert M.confirm not in hearing.moves(S.answered, asker, provisional=False)


@pytest.mark.parametrize(
    ("move", "status", "possible"),
    [
        (M.confirm, S.proposed, False),
        (M.confirm, S.answered, False),
        (M.uphold, S.appealed, False),
        (M.overturn, S.appealed, True),
        (M.withdraw, S.answered, True),
        (M.notify, S.proposed, True),
        (M.answer, S.notified, True),
    ],
)
def test_a_provisional_year_stops_what_would_cost_points(move: M, status: S, possible: bool) -> None:
    """§3: no deduction whose clock crosses a provisional year can be made final."""
    refusal = hearing.refusal(move, status, hearing.Asker(EVERYBODY), provisional=True)
    assert (refusal is None) == possible
    assert possible or refusal.field == "calendar"  # type: ignore[union-attr]


def test_the_unit_is_heard_before_the_bureau_confirms() -> None:
    refusal = hearing.refusal(M.confirm, S.notified, hearing.Asker(EVERYBODY), provisional=False)
    assert refusal is not None
    assert "heard first" in refusal.message


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ((S.proposed, S.notified, S.answered, S.confirmed, S.appealed, S.upheld, S.final), True),
        ((S.proposed, S.notified, S.confirmed, S.final), True),  # silence confirms
        ((S.proposed, S.confirmed, S.appealed, S.overturned), True),
        ((S.proposed, S.notified, S.withdrawn, S.proposed), True),  # another duty of the occurrence was missed
        ((S.notified,), False),
        ((), False),
        ((S.proposed, S.answered), False),
        ((S.proposed, S.confirmed, S.withdrawn), False),
        ((S.proposed, S.confirmed, S.final, S.appealed), False),
        ((S.proposed, S.notified, S.appealed), False),
    ],
)
def test_the_chart_says_which_paths_there_are(path: tuple[S, ...], fits: bool) -> None:
    assert hearing.path_fits(path) == fits


def test_only_a_correction_leads_out_of_final() -> None:
    assert [end for start, end in hearing.PATHS if start is S.final] == [S.overturned]
    assert [move for move, edge in hearing.CHART.items() if S.final in edge.start and not edge.correcting] == []


def calendar() -> WorkCalendar:
    off, on, known = announced([2026])
    return WorkCalendar(off, on, frozenset(known), {2026: "1"})


@pytest.mark.parametrize("status", [S.notified, S.answered, S.confirmed, S.appealed])
def test_each_side_has_five_working_days(status: S) -> None:
    """§5 and §3: 5 working days from 2026-02-13 → 2026-02-27, over the Spring Festival."""
    since = datetime(2026, 2, 13, 8, 0, tzinfo=UTC)
    due = hearing.due(default_rulebook(), status, since, calendar(), zone())
    assert due is not None
    assert due.on == date(2026, 2, 27)
    assert due.trace["amount"] == 5


@pytest.mark.parametrize("status", [S.proposed, S.withdrawn, S.upheld, S.overturned, S.final])
def test_where_nobody_must_move_nothing_is_due(status: S) -> None:
    since = datetime(2026, 2, 13, tzinfo=UTC)
    assert hearing.due(default_rulebook(), status, since, calendar(), zone()) is None


# §3, SERIOUS: investigation → hearing → decision → circulated | closed without notice
SERIOUS: dict[AccountabilityStatus, set[AccountabilityMove]] = {
    AccountabilityStatus.investigation: {AccountabilityMove.hear},
    AccountabilityStatus.hearing: {AccountabilityMove.state},
    AccountabilityStatus.decision: {AccountabilityMove.circulate, AccountabilityMove.close},
    AccountabilityStatus.circulated: set(),
    AccountabilityStatus.closed: set(),
}


@pytest.mark.parametrize("status", list(AccountabilityStatus))
def test_a_serious_matter_is_heard_before_it_is_decided(status: AccountabilityStatus) -> None:
    everybody = frozenset({"office", "unit", "leader"})
    assert set(accountability.moves(status, accountability.Asker(everybody))) == SERIOUS[status]
    opener = accountability.Asker(everybody, opened=True)
    decides = {AccountabilityMove.circulate, AccountabilityMove.close}
    assert set(accountability.moves(status, opener)) == SERIOUS[status] - decides
    assert accountability.moves(status, accountability.Asker(frozenset())) == ()
