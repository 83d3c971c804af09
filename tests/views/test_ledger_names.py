"""Names that a ledger brought are mapped on a page: with a trace, for the next ledger too, and by the bureau alone."""

from __future__ import annotations

from sqlalchemy import select, update

from models.tables import LedgerWord, Petition, RecordChange
from tests.views.world import Desk


def test_a_place_is_mapped_for_all_its_petitions(desk: Desk) -> None:
    keys = [desk.take(), desk.take()]
    with desk.rows() as session:
        session.execute(update(Petition).values(place_id=None, place_text="老机械厂"))
    client = desk.client("bureau")
    assert "老机械厂" in client.get("/import/names").get_data(as_text=True)
    assert client.post("/import/names/place", data={"text": "老机械厂", "chosen": "999999"}).status_code == 422
    sent = client.post("/import/names/place", data={"text": "老机械厂", "chosen": str(desk.place)})
    assert sent.status_code == 302
    with desk.rows() as session:
        found = session.scalars(select(Petition)).all()
        assert {one.id: (one.place_id, one.place_text) for one in found} == dict.fromkeys(
            keys, (desk.place, "老机械厂")
        )
        assert session.scalar(select(LedgerWord.meaning).where(LedgerWord.word == "老机械厂")) == "P1"
        traced = session.scalars(select(RecordChange).where(RecordChange.field == "place_id")).all()
        assert {one.petition_id for one in traced} == set(keys)
    assert "老机械厂" not in client.get("/import/names").get_data(as_text=True)
    assert desk.client("town1").get("/import/names").status_code == 403
