"""Papers of a frozen year: from the manifest alone, kept, handed out again, and every alteration of them is found."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from models import frozen, store
from models.access import acting
from models.errors import Conflict, NotFound
from models.office_terms import AccountabilityGround, AccountabilityMove, PaperKind, Tongue
from models.operations import deductions, freezing
from models.operations.accountability import AccountabilityInput, move, open_file
from models.rules.freezing import canonical
from models.store import Damaged
from models.tables import Assessment, AssessmentPaper, Deduction
from models.terms import AssessmentStatus, Role
from reports import builders, checking, official
from reports.official import Source, Wanted
from reports.printing import PLAIN, Style
from tests.models.operations.test_freezing import NOW, frozen_year, officer, unguard
from tests.reports import small
from tests.reports.test_pdfa import seal
from tests.rulebooks import enacted, points

__all__ = ["seal"]  # the fixture
COUNTY, TOWN = Wanted(PaperKind.county, "", "zh"), Wanted(PaperKind.unit, "CG", "en")
EXCERPT = Wanted(PaperKind.excerpt, "CG", "zh")


def handed(county: Any, wanted: Wanted, row: Assessment | None = None, style: Style = PLAIN) -> AssessmentPaper:
    row = row or frozen.latest(county.session, 2025)
    assert row is not None
    return official.handed_out(county.session, row, wanted, small.NAME, style, None, NOW)


def body_of(paper: AssessmentPaper) -> bytes:
    return b"".join(official.content(paper))


def checked(county: Any, *, redraw: bool = False) -> list[str]:
    county.session.expire_all()
    return [
        checking.check(county.session, row, redraw=redraw).difference
        for row in county.session.scalars(select(Assessment).order_by(Assessment.revision))
    ]


def changed_record(county: Any) -> None:
    """Everything the papers of 2025 once rested on becomes another: duties, units, rules, deductions."""
    for statement in (
        "UPDATE duty SET due_on = '2024-02-02'",
        "UPDATE unit SET name = 'X' || name",
        "DELETE FROM deduction_event",
        "UPDATE deduction SET status = 'withdrawn'",
    ):
        county.session.execute(text(statement))
    county.session.expire_all()
    enacted(county.session, lambda draft: setattr(points(draft, "HANDLE"), "points", Decimal(9)), date(2026, 1, 1))


def test_a_frozen_year_is_printed_from_its_manifest_alone(county: Any, tmp_path: Path) -> None:
    frozen_year(county)
    wanted = (COUNTY, TOWN, EXCERPT)
    before = [body_of(handed(county, one)) for one in wanted]
    with county.session.begin_nested() as point:
        unguard(county.session)
        county.session.execute(text("DELETE FROM assessment_paper"))
        store.configure(str(tmp_path / "elsewhere"))
        changed_record(county)
        assert [body_of(handed(county, one)) for one in wanted] == before
        point.rollback()
    county.session.expire_all()


def test_a_paper_is_drawn_once_and_handed_out_again(county: Any) -> None:
    row = frozen_year(county)
    first = handed(county, COUNTY)
    again = official.handed_out(county.session, row, COUNTY, "别县", PLAIN, None, NOW + timedelta(days=9))
    assert (again.id, again.drawn_at, again.county) == (first.id, NOW, small.NAME)
    assert (first.name, first.kind, first.unit_id) == ("2025-r1-county-zh.pdf", PaperKind.county, None)
    assert (first.lang, first.superseded, first.signed) == (Tongue.chinese, False, False)
    assert "WeasyPrint" in first.software
    assert row.sha256 in small.text(body_of(first)).replace("\n", "")
    assert handed(county, COUNTY, style=Style(red_head="清源县信访局文件")).id != first.id
    assert handed(county, TOWN).unit_id == county.units["CG"].id
    with pytest.raises(NotFound):
        handed(county, Wanted(PaperKind.unit, "NONE", "zh"))
    assert checked(county, redraw=True) == [""]


def test_the_data_inside_are_the_frozen_document(county: Any) -> None:
    row = frozen_year(county)
    for wanted, codes in ((COUNTY, {"CG", "RS", "XFJ", "ZJ"}), (TOWN, {"CG"})):
        with pikepdf.open(io.BytesIO(body_of(handed(county, wanted)))) as file:
            inside = json.loads(file.attachments["assessment.json"].get_file().read_bytes())
        frozen_units = {unit["code"]: unit for unit in frozen.part(county.session, row, "results")["units"]}
        assert {unit["code"] for unit in inside["units"]} == codes
        for unit in inside["units"]:
            assert canonical(unit) == canonical(frozen_units[unit["code"]])
        assert inside["manifest"] == row.sha256


def test_of_the_countys_paper_a_unit_gets_what_is_open_to_it(county: Any) -> None:
    frozen_year(county)
    with pikepdf.open(io.BytesIO(body_of(handed(county, EXCERPT)))) as file:
        inside = json.loads(file.attachments["assessment.json"].get_file().read_bytes())
        figures = json.loads(file.attachments["figures.json"].get_file().read_bytes())
    assert [unit["code"] for unit in inside["units"] if unit["deductions"]] == ["CG"]
    assert figures["kept"] is None
    with acting(county.actors["CG"]):
        assert builders.kind_for(county.session, county.actors["CG"], None) == (PaperKind.excerpt, "CG")
        handed(county, COUNTY)
        handed(county, Wanted(PaperKind.unit, "RS", "zh"))
        seen = county.session.scalars(select(AssessmentPaper)).all()
    assert {paper.name for paper in seen} == {"2025-r1-excerpt-CG-zh.pdf"}
    assert builders.kind_for(county.session, officer(county), None) == (PaperKind.county, "")


def revised(county: Any) -> tuple[Assessment, Assessment]:
    first, later = frozen_year(county), NOW + timedelta(days=2)
    handed(county, COUNTY)
    freezing.open_correction(county.session, 2025, officer(county), "复核有误", later)
    row = county.session.scalars(select(Deduction).where(Deduction.year == 2025).order_by(Deduction.id.desc())).first()
    deductions.withdraw(county.session, row, officer(county), "不属实", later)
    return first, freezing.revise(county.session, 2025, officer(county), "复核更正", later)


def test_a_superseded_revision_says_so_when_it_is_drawn_again(county: Any) -> None:
    first, second = revised(county)
    names = [handed(county, COUNTY, row).name for row in (first, second)]
    assert names == ["2025-r1-county-zh-superseded.pdf", "2025-r2-county-zh.pdf"]
    old, new = (small.text(body_of(handed(county, COUNTY, row))) for row in (first, second))
    assert "第1版，已被第2版取代" in old
    assert "取代" not in new
    kept = county.session.scalars(select(AssessmentPaper).order_by(AssessmentPaper.id)).all()
    assert [paper.name for paper in kept] == ["2025-r1-county-zh.pdf", *names]
    assert kept[0].assessment.status is AssessmentStatus.superseded
    assert checked(county, redraw=True) == ["", ""]


def test_a_flipped_byte_in_the_store_is_found(county: Any) -> None:
    frozen_year(county)
    paper = handed(county, COUNTY)
    path = Path(store.store().root) / paper.sha256[:2] / paper.sha256
    good = path.read_bytes()
    for place in (20, len(good) // 2, len(good) - 5):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert checked(county) == [f"paper {paper.name}: its bytes are not in the store, or others"]
        with pytest.raises(Damaged):
            body_of(paper)
    path.unlink()
    assert checked(county)[0].startswith(f"paper {paper.name}")
    path.write_bytes(good)
    assert checked(county, redraw=True) == [""]


def replaced(county: Any, paper: AssessmentPaper, body: bytes) -> None:
    """Somebody who dropped the guards puts another file with its own hash in the paper's place."""
    facts = official.facts_of(county.session, paper.assessment, COUNTY, small.NAME, PLAIN)
    told = official.papers.shelved(facts, body, official.software(), None, NOW)
    change = text("UPDATE assessment_paper SET sha256 = :sha256, size = :size")
    county.session.execute(change, {name: told[name] for name in ("sha256", "size")})


def test_another_paper_under_its_own_hash_is_found(county: Any) -> None:
    row = frozen_year(county)
    paper = handed(county, COUNTY)
    unguard(county.session)
    source = Source.read(county.session, row)
    other = source.document | {"rulebook": "2024-9"}
    replaced(county, paper, Source(other, source.figures).made(COUNTY, small.NAME).drawn())
    assert checked(county) == [f"paper {paper.name}: enclosed assessment.json"]
    replaced(county, paper, source.made(COUNTY, "别县").drawn())  # the data are right, the pages are not
    assert checked(county) == [""]
    assert checked(county, redraw=True) == [f"paper {paper.name}: drawn anew it is another"]
    replaced(county, paper, b"%PDF-1.7")
    assert checked(county) == [f"paper {paper.name}: it cannot be read"]


def test_a_signed_paper_is_kept_with_its_signature_and_verified(county: Any, seal: Any) -> None:
    frozen_year(county)
    plain, signed = handed(county, COUNTY), handed(county, COUNTY, style=Style(seal=seal[0]))
    assert (plain.signed, signed.signed) == (False, True)
    assert body_of(signed).startswith(body_of(plain))
    assert handed(county, COUNTY, style=Style(seal=seal[0])).sha256 == signed.sha256  # not signed again
    assert checked(county, redraw=True) == [""]


def test_what_other_software_drew_is_not_drawn_anew(county: Any) -> None:
    row = frozen_year(county)
    handed(county, COUNTY)
    unguard(county.session)
    county.session.execute(text("UPDATE assessment_paper SET software = 'Shoujie 0, WeasyPrint 1'"))
    county.session.expire_all()
    assert checking.check(county.session, row, redraw=True) == checking.Papers(1, "", 1)
    source = Source.read(county.session, row)
    made, other = source.made(COUNTY, small.NAME), source.document | {"rulebook": "2024-9"}
    paper = county.session.scalars(select(AssessmentPaper)).one()
    replaced(county, paper, replace(made, enclosures=made.enclosures[1:]).drawn())  # it did not enclose a CSV yet
    assert checked(county) == [""]
    replaced(county, paper, Source(other, source.figures).made(COUNTY, small.NAME).drawn())
    assert checked(county) == [f"paper {paper.name}: enclosed assessment.json"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessment_paper SET sha256 = 'x'",
        "DELETE FROM assessment_paper",
        "UPDATE assessment_paper SET name = 'x'",
    ],
)
def test_the_database_keeps_the_papers(county: Any, statement: str) -> None:
    frozen_year(county)
    paper = handed(county, COUNTY)
    with pytest.raises(DatabaseError, match="a frozen assessment never changes"), county.session.begin_nested():
        county.session.execute(text(statement))
    paper.size = 1
    with pytest.raises(Conflict):
        county.session.flush()
    county.session.expire(paper)


def test_two_that_draw_at_once_keep_one(county: Any) -> None:
    row = frozen_year(county)
    facts = official.facts_of(county.session, row, COUNTY, small.NAME, PLAIN)
    rows = [official.papers.shelved(facts, body, "x", None, NOW) for body in (b"first", b"second")]
    for one in rows:
        official.papers.keep(county.session, [one])
    found = official.papers.find(county.session, facts)
    assert found is not None
    assert body_of(found) == b"first"


def test_serious_matters_are_frozen_with_the_year(county: Any) -> None:
    session, at = county.session, NOW.replace(year=2025, month=10)
    leader = county.actors["ZJ"].__class__(
        None, county.staff["ZJ"].id, county.units["ZJ"].id, None, frozenset({Role.CountyLeader})
    )
    given = AccountabilityInput(county.units["CG"].id, AccountabilityGround.perfunctory, "推诿", "多次推诿", None)
    file = open_file(session, given, officer(county), at)
    for what, actor in ((AccountabilityMove.hear, officer(county)), (AccountabilityMove.state, county.actors["CG"])):
        move(session, file, what, actor, "情况属实", at + timedelta(days=1))
    move(session, file, AccountabilityMove.circulate, leader, "全县通报批评", at + timedelta(days=9))
    frozen_year(county)
    for wanted in (COUNTY, Wanted(PaperKind.unit, "CG", "zh"), EXCERPT):
        assert "全县通报批评" in small.text(body_of(handed(county, wanted)))
    assert "全县通报批评" not in small.text(body_of(handed(county, Wanted(PaperKind.excerpt, "RS", "zh"))))
    session.execute(text("UPDATE accountability SET ground = 'intensified'"))
    assert checked(county, redraw=True) == [""]
