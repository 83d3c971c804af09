"""Letters through the operations: drafted from the case, shielded, numbered without a gap, delivered, voided."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from models.access import Actor, acting, all_rows
from models.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, StepRefused
from models.files import examine
from models.office_terms import Delivery, LetterKind, LetterStatus
from models.operations import attachments, letters
from models.operations.intake import PetitionerInput
from models.operations.letters import checks
from models.store import store
from models.tables import Attachment, Counter, Letter, Petition, Unit
from models.terms import Role, StepKind
from tests.models.operations.letter_desk import DAY, NOW, changed, completed, drafted, draw, issued, plain_draw, step_of
from tests.models.operations.test_steps import T0, act, taken, transferred

WANG = [PetitionerInput("王小明", "13812345678", "110101199001011237")]


def fields(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {one.field: one.message for one in error.value.problems}


def heard(county: Any, petition: Petition) -> str:
    """What stands in the store of the petition's newest file."""
    row = county.session.scalars(select(Attachment).order_by(Attachment.id.desc())).first()
    assert row.petition_id == petition.id
    return b"".join(store().read(row.sha256, row.size)).decode()


def test_a_transfer_letter_says_what_the_step_says(county: Any) -> None:
    petition = transferred(county)
    row = drafted(county, petition)
    assert (row.status, row.number, row.to_unit_id) == (LetterStatus.draft, None, county.units["RS"].id)
    assert row.addressee == "单位RS"
    assert letters.values_of(row) == {"matter": "工资未付", "reason": "属人社局", "enclosures": "", "cc": "单位XFJ"}
    assert row.facts["days"] == {
        "answer": 5, "inform": 15, "follow_up": 15, "review": 30, "re_review": 30, "handle": 60, "extension": 30
    }  # fmt: skip
    changed(county, row, reason="该路段管护职责属你单位。")
    letters.issue(county.session, row, county.actors["CG"], NOW, plain_draw)
    assert (row.number, row.serial, row.year) == ("单位CG信〔2025〕1号", 1, 2025)
    paper = county.session.get(Attachment, row.attachment_id)
    assert (paper.sha256, paper.issued, paper.names, paper.step_id) == (row.sha256, True, False, row.step_id)
    assert paper.filename == "单位CG信〔2025〕1号 转送函.pdf"
    assert hashlib.sha256(heard(county, petition).encode()).hexdigest() == row.sha256
    assert "该路段管护职责属你单位。" in heard(county, petition)


def test_a_prefix_of_the_unit_stands_before_the_number(county: Any) -> None:
    county.session.get(Unit, county.units["CG"].id).letter_prefix = "清信转"
    assert issued(county, transferred(county)).number == "清信转〔2025〕1号"


def test_numbers_rise_in_each_unit_and_year(county: Any) -> None:
    petition = transferred(county)
    act(
        county,
        petition,
        "RS",
        "inform",
        T0 + 2 * DAY,
        outcome="accepted",
        mode="written",
        said="受理",
        told_to="本人",
        delivery="当面",
    )
    told = step_of(county, petition, "inform").id
    assert issued(county, petition).serial == 1
    assert issued(county, petition).serial == 2
    assert issued(county, petition, "RS", kind="notice", step_id=told).serial == 1
    next_year = NOW + 365 * DAY
    row = issued(county, petition, at=next_year)
    assert (row.year, row.serial) == (2026, 1)


def test_before_the_step_a_letter_is_drafted_for_it(county: Any) -> None:
    petition = taken(county)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    row = drafted(county, petition, step_kind=StepKind.transfer)
    assert (row.step_id, row.step_kind, row.to_unit_id, row.addressee) == (None, StepKind.transfer, None, "")
    with pytest.raises(Invalid) as error:
        letters.issue(county.session, row, county.actors["CG"], NOW, plain_draw)
    assert set(fields(error)) == {"reason", "to_unit"}
    changed(county, row, to_unit=county.units["RS"].id, reason="属人社局。")
    assert row.addressee == "单位RS"
    letters.issue(county.session, row, county.actors["CG"], NOW, plain_draw)
    with acting(county.actors["CG"]):
        [found] = letters.takeable(county.session, petition, StepKind.transfer, county.actors["CG"])
    given = letters.take_over(county.session, found, StepKind.transfer, county.actors["CG"])
    assert given == {
        "letter_number": row.number, "to_unit": county.units["RS"].id, "mode": "written", "reason": "属人社局。"
    }  # fmt: skip
    step = act(county, petition, "CG", "transfer", NOW, sent_how="机要", **given)
    letters.taken(county.session, step, None)  # by its number
    assert row.step_id == step.id
    assert county.session.get(Attachment, row.attachment_id).step_id == step.id


def test_a_letter_belongs_to_a_step_that_is_or_may_be_taken(county: Any) -> None:
    petition = transferred(county)
    with pytest.raises(StepRefused):
        drafted(county, petition, kind="minutes", step_kind=StepKind.convene)
    with pytest.raises(StepRefused):
        drafted(county, petition, kind="notice", step_kind=StepKind.transfer)
    with pytest.raises(NotFound):
        drafted(county, petition, kind="notice", step_id=step_of(county, petition, "transfer").id)
    with pytest.raises(NotAllowed):
        drafted(county, petition, "RS", step_id=step_of(county, petition, "transfer").id)
    with pytest.raises(NotFound):
        drafted(county, petition, "ZJ", step_id=step_of(county, petition, "transfer").id)
    looker = Actor(None, None, None, None, frozenset({Role.CountyLeader}))
    given = letters.DraftInput(LetterKind.transfer, step_id=step_of(county, petition, "transfer").id)
    with pytest.raises(NotAllowed):
        letters.draft(county.session, petition, given, looker, NOW)


def test_a_failed_issue_gives_its_number_back(county: Any) -> None:
    petition = transferred(county)
    rows = [completed(county, drafted(county, petition)) for _ in range(2)]
    county.session.commit()

    def jam(_letter: Any) -> bytes:
        raise DomainError("The press is jammed.")

    with pytest.raises(DomainError, match="jammed"):
        letters.issue(county.session, rows[0], county.actors["CG"], NOW, jam)
    county.session.rollback()
    assert letters.issue(county.session, rows[1], county.actors["CG"], NOW, plain_draw).serial == 1


def test_void_leaves_number_and_paper_and_no_gap(county: Any) -> None:
    petition = transferred(county)
    first = issued(county, petition)
    with pytest.raises(Invalid) as error:
        letters.void(county.session, first, " ", county.actors["CG"], NOW)
    assert set(fields(error)) == {"reason"}
    with pytest.raises(NotFound):
        letters.void(county.session, first, "错", county.actors["ZJ"], NOW)
    with pytest.raises(NotAllowed):
        letters.void(county.session, first, "错", county.actors["RS"], NOW)
    letters.void(county.session, first, "主送单位有误", county.actors["CG"], NOW)
    assert (first.status, first.number, first.void_reason) == (LetterStatus.void, "单位CG信〔2025〕1号", "主送单位有误")
    assert heard(county, petition)
    for again in (
        lambda: letters.void(county.session, first, "错", county.actors["CG"], NOW),
        lambda: letters.issue(county.session, first, county.actors["CG"], NOW, plain_draw),
        lambda: changed(county, first),
        lambda: letters.discard(county.session, first, county.actors["CG"], NOW),
    ):
        with pytest.raises(Conflict):
            again()
    assert issued(county, petition).serial == 2
    with all_rows():
        assert county.session.scalar(select(Counter.value).where(Counter.series.like("letter:%"))) == 2


def test_what_is_issued_never_changes(county: Any) -> None:
    row = issued(county, transferred(county))
    table: Any = Letter.__table__
    for column, value in (("number", "x"), ("serial", 9), ("sha256", "1" * 64)):
        with pytest.raises(IntegrityError, match=f"{column} never changes"), county.session.begin_nested():
            county.session.connection().execute(update(table).where(table.c.id == row.id).values({column: value}))
    paper = county.session.get(Attachment, row.attachment_id)
    assert not attachments.may_withdraw(county.actors["CG"], paper)
    with pytest.raises(Conflict, match="void the letter"):
        attachments.withdraw(county.session, paper, "错", county.actors["CG"], NOW)


def test_a_draft_can_be_thrown_away_and_takes_no_number(county: Any) -> None:
    petition = transferred(county)
    row = drafted(county, petition)
    letters.discard(county.session, row, county.actors["CG"], NOW)
    assert county.session.scalars(select(Letter)).all() == []
    assert issued(county, petition).serial == 1


def test_delivery_is_recorded_once_with_its_proof(county: Any) -> None:
    petition = transferred(county)
    row = issued(county, petition)
    receipt = examine("回执.pdf", io.BytesIO(b"%PDF-1.7\n%%EOF"), 1000)
    good = letters.DeliveryInput(Delivery.exchange, "收发室", NOW + DAY, [receipt])
    for wrong, field in (
        (letters.DeliveryInput(None, "收发室", NOW), "how"),
        (letters.DeliveryInput(Delivery.mail, " ", NOW), "to"),
        (letters.DeliveryInput(Delivery.mail, "长" * 201, NOW), "to"),
        (letters.DeliveryInput(Delivery.mail, "收发室", None), "at"),
        (letters.DeliveryInput(Delivery.mail, "收发室", NOW + 3 * DAY), "at"),
        (letters.DeliveryInput(Delivery.mail, "收发室", NOW - 2 * DAY), "at"),
    ):
        with pytest.raises(Invalid) as error:
            letters.deliver(county.session, row, wrong, county.actors["CG"], NOW + DAY)
        assert set(fields(error)) == {field}
    with pytest.raises(NotAllowed):
        letters.deliver(county.session, row, good, county.actors["RS"], NOW + DAY)
    letters.deliver(county.session, row, good, county.actors["CG"], NOW + DAY)
    assert (row.delivery, row.delivered_to, row.delivered_at) == (Delivery.exchange, "收发室", NOW + DAY)
    assert row.proof is not None
    assert row.proof.filename == "回执.pdf"
    with pytest.raises(Conflict):
        letters.deliver(county.session, row, good, county.actors["CG"], NOW + DAY)
    given = letters.take_over(county.session, row, StepKind.confirm_transfer, county.actors["CG"])
    assert given == {"letter_number": row.number, "sent_how": "机要交换"}


def test_a_circular_is_drafted_from_plain_arguments_by_the_bureau(county: Any) -> None:
    petition = transferred(county)
    given = {"subject": "单位RS", "found": "逾期未答复，激化矛盾。", "decision": "予以全县通报。"}
    with pytest.raises(NotAllowed):
        drafted(county, petition, kind="circular", values=given)
    row = drafted(county, petition, "XFJ", kind="circular", values=given)
    assert letters.values_of(row) | given == letters.values_of(row)
    assert (row.step_id, row.step_kind) == (None, None)
    assert row.title == "关于单位RS履行信访事项首接责任不力的通报"
    letters.issue(county.session, row, county.actors["XFJ"], NOW, plain_draw)
    assert row.number == "单位XF信〔2025〕1号"


def test_a_title_that_nobody_touched_follows_the_outcome(county: Any) -> None:
    row = drafted(county, taken(county), kind="notice", step_kind=StepKind.inform)
    changed(county, row, outcome="led_by", lead="单位ZJ")
    assert row.title == "信访事项牵头办理告知书"
    changed(county, row, title="自拟标题")
    changed(county, row, outcome="accepted")
    assert row.title == "自拟标题"


def test_a_stale_form_is_a_conflict(county: Any) -> None:
    row = drafted(county, transferred(county))
    seen_version = row.version
    changed(county, row, reason="属其职责。")
    given = letters.LetterInput(row.title, row.addressee, letters.values_of(row), row.to_unit_id, seen_version)
    with pytest.raises(Conflict):
        letters.edit(county.session, row, given, county.actors["CG"], NOW)


def test_the_press_prints_a_real_paper(county: Any) -> None:
    petition = taken(county, title="村道路灯不亮", petitioners=WANG)
    row = completed(county, drafted(county, petition, kind="notice", step_kind=StepKind.inform))
    letters.issue(county.session, row, county.actors["CG"], NOW, draw)
    paper = county.session.get(Attachment, row.attachment_id)
    assert b"".join(store().read(paper.sha256, paper.size)).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(("outcome", "field"), [("transferred", "by_unit"), ("led_by", "lead")])
def test_a_notice_tells_only_what_has_happened(county: Any, outcome: str, field: str) -> None:
    petition = taken(county)
    row = completed(county, drafted(county, petition, kind="notice", step_kind=StepKind.inform))
    changed(county, row, outcome=outcome, **{field: "单位RS"})  # it may be prepared before the decision
    with pytest.raises(Invalid) as error:
        letters.issue(county.session, row, county.actors["CG"], NOW, plain_draw)
    assert fields(error) == {
        "outcome": "The matter has not been transferred yet; take that step first."
        if outcome == "transferred"
        else "No lead unit has been designated yet."
    }
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="A")
    with pytest.raises(Invalid) as error:
        changed(county, row, outcome=outcome)
    assert fields(error) == {"outcome": checks.NOT_ROUTED_SO}
    changed(county, row, outcome="accepted")
    letters.issue(county.session, row, county.actors["CG"], NOW, plain_draw)


def test_a_notice_of_the_legal_route_agrees_with_the_routing(county: Any) -> None:
    petition = transferred(county)
    row = drafted(county, petition, kind="legal_route", step_kind=StepKind.inform)
    with pytest.raises(Invalid) as error:
        changed(county, row, route="劳动仲裁", body="县劳动人事争议仲裁委员会", limitation="一年。")
    assert fields(error) == {"route": checks.NOT_ROUTED_SO}
