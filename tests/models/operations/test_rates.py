"""The counts behind the rates: the unit's own duties that fell due, and what the bureau hands in; then frozen."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from models import assessing, frozen, readiness, verifying
from models.access import all_rows
from models.errors import DomainError, Invalid, NotAllowed
from models.operations import deductions, freezing
from models.operations.handing_in import hand_in
from models.tables import (
    Deduction,
    IndicatorFigure,
    Petition,
    Rulebook,
    RulebookGrade,
    RulebookIndicator,
    RulebookSection,
    Unit,
)
from models.terms import Rule, UnitKind
from tests.models.operations.test_freezing import NOW as LATE
from tests.models.operations.test_steps import T0, act, transferred
from tests.rulebooks import enacted, points

SOON = T0 + timedelta(days=40)


def scheme(draft: Rulebook) -> None:
    """60 points less capped deductions, 40 from two rates of duties and one of figures."""
    draft.base_score = 60
    section = RulebookSection(code="1", title="受理转送", title_en="Intake", cap=2)
    draft.sections.append(section)
    for rule in ("ACCEPT", "TRANSFER"):
        points(draft, rule).section = section
    text = {"paragraph": "§3", "source": "县"}
    for indicator, weight, fewest in (("informed", 20, 2), ("replied", 10, 1), ("satisfaction", 10, 5)):
        draft.indicators.append(RulebookIndicator(indicator=indicator, weight=weight, target=90, fewest=fewest, **text))
    for place, (title, score) in enumerate((("优秀", 90), ("合格", 60), ("不合格", 0)), 1):
        draft.grades.append(RulebookGrade(position=place, title=title, from_score=score))


def informed(county: Any, petition: Petition, code: str, at: datetime) -> None:
    proof = {"said": "已转送县人社局", "told_to": "信访人", "mode": "written", "delivery": "当面送达"}
    proof["outcome"] = "transferred" if code == "CG" else "accepted"
    act(county, petition, code, "inform", at, **proof)


def three(county: Any) -> list[Petition]:
    """CG informs of the first in time, of the second late, of the third never; RS of the first; the third returns."""
    made = [transferred(county) for _ in range(3)]
    informed(county, made[0], "CG", T0 + timedelta(days=2))
    informed(county, made[0], "RS", T0 + timedelta(days=3))
    reasons = {"reason": "不属职责", "to_unit": county.units["ZJ"].id}
    act(county, made[2], "RS", "object", T0 + timedelta(days=4), **reasons)
    act(county, made[2], "XFJ", "uphold", T0 + timedelta(days=5), reason="属实")
    informed(county, made[1], "CG", T0 + timedelta(days=20))
    return made


def counts(county: Any, as_of: datetime, year: int = 2025) -> dict[tuple[str, str], tuple[int, int]]:
    with all_rows():
        rows = assessing.gather(county.session, year, as_of)["figures"]
    return {(row["unit"], row["indicator"]): (row["count"], row["of"]) for row in rows}


def unit_of(county: Any, code: str, as_of: datetime = SOON) -> Any:
    found = assessing.assessment(county.session, 2025, as_of)
    return next(unit for unit in found["units"] if unit["code"] == code)


@pytest.mark.both_databases
def test_own_duties_that_fell_due_are_counted(county: Any) -> None:
    """Informing takes 15 days: on 18 March, Tuesday. What an objection cancelled is nobody's rate."""
    enacted(county.session, scheme)
    three(county)
    assert counts(county, T0 + timedelta(days=10)) == {}
    assert counts(county, SOON) == {("CG", "informed"): (1, 3), ("RS", "informed"): (1, 2)}
    assert counts(county, SOON, 2024) == {}
    later = counts(county, T0 + timedelta(days=90))
    assert later["RS", "replied"] == (0, 2)
    assert ("CG", "replied") not in later


def test_a_miss_that_the_hearing_excused_does_not_lower_the_rate(county: Any) -> None:
    enacted(county.session, scheme)
    made = three(county)
    deductions.scan(county.session, SOON)
    wanted = select(Deduction).where(Deduction.petition_id == made[2].id, Deduction.rule == Rule.ACCEPT)
    row = county.session.scalars(wanted).one()
    deductions.withdraw(county.session, row, county.actors["XFJ"], "信访人失联，有记录", SOON)
    later = SOON + timedelta(days=1)
    assert counts(county, later)["CG", "informed"] == (1, 2)
    assert counts(county, SOON - timedelta(days=1))["CG", "informed"] == (1, 3)


@pytest.mark.both_databases
def test_a_matter_about_the_unit_is_counted_nowhere_for_it(county: Any) -> None:
    enacted(county.session, scheme)
    made = three(county)
    made[1].about_unit_id = county.units["CG"].id
    county.session.flush()
    assert counts(county, SOON)["CG", "informed"] == (1, 2)
    made[1].about_unit_id = None


@pytest.mark.both_databases
def test_the_score_by_hand(county: Any) -> None:
    """CG lost 2 × 1 for acceptance and 3 × 1 for transfers that were not filed; the section takes no more than 2.

    Informed 1 of 3 with a target of 90: 20 × (1/3) / 0.9 = 7.41; replied: none due, 10; satisfaction 42 of 50:
    10 × 0.84 / 0.9 = 9.33.
    """
    enacted(county.session, scheme)
    three(county)
    deductions.scan(county.session, SOON)
    rows = county.session.scalars(select(Deduction).where(Deduction.unit_id == county.units["CG"].id)).all()
    for row in rows:
        if row.rule in (Rule.ACCEPT, Rule.TRANSFER):
            deductions.confirm(county.session, row, county.actors["XFJ"], "属实", SOON)
    handed(county, "CG", 42, 50)
    unit = unit_of(county, "CG", SOON + timedelta(hours=1))
    assert [rate["points"] for rate in unit["rates"]] == ["7.41", "10.00", "9.33"]
    assert (unit["earned"], unit["final"], unit["score"]) == ("26.74", "2.00", "84.74")
    assert unit["grade"]["title"] == "合格"
    assert unit["capped"] != "0.00"


def handed(county: Any, code: str, counted: int, total: int, **changes: Any) -> IndicatorFigure:
    values = {"year": 2025, "unit_id": county.units[code].id, "indicator": "satisfaction", "source": "年度测评"}
    values |= {"counted": counted, "total": total}
    return hand_in(county.session, None, values | changes, county.actors["XFJ"], LATE)


def test_the_bureau_hands_in_and_corrects_and_it_is_kept_who_did(county: Any) -> None:
    row = handed(county, "CG", 3, 9)
    assert (row.entered_by_id, row.entered_at) == (county.staff["XFJ"].id, LATE)
    values = {name: getattr(row, name) for name in ("year", "unit_id", "indicator", "source", "total")}
    hand_in(county.session, row, values | {"counted": 4}, county.actors["XFJ"], LATE + timedelta(days=1))
    assert (row.counted, row.entered_at) == (4, LATE + timedelta(days=1))
    with pytest.raises(NotAllowed):
        hand_in(county.session, None, values | {"counted": 4}, county.actors["CG"], LATE)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"counted": 10, "total": 9}, "counted"),
        ({"counted": -1}, "counted"),
        ({"year": 2027}, "year"),
        ({"year": 1999}, "year"),
        ({}, "indicator"),
    ],
)
def test_a_wrong_figure_is_refused_beside_its_field(county: Any, change: dict[str, Any], field: str) -> None:
    handed(county, "CG", 3, 9)
    with pytest.raises(Invalid) as refused:
        handed(county, "RS" if change else "CG", **{"counted": 3, "total": 9} | change)
    assert [problem.field for problem in refused.value.problems] == [field]


def frozen_scheme(county: Any) -> Any:
    enacted(county.session, scheme)
    three(county)
    handed(county, "CG", 42, 50)
    deductions.scan(county.session, LATE)
    return freezing.freeze(county.session, 2025, county.actors["XFJ"], "年终考核", LATE)


def test_a_year_with_a_scheme_is_frozen_and_recomputed_to_the_byte(county: Any) -> None:
    row = frozen_scheme(county)
    assert [one.difference for one in verifying.verify_all(county.session)] == [""]
    shown = assessing.official(county.session, 2025, LATE + timedelta(days=300))
    unit = next(unit for unit in shown["units"] if unit["code"] == "CG")
    assert unit["rates"][2]["points"] == "9.33"
    assert shown["scheme"]["grades"][0]["from"] == "90.00"
    assert {"id": "figures", "count": 3} in row.manifest["warnings"]  # RS, ZJ and the bureau handed nothing in


def test_figures_of_a_frozen_year_do_not_change_until_a_correction_is_open(county: Any) -> None:
    frozen_scheme(county)
    session, row = county.session, county.session.scalars(select(IndicatorFigure)).one()
    values = {name: getattr(row, name) for name in ("unit_id", "indicator", "source", "counted", "total")}

    def told(act: Any) -> str:
        kept = session.begin_nested()
        with pytest.raises(DomainError) as refused:
            act()
        kept.rollback()
        session.expire_all()
        error = refused.value
        return error.problems[0].field if isinstance(error, Invalid) else type(error).__name__

    def write(change: Any) -> Any:
        return lambda: (change(), session.flush())

    officer = county.actors["XFJ"]
    assert told(lambda: hand_in(session, row, values | {"year": 2025}, officer, LATE)) == "year"
    assert told(lambda: hand_in(session, row, values | {"year": 2026}, officer, LATE)) == "year"
    assert told(lambda: handed(county, "RS", 1, 9)) == "year"
    assert told(write(lambda: setattr(row, "counted", 0))) == "Conflict"
    assert told(write(lambda: setattr(row, "year", 2026))) == "Conflict"
    assert told(write(lambda: session.delete(row))) == "Conflict"
    freezing.open_correction(session, 2025, officer, "测评复核", LATE)
    hand_in(session, row, values | {"year": 2025, "counted": 10}, officer, LATE)
    second = freezing.revise(session, 2025, officer, "测评复核", LATE)
    assert second.revision == 2
    assert [one.difference for one in verifying.verify_all(session)] == ["", ""]


def test_a_corrected_figure_makes_a_revision_though_no_score_moves(county: Any) -> None:
    """45 of 50 reaches the target of 90; so does 46."""
    enacted(county.session, scheme)
    row = handed(county, "CG", 45, 50)
    freezing.freeze(county.session, 2025, county.actors["XFJ"], "年终考核", LATE)
    freezing.open_correction(county.session, 2025, county.actors["XFJ"], "测评复核", LATE)
    names = ("year", "unit_id", "indicator", "source", "total")
    values = {name: getattr(row, name) for name in names} | {"counted": 46}
    hand_in(county.session, row, values, county.actors["XFJ"], LATE)
    second = freezing.revise(county.session, 2025, county.actors["XFJ"], "测评复核", LATE)
    told = frozen.part(county.session, second, "changes")
    assert told["figures"] == [{"unit": "CG", "indicator": "satisfaction", "before": [45, 50], "after": [46, 50]}]
    assert told["units"] == []
    assert [one.difference for one in verifying.verify_all(county.session)] == ["", ""]


def test_readiness_warns_of_missing_figures(county: Any) -> None:
    session = county.session

    def missing() -> int:
        with all_rows():
            (found,) = (one for one in readiness.check(session, 2025, LATE) if one.id == "figures")
        assert not found.blocks
        return found.count

    assert missing() == 0  # the first rulebook asks for none
    enacted(session, scheme)
    assert missing() == 4
    handed(county, "CG", 3, 9)
    session.add(Unit(code="LD", name="县领导", kind=UnitKind.leaders_office, active=True))
    session.flush()
    assert missing() == 3


@pytest.mark.parametrize("many", [1, 5])
def test_the_statements_do_not_grow_with_units_and_petitions(county: Any, many: int) -> None:
    session = county.session
    enacted(session, scheme)
    for _ in range(many):
        three(county)
    session.flush()
    with all_rows():
        assessing.gather(session, 2025, SOON)
        session.expire_all()
        said: list[str] = []
        engine = session.get_bind()

        def listener(*given: Any) -> None:
            said.append(given[2])

        event.listen(engine, "before_cursor_execute", listener)
        assessing.gather(session, 2025, SOON)
        event.remove(engine, "before_cursor_execute", listener)
    about = [one for one in said if "indicator_figure" in one or "count(*)" in one]
    assert len(about) == 2


def test_days_of_the_published_scheme(county: Any) -> None:
    """Figures are asked for by the scheme in force in that year, not by a later one."""
    enacted(county.session, scheme, date(2026, 1, 1))
    three(county)
    assert counts(county, SOON) == {}
    assert "rates" in unit_of(county, "CG")
    assert unit_of(county, "CG")["rates"] == []
