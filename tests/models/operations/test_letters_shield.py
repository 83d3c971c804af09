"""Who may be named in a letter, who gets none, and who sees what was sent (domain §6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.access import Actor, acting
from models.errors import Invalid
from models.letters import leaks
from models.office_terms import Delivery, Tongue
from models.operations import letters
from models.operations.letters import checks
from models.tables import Attachment, Letter, Petition
from models.terms import PetitionKind, Role, StepKind
from tests.models.operations.letter_desk import DAY, NOW, changed, drafted, issued
from tests.models.operations.test_letters import WANG, fields
from tests.models.operations.test_steps import T0, act, taken


def test_a_notice_names_the_petitioner_where_the_issuer_may_see_it(county: Any) -> None:
    petition = taken(county, petitioners=WANG)
    row = drafted(county, petition, kind="notice", step_kind=StepKind.inform)
    assert row.addressee == "王小明"
    assert row.names
    row = drafted(county, petition, kind="notice", step_kind=StepKind.inform, lang=Tongue.english)
    assert row.title == "Notice of acceptance"
    several = taken(county, petitioners=WANG, persons=5)
    assert drafted(county, several, kind="notice", step_kind=StepKind.inform).addressee == "王小明等5人"
    nobody = taken(county, petitioners=[], anonymous=True)
    row = drafted(county, nobody, kind="notice", step_kind=StepKind.inform)
    assert (row.addressee, row.names) == ("信访人", False)


def accused(county: Any) -> Petition:
    """An accusation that CG received and RS handles; RS does not know who brought it."""
    content = "王小明（13812345678）反映干部吃拿卡要。"
    petition = taken(county, kind=PetitionKind.accusation, petitioners=WANG, content=content)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    proof = {"reason": "属人社局", "letter_number": "1号", "sent_how": "机要", "mode": "written"}
    act(county, petition, "CG", "transfer", T0 + DAY, to_unit=county.units["RS"].id, **proof)
    return petition


def test_an_accuser_stays_unknown_to_whoever_handles_it(county: Any) -> None:
    petition = accused(county)
    row = drafted(county, petition)
    assert letters.values_of(row)["matter"] == "×××（×××）反映干部吃拿卡要。"
    for text, told in (("请与王小明联系。", leaks.NAME), ("电话138-1234-5678。", leaks.PHONE)):
        with pytest.raises(Invalid) as error:
            changed(county, row, reason=text)
        assert fields(error) == {"reason": told}
    assert letters.values_of(row)["reason"] == "属人社局"
    own = drafted(county, petition, "RS", kind="notice", step_kind=StepKind.inform)
    assert (own.addressee, own.names) == ("信访人", False)
    with pytest.raises(Invalid) as error:
        changed(county, own, "RS", addressee="王小明")
    assert fields(error) == {"addressee": leaks.OWN}
    first = drafted(county, petition, kind="notice", step_kind=StepKind.inform)
    assert first.addressee == "王小明"


def test_no_letter_goes_to_the_unit_that_the_matter_is_about(county: Any) -> None:
    petition = taken(county, about_unit_id=county.units["RS"].id)
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    with pytest.raises(Invalid) as error:
        drafted(county, petition, step_kind=StepKind.transfer, to_unit=county.units["RS"].id)
    assert fields(error) == {"to_unit": checks.ABOUT}
    row = drafted(county, petition, step_kind=StepKind.transfer)
    with pytest.raises(Invalid) as error:
        changed(county, row, to_unit=county.units["RS"].id)
    assert fields(error) == {"to_unit": checks.ABOUT}
    with pytest.raises(Invalid) as error:
        changed(county, row, to_unit=county.units["ZJ"].id, cc="单位XFJ、单位RS")
    assert fields(error) == {"cc": checks.ABOUT}
    changed(county, row, to_unit=county.units["ZJ"].id)
    assert row.addressee == "单位ZJ"


def test_a_matter_about_the_bureau_is_not_reported_to_it(county: Any) -> None:
    petition = taken(county, about_unit_id=county.units["XFJ"].id, urgent=True)
    row = drafted(county, petition, kind="urgent", step_kind=StepKind.report_urgent)
    with pytest.raises(Invalid) as error:
        changed(county, row, outcome="bureau", measures="已到场")
    assert fields(error) == {"outcome": checks.ABOUT}
    changed(county, row, outcome="leader_in_charge", measures="已到场")
    assert row.addressee == "分管领导"
    act(county, petition, "CG", "route", T0 + timedelta(hours=2), outcome="B")
    assert letters.values_of(drafted(county, petition, step_kind=StepKind.transfer))["cc"] == ""


def test_a_county_leader_learns_no_name(county: Any) -> None:
    petition = taken(county, petitioners=WANG, urgent=True)
    row = drafted(county, petition, kind="urgent", step_kind=StepKind.report_urgent)
    text = "王小明等人聚集。"
    changed(county, row, outcome="bureau", measures=text)
    assert row.names
    with pytest.raises(Invalid) as error:
        changed(county, row, outcome="leader_in_charge", measures=text)
    assert fields(error) == {"measures": leaks.NAME}


def seen(county: Any, actor: Actor, table: Any) -> int:
    with acting(actor):
        return len(county.session.scalars(select(table)).all())


def test_who_sees_letters_and_papers(county: Any) -> None:
    """As steps; drafts only the own unit, papers that name the petitioner only with the identity."""
    petition = accused(county)
    drafted(county, petition)
    named = issued(county, petition, kind="notice", step_kind=StepKind.inform)
    assert named.names
    county.session.commit()
    leader = Actor(1, None, None, None, frozenset({Role.CountyLeader}))
    auditor = Actor(1, None, None, None, frozenset({Role.Auditor}))
    for actor, rows, papers in (
        (county.actors["CG"], 2, 1),
        (county.actors["RS"], 1, 0),
        (county.actors["XFJ"], 1, 1),
        (county.actors["ZJ"], 0, 0),
        (leader, 1, 0),
        (auditor, 2, 1),
    ):
        assert (seen(county, actor, Letter), seen(county, actor, Attachment)) == (rows, papers), actor


def test_names_lie_sealed_in_the_database(county: Any) -> None:
    petition = taken(county, petitioners=WANG)
    row = issued(county, petition, kind="notice", step_kind=StepKind.inform)
    letters.deliver(county.session, row, letters.DeliveryInput(Delivery.mail, "王小明", NOW), county.actors["CG"], NOW)
    county.session.flush()
    stored = county.session.connection().exec_driver_sql("SELECT * FROM letter").mappings().all()
    assert stored
    assert "王小明" not in repr(stored)
