"""The frameworks' traps in lists and forms, one test each, named after the row of the design's notes (1.2 and 2.1)."""

from __future__ import annotations

import base64
import json
import re
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date
from typing import Any
from urllib.parse import quote

import pytest
from flask_appbuilder.charts.views import BaseChartView
from sqlalchemy import Float, func, select
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.stock import Hardened
from models import terms
from models.access import acting
from models.accounts import User
from models.tables import CalendarDay, Deduction, Place, RulebookPoints, Unit
from models.terms import Role, Term, UnitKind
from tests import factories
from tests.views.test_lists import counted
from tests.views.world import Desk
from views import listing, registry, secure
from views.columns import kind_of, tables
from views.fields import FIELDS, MomentField


@contextmanager
def asked_by(desk: Desk, name: str) -> Iterator[Any]:
    """The application's session, as ``name``."""
    with desk.app.test_request_context(), acting(desk.actors[name]):
        yield secure.session()


def total(desk: Desk, table: str, filters: tuple[str, ...], **args: str) -> int | None:
    """How many rows of ``table`` fit; ``None``: the question was not understood."""
    screen = replace(registry.screen(table), filters=filters)
    with asked_by(desk, "admin") as session:
        asked = listing.read(screen, args)
        return None if asked.wrong else listing.fetch(session, screen, asked).total


@pytest.mark.both_databases
def test_numeric_filter_on_postgresql(desk: Desk) -> None:
    desk.transferred()
    desk.proposed()
    with desk.rows() as session:
        every = session.scalar(select(func.count(Deduction.id)))
        ones = session.scalar(select(func.count(Deduction.id)).where(Deduction.points == 1))
    assert total(desk, "deduction", ("points",), points="1") == ones > 0
    assert total(desk, "deduction", ("points",), **{"points.from": "0.25", "points.to": "99"}) == every
    assert total(desk, "deduction", ("points",), points="one") is None


@pytest.mark.both_databases
@pytest.mark.parametrize("value", ["y", "maybe", "2", "on", "-1", "truee"])
def test_boolean_filter_nonsense(desk: Desk, value: str) -> None:
    assert total(desk, "unit", ("active",), active=value) is None
    answer = desk.client("admin").get(f"/admin/unit/?active={value}")
    assert (answer.status_code, "not understood" in answer.text) == (200, True)
    assert desk.client("admin").get(f"/api/v1/unit/?active={value}").status_code == 422
    assert total(desk, "unit", ("active",), active="0") == 0


@pytest.mark.both_databases
def test_enum_filter_of_an_unknown_value(desk: Desk) -> None:
    assert total(desk, "unit", ("kind",), kind="ministry") is None
    assert desk.client("admin").get("/admin/unit/?kind=ministry").status_code == 200
    assert total(desk, "unit", ("kind",), kind="town") == 2


def test_enum_name_is_its_stored_value() -> None:
    kinds = [kind for kind in vars(terms).values() if isinstance(kind, type) and issubclass(kind, Term)]
    assert len(kinds) > 15
    assert [one for kind in kinds for one in kind if one.name != one.value] == []


def test_enum_labels_are_shown_and_values_are_sent(desk: Desk) -> None:
    """List, form, filter and interface agree."""
    admin, pk = desk.client("admin"), desk.units["T1"]
    assert "Town or subdistrict" in admin.get("/admin/unit/").text
    assert re.search(r'<option[^>]*value="town"[^>]*>Town or subdistrict', admin.get(f"/admin/unit/edit/{pk}").text)
    assert admin.get(f"/api/v1/unit/{pk}").json["result"]["kind"] == "town"
    assert admin.put(f"/api/v1/unit/{pk}", json={"kind": "department"}).status_code == 200
    assert pk in admin.get("/api/v1/unit/?kind=department").json["ids"]
    assert admin.put(f"/api/v1/unit/{pk}", json={"kind": "Town or subdistrict"}).status_code == 422


def test_float_columns_are_shown_not_left_out() -> None:
    """The framework leaves them out of lists and forms without a word."""
    assert kind_of(Float(), keys=False) in FIELDS


def test_date_and_time_widgets_speak_the_format_they_read(desk: Desk) -> None:
    admin = desk.client("admin")
    assert re.search(r'<input[^>]*name="day"[^>]*type="date"', admin.get("/admin/calendar_day/add").text)
    day = {"day": "2027-02-03", "kind": "holiday", "name": "春节", "source": "通知"}
    assert admin.post("/admin/calendar_day/add", data=day).status_code == 302
    with desk.rows() as session:
        pk = session.scalar(select(CalendarDay.id).where(CalendarDay.day == date(2027, 2, 3)))
    assert 'value="2027-02-03"' in admin.get(f"/admin/calendar_day/edit/{pk}").text
    moment = desk.client("town1").get("/petition/add").text
    found = re.search(r'<input[^>]*name="received_at"[^>]*>', moment)
    assert found
    assert 'type="datetime-local"' in found[0]


@pytest.mark.parametrize(
    ("sent", "hour"), [("2025-03-03T09:00", 1), ("2025-03-03 09:00:30", 1), ("2025-03-03T01:00:00.5+00:00", 1)]
)
def test_moments_are_read_as_they_are_sent(sent: str, hour: int) -> None:
    """The county's time from a browser, any offset from a program: what the API shows it takes back."""
    kind = type("Form", (Form,), {"at": MomentField()})
    form = kind(MultiDict({"at": sent}))
    assert form.validate()
    assert form["at"].data.astimezone(UTC).hour == hour
    for wrong in ("2025-03-03", "2025-02-30T09:00", "09:00", "0001-01-01T00:00", "9999-12-31T23:59", "x" * 40):
        assert not kind(MultiDict({"at": wrong})).validate(), wrong


def test_date_filter_has_the_browsers_own_widget(desk: Desk) -> None:
    page = desk.client("admin").get("/admin/calendar_day/").text
    assert re.search(r'<input[^>]*type="date"[^>]*name="day.from"', page)
    assert "datetimepicker" not in page


def test_no_table_takes_its_author_from_the_request() -> None:
    """An audit mixin made every command fail and put four required fields into every form."""
    authors = {"created_by_fk", "changed_by_fk"}
    assert [name for name, table in tables().items() if authors & set(table.__table__.c.keys())] == []


def test_psize_is_bounded(desk: Desk) -> None:
    with desk.rows() as session:
        session.add_all(Place(code=f"X{n:03}", name=f"村{n}", active=True) for n in range(250))
        session.add_all(User(username=f"u{n}", first_name="x", last_name="y", email=f"{n}@x") for n in range(230))
    admin = desk.client("admin")
    assert admin.get("/admin/place/?size=5000").text.count("<tr>") <= listing.MOST + 1
    assert len(admin.get("/api/v1/place/?size=5000").json["result"]) == listing.MOST
    assert len(re.findall("/users/show/", admin.get("/users/list/?psize_AccountView=5000").text)) <= 200 * 2


@pytest.mark.both_databases
@pytest.mark.parametrize("value", ["x", "-1", "1e3", "²", "99999999999999999999", "0x10", "\0", "1.5"])
def test_page_arguments_that_are_no_page(desk: Desk, value: str) -> None:
    admin = desk.client("admin")
    for name in ("size", "after", "before", "page", "psize"):
        assert admin.get(f"/admin/unit/?{name}={quote(value)}").status_code == 200, name
    for name in ("page_AccountView", "psize_AccountView", "_flt_9_active", "_flt_0_nothing", "_flt_0_password"):
        assert admin.get(f"/users/list/?{name}={quote(value)}").status_code in (400, 404), name
    for page in ("show", "edit"):
        assert admin.get(f"/users/{page}/{quote(value)}").status_code in (400, 404), page


@pytest.mark.both_databases
def test_order_by_a_foreign_password_is_refused(desk: Desk) -> None:
    admin = desk.client("admin")
    for column in ("password", "created_by.password", "roles.name", "user.password", "nothing"):
        assert admin.get(f"/users/list/?_oc_AccountView={column}&_od_AccountView=asc").status_code == 404, column
        assert admin.get(f"/api/v1/staff/?sort={column}").status_code == 422, column
        page = admin.get(f"/admin/staff/?sort={column}").text
        assert 'data-column="name" aria-sort="ascending"' in page, column


@pytest.mark.both_databases
def test_like_wildcards_are_letters_everywhere(desk: Desk) -> None:
    admin = desk.client("admin")
    for sign in ("%", "_", "\\", "/"):
        assert admin.get(f"/lookup/unit?q={quote(sign)}").json == [], sign
        assert admin.get(f"/lookup/ab_user?q={quote(sign)}").json == [], sign
        assert admin.get(f"/api/v1/unit/?q={quote(sign)}").json["count"] == 0, sign


@pytest.mark.both_databases
def test_a_filter_by_a_missing_key_finds_nothing(desk: Desk) -> None:
    """It once meant: without a parent, or: no filter at all."""
    admin = desk.client("admin")
    assert admin.get("/api/v1/unit/").json["count"] > 3
    for key in ("999999", "0", "-1"):
        assert admin.get(f"/api/v1/unit/?parent_id={key}").json["count"] == 0, key
        assert admin.get(f"/api/v1/staff/?unit_id={key}").json["count"] == 0, key


@pytest.mark.both_databases
def test_the_same_question_survives_paging(desk: Desk) -> None:
    """Search, two ends of one filter and order are all in the link to the next page."""
    with desk.rows() as session:
        session.add_all(Place(code=f"X{n:03}", name=f"村{n}", active=True) for n in range(30))
    page = desk.client("admin").get("/admin/place/?q=X&active=1&sort=-code&size=5").text
    after = next(link for link in re.findall(r'href="(\?[^"]*)"', page) if "after=" in link)
    for part in ("q=X", "active=1", "sort=-code", "size=5"):
        assert part in after


def test_no_charts_and_nothing_counted_in_python(desk: Desk) -> None:
    assert [view for view in desk.app.appbuilder.baseviews if isinstance(view, BaseChartView)] == []


def test_a_link_cannot_carry_a_filter_into_a_form(desk: Desk) -> None:
    pk = desk.take()
    page = desk.client("town1").get(f"/petition/edit/{pk}?_flt_0_status=closed&status=closed")
    assert (page.status_code, 'name="status"' in page.text) == (200, False)
    assert desk.client("admin").get("/users/add?_flt_0_password=x").status_code == 404


def test_long_filters_do_not_fill_the_cookie(desk: Desk) -> None:
    admin = desk.client("admin")
    for n in range(6):
        admin.get(f"/users/list/?_flt_0_username={quote('长' * 200)}{n}")
        admin.get(f"/admin/unit/?q={quote('长' * 90)}{n}")
    assert len(admin.get_cookie("session").value) < 1500


def test_the_database_is_never_heard(desk: Desk) -> None:
    """No SQL in an answer, whatever is sent; a value in use is a refusal, not a failure."""
    desk.take()
    admin, made = desk.client("admin"), {"code": "D1", "name": "县人社局", "kind": "department"}
    with desk.rows() as session:
        row = session.scalar(select(RulebookPoints).limit(1))
        points = {"rulebook_id": row.rulebook_id, "rule": row.rule.value, "points": "1"}
    sent = [
        ("POST", "/api/v1/unit/", made),
        ("PUT", f"/api/v1/unit/{desk.units['D2']}", {"code": "D1"}),
        ("POST", "/api/v1/unit/", made | {"code": "N", "name": "新", "kind": "bureau"}),
        ("POST", "/api/v1/rulebook_points/", points),
        ("POST", "/api/v1/unit/", made | {"code": "N\0", "name": "新"}),
        ("POST", "/api/v1/unit/", made | {"code": "N", "name": "新", "parent_id": 10**17}),
        ("POST", "/api/v1/unit/", made | {"code": ["N"], "name": {"a": 1}}),
    ]
    for method, url, body in sent:
        answer = admin.open(url, method=method, json=body)
        assert answer.status_code == 422, (url, body, answer.status_code)
        assert not re.search(r"SELECT|INSERT|UPDATE |sqlalche|psycopg|sqlite3|Traceback", answer.text), answer.text
    for data in ({"username": "a" * 300}, {"username": "town1"}, {"username": "a\0"}, {"email": "x" * 400}):
        good = {"username": "neu", "first_name": "a", "last_name": "b", "email": "n@x.org", "roles": "1", "active": "y"}
        answer = admin.post("/users/add", data=good | data | {"password": "x" * 12, "conf_password": "x" * 12})
        assert answer.status_code in (200, 400, 422), data
        assert not re.search(r"INSERT|sqlalche|psycopg|sqlite3|Traceback", answer.text), data


@pytest.fixture
def switching() -> Iterator[None]:
    """Threads change places far more often than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.0001)
    yield
    sys.setswitchinterval(before)


@pytest.mark.slow
@pytest.mark.usefixtures("switching")
def test_filters_of_threads_do_not_mix(desk: Desk) -> None:
    """Eight threads ask one application; each answer belongs to its question."""
    with desk.rows() as session:
        for n in range(8):
            session.add_all(Unit(code=f"K{n}{i}", name=f"K{n}{i}", kind=UnitKind.town, active=True) for i in range(3))
            factories.account(session, f"k{n}user", Role.Auditor)
    wrong: list[tuple[int, str]] = []
    start = threading.Barrier(8)

    def ask(n: int) -> None:
        client = desk.app.test_client()
        client.post("/login/", data={"username": "admin", "password": factories.PASSWORD})
        start.wait()
        for _ in range(10):
            codes = {row["code"] for row in client.get(f"/api/v1/unit/?q=K{n}").json["result"]}
            page = set(re.findall(r"\bK\d\d\b", client.get(f"/admin/unit/?q=K{n}").text))
            if not codes == page == {f"K{n}{i}" for i in range(3)}:
                wrong.append((n, f"{codes} {page}"))
            people = set(re.findall(r"\bk\duser\b", client.get(f"/users/list/?_flt_2_username=k{n}user").text))
            if people != {f"k{n}user"}:
                wrong.append((n, str(people)))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert wrong == []


def test_the_list_of_accounts_costs_the_same_for_many(desk: Desk) -> None:
    admin, costs = desk.client("admin"), []
    for first, last in ((0, 20), (20, 300)):
        with desk.rows() as session:
            for n in range(first, last):
                factories.account(session, f"q{n:03}", Role.Auditor)
        with counted(desk) as found:
            assert admin.get("/users/list/").status_code == 200
        costs.append(len(found))
    assert costs[0] == costs[1] <= 6
    assert isinstance(desk.app.appbuilder.sm.user_view, Hardened)


@pytest.mark.both_databases
def test_a_cursor_is_only_a_place(desk: Desk) -> None:
    """Whatever a cursor says, it can only shorten the list; one that is none is refused."""
    admin = desk.client("admin")
    evil = base64.urlsafe_b64encode(json.dumps(["zzz' OR 1=1 --", 1]).encode()).decode()
    assert len(admin.get(f"/api/v1/unit/?after={evil}").json["result"]) <= 6
    for text in ("nonsense", base64.urlsafe_b64encode(b'["soon", 1]').decode()):
        assert admin.get(f"/api/v1/duty/?after={text}").status_code == 422
