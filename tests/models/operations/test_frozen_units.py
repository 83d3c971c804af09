"""Units change, a frozen year does not: renamed, re-coded, moved, dissolved or merged, it verifies all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models import assessing, frozen, frozen_units, supposing
from models.access import acting
from models.errors import Conflict
from models.office_terms import PaperKind
from models.operations import freezing
from models.rules.freezing import canonical
from models.rules.supposing import Supposition
from models.tables import Assessment, Unit
from reports import builders
from tests.models.operations.test_freezing import NOW, frozen_year, officer, verdicts
from tests.models.operations.test_kept_papers import EXCERPT, TOWN, body_of, checked, handed

LATER = NOW + timedelta(days=30)


def recode(county: Any, unit: Unit, code: str) -> None:
    unit.code = code
    county.session.flush()


def swap(county: Any) -> None:
    one, other = county.units["CG"], county.units["RS"]
    for unit, code in ((one, "tmp"), (other, "CG"), (one, "RS")):
        recode(county, unit, code)


def dissolve(county: Any, code: str, successor: str) -> None:
    """A unit that still owes duties is closed only where another takes them."""
    gone = county.units[code]
    gone.active, gone.successor_id = False, county.units[successor].id


def merge(county: Any) -> None:
    """The staff of one goes to the other, which has a new name; the one is closed."""
    left = county.units["ZJ"]
    left.name, left.code = "合并后的单位", "NEW"
    dissolve(county, "RS", "ZJ")


CHANGES = {
    "code": lambda county: recode(county, county.units["CG"], "T99"),
    "codes swapped": swap,
    "name": lambda county: setattr(county.units["CG"], "name", "新城街道"),
    "parent": lambda county: setattr(county.units["CG"], "parent_id", county.units["XFJ"].id),
    "dissolved": lambda county: dissolve(county, "CG", "RS"),
    "merged": merge,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_frozen_year_verifies_after_units_changed(county: Any, change: str) -> None:
    row = frozen_year(county)
    before = canonical(assessing.of_revision(county.session, row))
    CHANGES[change](county)
    county.session.flush()
    assert verdicts(county) == [""]
    assert canonical(assessing.of_revision(county.session, row)) == before
    with pytest.raises(Conflict, match="Nothing of this year has changed"):
        freezing.revise(county.session, 2025, officer(county), "机构改革", LATER)
    freezing.open_correction(county.session, 2025, officer(county), "机构改革", LATER)
    freezing.close_correction(county.session, 2025, officer(county), "与考核无关", LATER)


def test_a_unit_finds_its_own_papers_under_the_code_they_were_frozen_with(county: Any) -> None:
    row = frozen_year(county)
    papers = [body_of(handed(county, one)) for one in (TOWN, EXCERPT)]
    swap(county)
    county.session.add(Unit(code="NEW", name="新设单位", kind=county.units["RS"].kind))
    county.session.flush()
    assert checked(county, redraw=True) == [""]
    actor = county.actors["CG"]
    with acting(actor):
        seen = assessing.official(county.session, 2025, NOW)
    assert [unit["code"] for unit in seen["units"] if unit["deductions"]] == ["CG"]
    assert builders.kind_for(county.session, actor, None, row) == (PaperKind.excerpt, "CG")
    assert builders.open_to(county.session, actor, "CG", row)
    assert not builders.open_to(county.session, actor, "RS", row)
    assert [body_of(handed(county, one)) for one in (TOWN, EXCERPT)] == papers


def test_it_is_asked_for_by_the_old_code_or_by_the_new(county: Any) -> None:
    row = frozen_year(county)
    recode(county, county.units["CG"], "T99")
    there = [frozen_units.code_there(county.session, row, code) for code in ("CG", "T99", "RS", "none")]
    assert there == ["CG", "CG", "RS", "none"]
    assert frozen_units.code_there(county.session, None, "T99") == "T99"


def test_last_year_and_a_trial_are_compared_under_todays_codes(county: Any) -> None:
    row = frozen_year(county)
    recode(county, county.units["CG"], "T99")
    found = supposing.suppose(county.session, 2025, NOW, Supposition())
    assert {line["unit"] for line in found["deductions"]} <= {"T99", "RS", "ZJ", "XFJ"}
    inputs = frozen_units.inputs_under_codes(
        {
            "units": [{"code": "CG"}],
            "deductions": [{"unit": "CG"}],
            "figures": [{"unit": "CG"}],
            "rulebook": {"peers": [{"unit": "CG"}, {"unit": None}]},
        },
        frozen_units.renames(county.session, row),
    )
    assert inputs["units"] == [{"code": "T99"}]
    assert inputs["deductions"] == inputs["figures"] == [{"unit": "T99"}]
    assert inputs["rulebook"]["peers"] == [{"unit": "T99"}, {"unit": None}]


def test_a_line_put_to_another_unit_is_still_found(county: Any) -> None:
    row: Assessment = frozen_year(county)
    assert frozen.latest(county.session, 2025) is row
    units = frozen_units.named(county.session, row)
    assert {unit.code for unit in units.values()} == {"CG", "RS", "ZJ", "XFJ"}
