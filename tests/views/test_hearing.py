"""The pages of the hearing: each role its moves, boards, papers, many at once, accountability files."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.jobs import runner
from models import assessing, store
from models.operations import deductions, hearing
from models.tables import Accountability, AccountabilityEvent, Deduction, HearingPaper, Staff
from models.terms import DeductionStatus as S
from models.terms import Role
from tests import factories
from tests.views.world import T0, Desk

OFFERED = re.compile(r'formaction="/deduction/\d+/([a-z]+)"')
PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def court(desk: Desk) -> Desk:
    """A second bureau officer; the unfiled transfer of town1 is proposed now."""
    with desk.rows() as session:
        bureau = session.get(Staff, desk.staff["bureau"]).unit
        person = factories.staff(session, bureau, "bureau2", Role.BureauOfficer)
        desk.actors["bureau2"] = factories.actor(person, bureau, Role.BureauOfficer)
        town = session.get(Staff, desk.staff["town1"]).unit
        head = session.scalars(select(Staff).where(Staff.name == "head1")).one()
        desk.actors["head1"] = factories.actor(head, town, Role.UnitLeader)
    desk.transferred()
    desk.proposed()
    with desk.rows() as session:
        desk.pk = session.scalar(select(Deduction.id).where(Deduction.occurrence == "transfer:1"))
    return desk


def text(desk: Desk, name: str, address: str, status: int = 200) -> str:
    answer = desk.client(name).get(address)
    assert answer.status_code == status, (name, address, answer.status_code)
    return str(answer.get_data(as_text=True))


def moved(desk: Desk, name: str, move: str, reason: str = "理由𠮷", **more: Any) -> int:
    data = {"reason": reason, **more}
    return int(desk.client(name).post(f"/deduction/{desk.pk}/{move}", data=data).status_code)


def offered(desk: Desk, name: str) -> set[str]:
    return set(OFFERED.findall(text(desk, name, f"/deduction/show/{desk.pk}")))


def status(desk: Desk) -> S:
    with desk.rows() as session:
        return session.get(Deduction, desk.pk).status  # type: ignore[no-any-return]


def test_each_role_is_offered_its_moves_and_no_others(court: Desk) -> None:
    nobody: dict[str, set[str]] = {"town1": set(), "head1": set(), "leader": set(), "auditor": set(), "admin": set()}
    bureau = {"notify", "confirm", "withdraw"}
    assert {name: offered(court, name) for name in nobody} == nobody
    assert offered(court, "bureau") == bureau
    text(court, "dept2", f"/deduction/show/{court.pk}", 404)
    assert moved(court, "bureau", "notify") == 302
    assert offered(court, "town1") == offered(court, "head1") == {"answer"}
    assert offered(court, "bureau") == {"withdraw"}
    assert "The unit may answer; silence confirms." in text(court, "town1", f"/deduction/show/{court.pk}")
    assert moved(court, "town1", "answer", "当日已电话报备") == 302
    assert offered(court, "bureau2") == {"confirm", "withdraw"}
    assert moved(court, "bureau2", "confirm") == 302
    assert offered(court, "town1") == set()
    assert offered(court, "head1") == {"appeal"}
    assert moved(court, "head1", "appeal") == 302
    assert offered(court, "bureau") == offered(court, "bureau2") == set()
    assert offered(court, "leader") == {"uphold", "overturn"}
    assert moved(court, "leader", "overturn", "改判") == 302
    assert status(court) is S.overturned
    page = text(court, "town1", f"/deduction/show/{court.pk}")
    for said in ("当日已电话报备", "改判", "理由𠮷", "leader", "/duty/"):
        assert said in page


def test_what_is_not_done_is_as_late_as_the_papers_say(court: Desk) -> None:
    page = text(court, "bureau", f"/deduction/show/{court.pk}")
    shown = re.findall(r'data-label="Days late">(\d+)<', page)
    with court.rows() as session:
        units = assessing.assessment(session, T0.year, datetime.now(UTC))["units"]
    printed = [line for unit in units for line in unit["deductions"] if line["occurrence"] == "transfer:1"]
    assert shown == [str(duty["late_days"]) for duty in printed[0]["duties"]]


def test_refusals_have_their_codes_and_keep_what_was_typed(court: Desk) -> None:
    assert moved(court, "town1", "notify") == 403
    assert moved(court, "leader", "notify") == 403
    assert moved(court, "auditor", "notify") == 403  # the matrix
    assert moved(court, "dept2", "answer") == 404
    assert moved(court, "bureau", "burn") == 404
    assert moved(court, "bureau", "uphold") == 409
    assert moved(court, "bureau", "notify", version="99") == 409
    assert moved(court, "bureau", "notify", " ") == 422
    assert moved(court, "bureau", "notify", "a\0b") == 422
    assert court.client("bureau").get(f"/deduction/{court.pk}/notify").status_code == 405
    long = "长" * 2001
    answer = court.client("bureau").post(f"/deduction/{court.pk}/notify", data={"reason": long})
    assert answer.status_code == 422
    assert long in answer.get_data(as_text=True)
    assert status(court) is S.proposed
    assert moved(court, "bureau", "notify") == 302
    stale = court.client("bureau").post(f"/deduction/{court.pk}/notify", data={"reason": "再通知一次"})
    assert stale.status_code == 409
    assert "moved on meanwhile" in stale.get_data(as_text=True)


def test_papers_of_a_statement_are_handed_out_to_whom_it_concerns(court: Desk, tmp_path: Any) -> None:
    store.configure(f"file://{tmp_path}")
    moved(court, "bureau", "notify")
    data = {"reason": "见附件", "papers": (io.BytesIO(PDF), "回执.pdf")}
    url = f"/deduction/{court.pk}/answer"
    bad = data | {"papers": (io.BytesIO(b"MZ"), "a.exe")}
    assert court.client("town1").post(url, data=bad).status_code == 422
    assert status(court) is S.notified
    assert court.client("town1").post(url, data=data | {"papers": (io.BytesIO(PDF), "回执.pdf")}).status_code == 302
    with court.rows() as session:
        paper = session.scalar(select(HearingPaper.id))
    assert "回执.pdf" in text(court, "bureau", f"/deduction/show/{court.pk}")
    for name, code in (("bureau", 200), ("town1", 200), ("auditor", 200), ("dept2", 404), ("dept1", 404)):
        assert court.client(name).get(f"/hearing_paper/{paper}/file").status_code == code, name
    shown = court.client("bureau").get(f"/hearing_paper/{paper}/view")
    assert shown.data == PDF
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_boards_show_each_what_waits_for_it(court: Desk) -> None:
    assert "To notify" in text(court, "bureau", "/hearing/")
    assert "nothing to answer" in text(court, "dept2", "/hearing/")
    moved(court, "bureau", "notify")
    mine = text(court, "town1", "/hearing/")
    assert f"/deduction/show/{court.pk}" in mine
    assert "Points at risk" in mine
    assert f"/deduction/show/{court.pk}" not in text(court, "dept2", "/hearing/")
    assert "/hearing/#answer" in text(court, "town1", "/")
    moved(court, "town1", "answer")
    assert "/hearing/#decide" in text(court, "bureau", "/")
    moved(court, "bureau", "confirm")
    moved(court, "head1", "appeal")
    for name in ("leader", "bureau2", "auditor", "admin"):
        assert f"/deduction/show/{court.pk}" in text(court, name, "/hearing/"), name
    assert "To notify" not in text(court, "leader", "/hearing/")
    court.client("bureau").get("/lang/zh_Hans_CN")
    assert "待裁定申诉" in text(court, "bureau", "/hearing/")


def test_a_late_decision_stands_on_top_and_still_counts_nothing(court: Desk) -> None:
    now = datetime.now(UTC)
    with court.rows() as session:
        other = session.scalars(select(Deduction).where(Deduction.unit_id == court.units["D1"])).first()
        for row, name, days in ((other, "dept1", 1), (session.get(Deduction, court.pk), "town1", 60)):
            at = now - timedelta(days=days)
            hearing.notify(session, row, court.actors["bureau2"], "通知", at)
            hearing.answer(session, row, court.actors[name], "申辩", at)
        deductions.scan(session, now)
    assert status(court) is S.answered
    page = text(court, "bureau", "/hearing/")
    first = re.search(r'id="decide".*?/deduction/show/(\d+)', page, re.S)
    assert first is not None
    assert int(first[1]) == court.pk
    assert "2 in all, 1 late" in page


def test_many_are_shown_first_and_then_moved_and_a_stale_one_is_named(court: Desk) -> None:
    client = court.client("bureau")
    listed = text(court, "bureau", "/deduction/list/?status=proposed&size=200")
    ticks = re.findall(r'name="row" value="(\d+:\d+)"', listed)
    assert len(ticks) > 2
    kept = {"move": "notify", "filter": "status=proposed&q=%E7%81%AF"}
    assert client.post("/hearing/many", data=kept).location == "/deduction/list/?status=proposed&q=%E7%81%AF"
    preview = client.post("/hearing/many", data={"move": "notify", "all": "1", "filter": "status=proposed"})
    shown = preview.get_data(as_text=True)
    assert sorted(re.findall(r'name="row" value="(\d+:\d+)"', shown)) == sorted(ticks)
    assert status(court) is S.proposed  # shown, not done
    asked = {"move": "notify", "row": ticks, "reason": " "}
    assert client.post("/hearing/many", data=asked).status_code == 422
    moved(court, "bureau2", "withdraw")  # meanwhile
    done = client.post("/hearing/many", data=asked | {"reason": "集中通知𠮷"})
    told = done.get_data(as_text=True)
    assert done.status_code == 200
    assert f"/deduction/show/{court.pk}" in told
    assert "moved on meanwhile" in told
    with court.rows() as session:
        states = dict(session.execute(select(Deduction.id, Deduction.status)).all())
    keys = {int(tick.partition(":")[0]) for tick in ticks}
    assert {states[key] for key in keys - {court.pk}} == {S.notified}
    assert states[court.pk] is S.withdrawn
    again = client.post("/hearing/many", data={"move": "confirm", "row": ticks})
    assert "heard first" in again.get_data(as_text=True)


def test_many_is_the_bureaus_and_takes_no_strange_words(court: Desk) -> None:
    for name in ("town1", "head1", "leader", "auditor", "admin"):
        assert court.client(name).post("/hearing/many", data={"move": "notify", "all": "1"}).status_code == 403, name
        assert 'name="row"' not in text(court, name, "/deduction/list/")
    client = court.client("bureau")
    assert client.post("/hearing/many", data={"move": "uphold", "all": "1"}).status_code == 404
    assert client.post("/hearing/many", data={}).status_code == 404
    assert client.post("/hearing/many", data={"move": "notify"}).status_code == 302
    for row in ("x", "1:x", "9" * 40, "-1", "99999:1"):
        assert client.post("/hearing/many", data={"move": "notify", "row": row}).status_code in (200, 302), row


def test_a_withdrawn_one_stays_visible_with_its_reason(court: Desk) -> None:
    moved(court, "bureau", "withdraw", "单位已按期电话报备")
    year = 2025
    for address in (f"/deduction/show/{court.pk}", "/deduction/list/?status=withdrawn", f"/assessment/{year}/T1"):
        assert "单位已按期电话报备" in text(court, "town1", address), address


def opened(court: Desk, name: str = "bureau", **changes: Any) -> Any:
    data = {"unit_id": court.units["T1"], "ground": "perfunctory", "facts": "三次推诿𠮷", "reason": "提请立案"}
    return court.client(name).post("/accountability/add", data=data | changes)


def test_a_serious_matter_on_screen(court: Desk) -> None:
    assert court.client("town1").get("/accountability/add").status_code == 403
    text(court, "bureau", "/accountability/add?petition=1")
    wrong = opened(court, facts="", unit_id="")
    assert wrong.status_code == 422
    assert "提请立案" in wrong.get_data(as_text=True)
    page = opened(court).location
    pk = int(page.rpartition("/")[2])

    def move(name: str, what: str, reason: str = "理由") -> int:
        return int(court.client(name).post(f"/accountability/{pk}/{what}", data={"reason": reason}).status_code)

    text(court, "town1", page, 404)  # not before it is heard
    assert move("town1", "state") == 404
    assert move("bureau", "burn") == 404
    assert move("bureau", "hear", " ") == 422
    assert move("bureau", "circulate") == 403
    assert move("leader", "circulate") == 409
    assert move("bureau", "hear") == 302
    assert "三次推诿𠮷" in text(court, "town1", page)
    text(court, "dept1", page, 404)
    assert move("town1", "hear") == 403
    assert move("town1", "state", "已整改") == 302
    assert move("leader", "circulate", "全县通报") == 302
    assert move("leader", "close") == 409
    told = text(court, "town1", page)
    assert "全县通报" in told
    assert "formaction" not in told
    with court.rows() as session:
        assert session.get(Accountability, pk).status == "circulated"
        assert len(session.scalars(select(AccountabilityEvent)).all()) == 4


def test_the_circulated_notice_is_drafted_from_the_file(court: Desk) -> None:
    with court.rows() as session:
        petition = session.get_one(Deduction, court.pk).petition_id
    page = opened(court, petition_id=petition, facts="三次推诿").location
    pk = page.rpartition("/")[2]
    for name, what, reason in (
        ("bureau", "hear", "听取意见"),
        ("town1", "state", "已整改"),
        ("leader", "circulate", "全县通报批评"),
    ):
        assert "Draft the circulated notice" not in text(court, "bureau", page)
        assert court.client(name).post(f"/accountability/{pk}/{what}", data={"reason": reason}).status_code == 302
    for name in ("town1", "leader", "auditor", "admin"):
        assert "Draft the circulated notice" not in text(court, name, page), name
    shown = text(court, "bureau", page)
    found = re.findall(r'<input type="hidden" name="([a-z.]+)" value="([^"]*)">', shown)
    fields = {name: value for name, value in found if name in ("kind", "lang") or name.startswith("part.")}
    sent = court.client("bureau").post(f"/petition/{petition}/letter", data=fields)
    assert sent.status_code == 302
    letter = text(court, "bureau", sent.location)
    assert "三次推诿" in letter
    assert "全县通报批评" in letter
    assert court.client("town1").post(f"/petition/{petition}/letter", data=fields).status_code == 403
    bare = opened(court, petition_id="").location
    for name, what in (("bureau", "hear"), ("town1", "state"), ("leader", "circulate")):
        court.client(name).post(f"/accountability/{bare.rpartition('/')[2]}/{what}", data={"reason": "理由"})
    assert "Draft the circulated notice" not in text(court, "bureau", bare)  # a letter belongs to a petition


def test_the_bureau_looks_for_missed_duties_on_screen(desk: Desk) -> None:
    desk.transferred()
    assert desk.client("town1").post("/hearing/scan").status_code == 403
    client = desk.client("bureau")
    assert "Look for missed duties" in client.get("/hearing/").get_data(as_text=True)
    for _again in range(2):
        sent = client.post("/hearing/scan")
        runner.run_waiting(desk.app)
        done = client.get(sent.location.replace("/show/", "/") + "/progress")
        assert done.headers["HX-Redirect"] == "/deduction/list/?status=proposed"
    with desk.rows() as session:
        found = session.scalars(select(Deduction.occurrence)).all()
    assert len(found) == len(set(found)) > 1
