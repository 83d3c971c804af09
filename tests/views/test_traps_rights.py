"""The frameworks' traps in rights, one test each, named after the row of the design's notes (2.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask_appbuilder import ModelView
from sqlalchemy import func, select

from models import permissions
from models.access import acting
from models.accounts import User
from models.errors import Invalid
from models.permissions import MATRIX, may
from models.tables import Deduction, Involvement, Petition, Step
from models.terms import Role, Verb
from tests.views.test_lists import counted
from tests.views.world import T0, Desk
from views import crud, forms, registry, secure
from views.generator import Desk as DeskView
from views.screen import Related

VALUES = {"kind_name": "close", "decision": "confirm", "table": "unit"}


def _moved(desk: Desk, name: str, values: dict[str, Any], pk: int | None) -> None:
    """What the generated form of ``involvement`` would write if a screen offered it."""
    screen = replace(registry.screen("involvement"), form=("petition_id", "unit_id"))
    with desk.app.test_request_context(), acting(desk.actors[name]):
        row = None if pk is None else crud.row_of(screen, pk)
        form = forms.from_json(screen, values, row)
        if not form.validate():
            raise Invalid([])
        forms.save(screen, form, row)
        secure.session().commit()


def test_bulk_and_single_actions_do_not_reach_hidden_rows(desk: Desk) -> None:
    """Only the accounts have the framework's actions; ours are pages of one row that the actor sees."""
    stock = [view for view in desk.app.appbuilder.baseviews if isinstance(view, ModelView)]
    assert [type(view).__name__ for view in stock] == ["AccountView"]
    pk = desk.transferred()
    rows, client = desk.proposed(), desk.client("dept2")
    with desk.rows() as session:
        before = session.execute(select(Deduction.id, Deduction.status).order_by(Deduction.id)).all()
    for decision in ("notify", "answer", "confirm", "withdraw", "appeal", "nothing"):
        assert client.post(f"/deduction/{rows[0]}/{decision}", data={"reason": "x"}).status_code in (403, 404), decision
    assert client.post(f"/petition/{pk}/step/close", data={}).status_code == 404
    assert client.post(f"/petition/delete/{pk}").status_code == 403
    with desk.rows() as session:
        assert session.execute(select(Deduction.id, Deduction.status).order_by(Deduction.id)).all() == before
        assert session.get(Petition, pk) is not None


def test_unknown_action_names_are_no_failure(desk: Desk) -> None:
    admin = desk.client("admin")
    assert admin.post("/users/action/nothing/1").status_code == 404
    assert admin.post("/users/action_post", data={"action": "nothing", "rowid": "1"}).status_code == 404
    assert admin.post("/deduction/1/nothing").status_code in (403, 404)
    assert desk.client("town1").get(f"/petition/{desk.take()}/step/nothing").status_code == 404


def test_related_tabs_need_their_own_permission(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    client, url = desk.client("town1"), f"/admin/unit/show/{desk.units['T1']}"
    assert "/admin/staff/show/" in client.get(url).text
    monkeypatch.setitem(permissions.MATRIX[Role.Clerk], "staff", frozenset())
    page = client.get(url)
    assert page.status_code == 200
    assert "/admin/staff/" not in page.text


def test_related_tabs_follow_the_row_rule(desk: Desk) -> None:
    """Of another unit's petitions a tab shows nothing."""
    pk = desk.transferred()
    screen = replace(registry.screen("unit"), related=(Related("petition", "first_unit_id"),))
    for name, seen in (("town1", True), ("dept1", True), ("dept2", False), ("bureau", True)):
        with desk.app.test_request_context(), acting(desk.actors[name]):
            tab: Any = crud._tab(screen.related[0], desk.units["T1"], "")
            assert [row.id for row in tab["rows"]] == ([pk] if seen else []), name


def test_choices_obey_the_row_rule(desk: Desk) -> None:
    """What a key may be set to, and what its select shows, is what the actor sees."""
    mine, theirs = desk.take("town1"), desk.take("town2")
    with desk.rows() as session:
        number = session.get(Petition, theirs).number
    client = desk.client("town1")
    assert [row["value"] for row in client.get("/lookup/petition?q=").json] == [str(mine)]
    assert client.get(f"/lookup/petition?q={number}").json == []
    assert number not in client.get(f"/step/list/?petition_id={theirs}").text
    screen = replace(registry.screen("involvement"), form=("petition_id", "unit_id"))
    with desk.app.test_request_context(method="POST"), acting(desk.actors["town1"]):
        form = forms.from_json(screen, {"petition_id": theirs, "unit_id": desk.units["T1"]}, None)
        assert not form.validate()
        assert number not in str(form["petition_id"]())


def test_a_row_cannot_be_added_to_what_one_does_not_see(desk: Desk) -> None:
    theirs = desk.take("town2")
    with pytest.raises(Invalid):
        _moved(desk, "town1", {"petition_id": theirs, "unit_id": desk.units["T1"]}, None)
    with desk.rows() as session:
        assert session.scalar(select(func.count()).where(Involvement.petition_id == theirs)) == 1


def test_a_row_cannot_be_moved_out_of_sight(desk: Desk) -> None:
    """By a generated form; nothing is half saved."""
    mine, screen = desk.take("town1"), replace(registry.screen("deduction"), form=("unit_id",), save=None)
    desk.act(mine, "town1", "route", T0 + timedelta(hours=3), outcome="A")
    pk = desk.proposed()[0]
    with desk.app.test_request_context(), acting(desk.actors["town1"]):
        row = crud.row_of(screen, pk)
        form = forms.from_json(screen, {"unit_id": desk.units["T2"]}, row)
        assert form.validate(), form.errors
        with pytest.raises(Invalid, match="attention"):
            forms.save(screen, form, row)
        secure.session().commit()
    with desk.rows() as session:
        assert session.get(Deduction, pk).unit_id == desk.units["T1"]


def test_who_received_a_matter_cannot_be_edited(desk: Desk) -> None:
    """By page or program: first unit, responsible unit and state are the operations'."""
    pk, client = desk.take("town1"), desk.client("town1")
    for field in ("first_unit_id", "responsible_unit_id", "about_unit_id", "status", "number", "id", "version"):
        assert client.put(f"/api/v1/petition/{pk}", json={field: desk.units["T2"]}).status_code == 422, field
    good = {"title": "改正的题目", "content": "改正", "reason": "录入有误", "place_id": str(desk.place)}
    sent = client.post(f"/petition/edit/{pk}", data=good | {"first_unit_id": str(desk.units["T2"]), "status": "closed"})
    assert sent.status_code == 302
    with desk.rows() as session:
        found = session.get(Petition, pk)
        assert (found.first_unit_id, found.status.value) == (desk.units["T1"], "registered")


def test_identity_is_in_no_list_and_no_export(desk: Desk) -> None:
    """Field rights: what is sensitive is on the case page, for those who work on the matter, and nowhere else."""
    desk.take()
    for name in ("town1", "bureau", "auditor"):
        client = desk.client(name)
        for url in ("/api/v1/petitioner/", "/petition/export.csv", "/lookup/petitioner?q="):
            assert "13800000000" not in client.get(url).text, (name, url)
        assert client.get("/petitioner/export.csv").status_code in (403, 404), name
    for row in desk.client("bureau").get("/api/v1/petitioner/").json["result"]:
        assert not {"name", "phone", "id_number", "address"} & row.keys()


def test_a_grant_is_for_one_name_only(desk: Desk) -> None:
    """Names were patterns once: ``petition`` granted ``petitioner`` too, ``list`` granted ``list_all``."""
    assert may({Role.CountyLeader}, "petition", Verb.list)
    assert not may({Role.CountyLeader}, "petitioner", Verb.list)
    for name in ("petition_log", "Petition", "petitio", "petition$", "^petition", ".*", ""):
        assert not may({Role.CountyLeader}, name, Verb.list), name
    manager = desk.app.appbuilder.sm
    with desk.app.test_request_context(), acting(desk.actors["leader"]):
        assert manager.has_access("can_list", "petition")
        for permission, view in (
            ("can_list", "petitioner"),
            ("can_list_all", "petition"),
            ("can_", "petition"),
            ("can_list", "PetitionView"),
            ("can_list", "petition.*"),
        ):
            assert not manager.has_access(permission, view), (permission, view)
        assert not manager.is_item_public("can_list", "petition")
    assert desk.client("leader").get("/petitioner/list/").status_code == 403


def test_permissions_are_read_once_for_a_request(desk: Desk) -> None:
    """Not a statement for each menu item, button and action."""
    for name, url in (
        ("admin", "/admin/unit/"),
        ("bureau", "/petition/list/"),
        ("town1", "/"),
        ("admin", "/users/list/"),
    ):
        client = desk.client(name)
        with counted(desk) as found:
            assert client.get(url).status_code == 200
        about = [text for text, _values in found if "ab_role" in text or "ab_permission" in text]
        assert len(about) <= (2 if url == "/users/list/" else 1), about  # that list shows the roles of its rows


def test_the_desk_is_shut_until_the_matrix_opens_it(desk: Desk) -> None:
    """Every Flask-Admin page asks, and rows hidden from lists are hidden from record, form, lookup and export."""
    views = [view for view in desk.app.extensions["admin"][0]._views if isinstance(view, DeskView)]
    assert len(views) == len([screen for screen in registry.load().values() if screen.kind == "reference"])
    for view in views:
        with desk.app.test_request_context(), acting(None):
            assert not view.is_accessible(), view.name
        with desk.app.test_request_context(), acting(desk.actors["town1"]):
            assert view.is_accessible() == may({Role.Clerk}, view.name, Verb.list), view.name


def test_lookups_ask_for_the_right_to_list(desk: Desk) -> None:
    town1 = desk.client("town1")
    assert town1.get("/lookup/ab_user?q=").status_code == 403
    assert town1.get("/lookup/counter?q=").status_code == 403
    assert town1.get("/lookup/ab_role?q=").status_code == 404
    assert town1.get("/lookup/nothing?q=").status_code == 404
    assert desk.app.test_client().get("/lookup/unit?q=").status_code == 401
    assert town1.get("/lookup/unit?q=").status_code == 200


@pytest.mark.slow
def test_writes_are_posts_with_a_page_behind_them(desk: Desk) -> None:
    """No GET changes anything: every address is asked, and the county is as before."""
    pk = desk.transferred()
    desk.proposed()

    def county() -> list[Any]:
        with desk.rows() as session:
            tables = (Petition, Step, Deduction, Involvement, User)
            counts = [session.scalar(select(func.count(table.id))) for table in tables]
            return [*counts, *session.scalars(select(Deduction.status)), session.get(Petition, pk).version]

    before = county()
    for rule in desk.app.url_map.iter_rules():
        given = {
            name: {"kind_name": "close", "decision": "confirm", "table": "unit", "form": "pdf"}.get(name, 1)
            for name in rule.arguments
        }
        if not any(word in rule.endpoint for word in ("static", "report", "OpenApi")):
            url = desk.app.url_map.bind("localhost").build(rule.endpoint, given, method=next(iter(rule.methods or ())))
            desk.client("bureau").get(url)
    assert county() == before


def test_the_matrix_is_not_edited_by_a_page(desk: Desk) -> None:
    stock = {type(view).__name__ for view in desk.app.appbuilder.baseviews}
    assert not stock & {"RoleModelView", "PermissionModelView", "ViewMenuModelView", "PermissionViewModelView"}
    for url in ("/roles/list/", "/permissions/list/", "/viewmenus/list/", "/groups/list/", "/users/userstatschart"):
        assert desk.client("admin").get(url).status_code == 404, url
    assert set(MATRIX) == set(Role)
