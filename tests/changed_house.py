"""What a house is after the rows of docs/changing.md were followed: run inside a changed copy by ``test_changing``.

One process, one application, one database; each function visits what one row promises.
"""

from __future__ import annotations

import contextlib
import csv
import io
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app import create_app
from app.commands import service
from app.extensions import db
from app.roles import sync_roles
from models.access import all_rows
from models.base import Base
from models.errors import DomainError
from models.reference import ensure_reference
from models.tables import Duty, Petition, Place, Staff, Unit
from models.terms import UnitKind
from models.tracing import traced
from models.world import zone

SECRETS = {"SECRET_KEY": "x" * 32, "VAULT_KEY": "y" * 32, "DATABASE_URL": sys.argv[1]}
LAX = {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False, "PROPAGATE_EXCEPTIONS": False, "DEFAULT_LOCALE": "en"}
# account → role, unit
POSTS = {
    "boss": ("Administrator", "XFJ"),
    "clerk": ("Clerk", "T01"),
    "other": ("Clerk", "T02"),
    "above": ("TownSupervisor", "AREA"),
}
FILLED = {
    "channel": "visit",
    "kind": "request",
    "received_at": "2026-03-02T09:00",
    "title": "Unpaid wages",
    "content": "Three months.",
    "name_1": "Wang",
    "persons": "1",
    "token": "t" * 32,
}


class House:
    """The changed application with a small county and its accounts."""

    def __init__(self) -> None:
        self.app = create_app(SECRETS | LAX)
        with self.app.app_context(), all_rows():
            Base.metadata.create_all(db.engine)
            sync_roles(db.session)
            ensure_reference(db.session)
            kinds = {"XFJ": UnitKind.bureau, "AREA": UnitKind.leaders_office}
            kinds |= dict.fromkeys(("T01", "T02"), UnitKind.town)
            units = {code: Unit(code=code, name=code, kind=kind) for code, kind in kinds.items()}
            place = Place(code="P1", name="Place")
            db.session.add_all([*units.values(), place])
            db.session.flush()
            units["T01"].parent_id = units["AREA"].id
            self.units, self.place, self.staff = {code: unit.id for code, unit in units.items()}, place.id, {}
            for name, (role, unit) in POSTS.items():
                self._post(name, role, units[unit])
            db.session.commit()
        self.clients = {name: self._enter(name) for name in POSTS}

    def _post(self, name: str, role: str, unit: Unit) -> None:
        from models.accounts import AccountRole, User

        words = {"first_name": name, "last_name": "", "email": f"{name}@example.org", "active": True}
        made = User(username=name, password=generate_password_hash("pw", method="pbkdf2:sha256:1"), **words)
        made.roles = [db.session.scalar(select(AccountRole).where(AccountRole.name == role))]
        db.session.add(made)
        db.session.flush()
        person = Staff(name=name, unit_id=unit.id, since=date(2020, 1, 1), user_id=made.id)
        db.session.add(person)
        db.session.flush()
        self.staff[name] = person.id

    def _enter(self, name: str) -> Any:
        client = self.app.test_client()
        client.post("/login/", data={"username": name, "password": "pw"})
        return client

    def take(self, name: str, **more: str) -> int:
        """Register a petition at the counter of ``name``."""
        given = FILLED | {"first_receiver_id": str(self.staff[name]), "place_id": str(self.place)} | more
        answer = self.clients[name].post("/petition/add", data=given)
        assert answer.status_code == 302, answer.text
        return int(answer.location.rsplit("/", 1)[-1])


def a_field(house: House) -> None:
    """Intake, record, correction, API, ledger, file and letters know it from its one declaration."""
    clerk = house.clients["clerk"]
    form = clerk.get("/petition/add").text
    assert "Street" in form
    assert 'name="lodged_on"' in form
    assert clerk.post("/petition/add", data=FILLED | {"street": "x" * 81}).status_code == 422
    pk = house.take("clerk", street="East Street", lodged_on="2026-03-01")
    page = clerk.get(f"/petition/show/{pk}").text
    assert "Street" in page
    assert "East Street" in page
    assert "1 Mar 2026" in page
    assert clerk.get(f"/api/v1/petition/{pk}").json["result"]["street"] == "East Street"
    assert "street" in {col["name"] for col in clerk.get("/api/v1/petition/_info").json["columns"]}
    assert "East Street" in clerk.get("/petition/export.csv").text
    assert 'value="East Street"' in clerk.get(f"/petition/edit/{pk}").text
    assert "Involved units" in house.clients["boss"].get(f"/petition/show/{pk}").text  # the tab on a hand-made page
    kept = traced(Petition)
    assert kept is not None
    assert {"street", "lodged_on"} <= set(kept.names)
    _letters_know(house, pk)
    _a_ledger_brings(house)


def _letters_know(house: House, pk: int) -> None:
    from models.letters.facts import Facts
    from models.operations import case_file
    from models.operations.letters import casework

    with house.app.app_context(), all_rows():
        case = case_file.file_of(db.session, db.session.get(Petition, pk), datetime.now(UTC))
        unit = house.units["T01"]
        facts = casework.facts_of(db.session, case, unit, None, None, "zh", None, None)
        assert facts.plain["street"] == "East Street"
        assert Facts.of(facts.json()).plain == facts.plain


def _a_ledger_brings(house: House) -> None:
    from models.operations.history import load, staging
    from models.world import zone

    heads = "编号,接收时间,登记时间,渠道,类型,标题,内容,首接单位,街道,lodged_on"
    row = "2025-7,2025-03-03 09:00,2025-03-03 10:00,来访,申诉求决,标题,内容,T01,西街,2025-03-02"
    path = Path(tempfile.mkdtemp()) / "petitions.csv"
    path.write_text(f"{heads}\n{row}\n", encoding="utf-8")
    for expected in (1, 0):  # a second load finds the same and changes nothing
        with house.app.app_context(), all_rows(), staging.Staging(path, None, zone()) as ledger:
            assert load.load(db.session, ledger, as_of=datetime.now(UTC)).petitions == expected
            db.session.commit()
    with house.app.app_context(), all_rows():
        told = db.session.scalar(select(Petition).where(Petition.number == "2025-7"))
        assert (told.street, told.lodged_on) == ("西街", date(2025, 3, 2))


def a_table(house: House) -> None:
    """List, form, search, API, export, lookup and menu, for the administrator and nobody else."""
    boss, clerk = house.clients["boss"], house.clients["clerk"]
    assert boss.get("/admin/room/").status_code == 200
    assert "Seats" in boss.get("/admin/room/add").text
    added = boss.post("/admin/room/add", data={"name": "East", "seats": "12"})
    assert added.status_code == 302, added.text
    assert boss.post("/admin/room/add", data={"name": "East", "seats": "many"}).status_code == 422
    assert "East" in boss.get("/admin/room/?q=eas").text
    assert boss.get("/api/v1/room/").json["result"][0]["seats"] == 12
    assert boss.post("/api/v1/room/", json={"name": "West"}).status_code == 201
    assert "West" in boss.get("/admin/room/export.csv").text
    assert boss.get("/lookup/room?q=west").json[0]["text"] == "West"
    assert [clerk.get(url).status_code for url in ("/admin/room/", "/api/v1/room/", "/lookup/room")] == [403, 403, 403]
    assert house.app.test_client().get("/admin/room/").status_code == 302
    assert "Rooms" in boss.get("/").text
    assert "Rooms" not in clerk.get("/").text


def every_kind_of_column(house: House) -> None:
    """Time, float, JSON and several rows of another table: form, record, API and file."""
    boss, town = house.clients["boss"], house.units["T01"]
    given = {"name": "South", "seats": "4", "use": "visit", "opens": "09:30", "area": "12.5", "plan": '{"doors": 2}'}
    added = boss.post("/admin/room/add", data=given | {"units": [town, house.units["T02"]]})
    assert added.status_code == 302, added.text
    pk = int(added.location.rsplit("/", 1)[-1])
    page = boss.get(added.location).text
    assert [word for word in ("09:30", "12.5", "doors", "T01, T02") if word not in page] == []
    told = boss.get(f"/api/v1/room/{pk}").json["result"]
    assert (told["opens"], told["area"], told["plan"]) == ("09:30:00", 12.5, {"doors": 2})
    assert told["units"] == [town, house.units["T02"]]
    assert boss.put(f"/api/v1/room/{pk}", json={"units": [town], "plan": [1]}).status_code == 200
    told = boss.get(f"/api/v1/room/{pk}").json["result"]
    assert (told["units"], told["plan"], told["opens"]) == ([town], [1], "09:30:00")
    assert boss.put(f"/api/v1/room/{pk}", json={"units": [10**6]}).status_code == 422
    wrong = boss.post(f"/admin/room/edit/{pk}", data=given | {"plan": "{", "opens": "25:00", "area": "wide"})
    assert wrong.status_code == 422
    assert "This is no JSON." in wrong.text
    line = next(line for line in boss.get("/admin/room/export.csv").text.splitlines() if "South" in line)
    assert line.endswith("T01")
    assert "T01" in boss.get("/admin/room/").text


def an_action_a_tile_and_a_chart(house: House) -> None:
    """A button on the record, a door of the API, a count and a drawing on the home page."""
    boss, above = house.clients["boss"], house.clients["above"]
    pk = boss.post("/api/v1/room/", json={"name": "Hall", "seats": 15}).json["id"]
    assert "Double the seats" in boss.get(f"/admin/room/show/{pk}").text
    assert "Double the seats" not in above.get(f"/admin/room/show/{pk}").text
    assert above.post(f"/act/room/{pk}/double").status_code == 403
    assert above.post(f"/api/v1/room/{pk}/double").status_code == 403
    assert boss.post(f"/act/room/{pk}/nothing").status_code == 404
    assert "Doubled." in boss.post(f"/act/room/{pk}/double", follow_redirects=True).text
    assert boss.get(f"/api/v1/room/{pk}").json["result"]["seats"] == 30
    refused = boss.post(f"/api/v1/room/{pk}/double")
    assert (refused.status_code, refused.json["message"]) == (409, "Too large")
    assert "/api/v1/room/{pk}/double" in boss.get("/api/v1/_openapi").json["paths"]
    home, clerks = boss.get("/").text, house.clients["clerk"].get("/").text
    assert "Large rooms" in home
    assert "/admin/room/?seats.from=20" in home
    assert "Rooms by channel" in home
    assert "Large rooms" not in clerks


def a_role_and_a_permission(house: House) -> None:
    """The new role sees what its scope says; the table it was granted stays the administrator's."""
    mine, theirs = house.take("clerk", token="a" * 32), house.take("other", token="b" * 32)
    above = house.clients["above"]
    assert above.get("/").status_code == 200
    assert above.get(f"/petition/show/{mine}").status_code == 200
    assert above.get(f"/petition/show/{theirs}").status_code == 404
    rows = csv.reader(io.StringIO(above.get("/petition/export.csv").text))
    assert len(list(rows)) > 1
    assert above.get("/petition/add").status_code == 403
    assert above.get("/admin/room/").status_code == 200
    assert above.post("/admin/room/add", data={"name": "North"}).status_code == 403


def a_duty(house: House) -> None:
    """Under a rulebook of before it does not open, and nothing fails; a supplement gives it its clock from a day on."""
    boss, clerk = house.clients["boss"], house.clients["clerk"]
    assert "THANK" in _duties(house, house.take("clerk", token="c" * 32))
    book = _published_before(house)
    pk = house.take("clerk", token="d" * 32)
    assert clerk.get(f"/petition/show/{pk}").status_code == 200
    assert clerk.get("/rules/").status_code == 200
    assert "THANK" not in _duties(house, pk)
    assert "THANK): add a supplement to its rulebook." in _check(house)
    today = datetime.now(zone()).date().isoformat()
    given = {"rulebook_id": book, "effective_from": today, "duty": "THANK", "variant": "", "amount": "2"}
    given |= {"measure": "working", "rolled": "y", "extension": "0", "paragraph": "§3", "source": "2026"}
    assert boss.post("/admin/rulebook_supplement/add", data=given | {"effective_from": "2026-01-01"}).status_code == 422
    added = boss.post("/admin/rulebook_supplement/add", data=given)
    assert added.status_code == 302, added.text
    assert "THANK" not in _duties(house, pk)
    received = datetime.now(zone()).strftime("%Y-%m-%dT%H:%M")
    assert "THANK" in _duties(house, house.take("clerk", token="e" * 32, received_at=received))


def _published_before(house: House) -> int:
    """A rulebook without the new clock, in force before the petitions of this visit: its makers did not know of it."""
    from models import rulebooks
    from models.operations import publishing
    from models.operations.freezing import by_command
    from models.rules import linting

    errors, linting.errors = linting.errors, lambda book: []
    with house.app.app_context(), all_rows():
        now = datetime.now(UTC)
        draft = publishing.draft_from(db.session, rulebooks.published(db.session)[-1], by_command(), now)
        draft.effective_from = date(2026, 1, 1)
        draft.clocks = [clock for clock in draft.clocks if clock.duty != "THANK"]
        db.session.flush()
        made = publishing.publish(db.session, draft.id, by_command(), now).id
        db.session.commit()
    linting.errors = errors
    return int(made)


def _check(house: House) -> str:
    """What the command ``check`` tells of the rulebooks."""
    said = io.StringIO()
    with house.app.app_context(), all_rows(), contextlib.redirect_stdout(said), contextlib.suppress(DomainError):
        service.tell_rulebooks(db.session)
    return said.getvalue()


def _duties(house: House, pk: int) -> set[str]:
    with house.app.app_context(), all_rows():
        return set(db.session.scalars(select(Duty.key).where(Duty.petition_id == pk)))


if __name__ == "__main__":
    visited = House()
    for visit in (
        a_field,
        a_table,
        every_kind_of_column,
        an_action_a_tile_and_a_chart,
        a_role_and_a_permission,
        a_duty,
    ):
        visit(visited)
