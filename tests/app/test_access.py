"""Every address for every role: who may not, gets 401, 403 or the login page; nobody gets a failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from models.permissions import may
from models.terms import Role, Verb
from tests.views.world import Desk

PAGES = {
    "step": ("step", Verb.add),
    "clock": ("counter", Verb.edit),
    "petition_void": ("petition", Verb.edit),
    "attachment_file": ("attachment", Verb.show),
    "attachment_view": ("attachment", Verb.show),
    "attachment_withdraw": ("attachment", Verb.add),
    "letter_preview": ("letter", Verb.show),
    "letter_pdf": ("letter", Verb.show),
    "letter_deliver": ("letter", Verb.add),
    "letter_void": ("letter", Verb.add),
    "why": ("duty", Verb.show),
    "hearing": ("hearing", Verb.list),
    "hearing_paper_file": ("hearing_paper", Verb.show),
    "hearing_paper_view": ("hearing_paper", Verb.show),
    "handover_print": ("handover", Verb.show),
    "rules": ("rulebook", Verb.list),
    "rulebook_changes": ("rulebook", Verb.list),
    "rulebook_publish": ("rulebook", Verb.edit),
    "calendar_notice": ("calendar_day", Verb.edit),
    "overdue": ("overdue", Verb.list),
    "overdue_export": ("overdue", Verb.export),
    "assessment_now": (None, None),
    "assessment": ("assessment", Verb.list),
    "assessment_unit": ("assessment", Verb.list),
    "report_county": ("report", Verb.export),
    "report_unit": ("report", Verb.export),
    "papers": ("report", Verb.export),
    "paper_kept": ("report", Verb.export),
    "report_annual": ("yearbook", Verb.export),
    "report_register": ("yearbook", Verb.export),
    "import_ledger": ("import", Verb.add),
    "ledger_names": ("import", Verb.add),
    "import_preview": ("import", Verb.add),
    "import_bad_rows": ("import", Verb.add),
    "freezing": ("assessment", Verb.list),
    "manifest": ("assessment", Verb.export),
    "what_if_ask": ("what_if", Verb.list),
    "what_if": ("what_if", Verb.list),
    "what_if_file": ("what_if", Verb.list),
    "job_progress": ("job", Verb.show),
    "job_result": ("job", Verb.show),
    "HomeView.index": ("overdue", Verb.list),
    "lookup": ("unit", Verb.list),
    "desk.index": ("unit", Verb.list),
}
VERBS = {"index": "list", "get_list": "list", "info": "list", "get": "show", "put": "edit"}
OPEN = (
    "static",
    "health.",
    "LoginView.",
    "LocaleView.",
    "lang",
    "UtilView.",
    "appbuilder.",
    "SecurityApi.",
    "desk.static",
)
OWN = ("UserInfoEditView.", "ResetMyPasswordView.", "OpenApi.", "SwaggerView.", "AccountView.userinfo")
ACCOUNTS = ("AccountView.", "ResetPasswordView.")
VALUES = {"revision": 1, "pk": 1, "year": 2025, "code": "D1", "kind_name": "inform", "table": "unit", "version": "v1"}
VALUES |= {"digest": "0" * 64, "form": "pdf", "day": "2025-03-03"}
NAMES = {
    "bureau": Role.BureauOfficer,
    "town1": Role.Clerk,
    "head1": Role.UnitLeader,
    "leader": Role.CountyLeader,
    "auditor": Role.Auditor,
    "admin": Role.Administrator,
}


def needed(rule: Any) -> tuple[str | None, Verb | None]:
    """Table and verb of the matrix that an address of a screen needs."""
    if rule.endpoint in PAGES:
        return PAGES[rule.endpoint]
    parts = rule.rule.strip("/").split("/")
    table = parts[1] if parts[0] == "admin" else parts[2] if parts[0] == "api" else parts[0]
    method = rule.endpoint.rpartition(".")[2]
    return table, Verb(VERBS.get(method, method))


def addresses(app: Any) -> Iterator[tuple[str, Any]]:
    """Each address that answers to GET, with its rule; only a deletion by GET is tried elsewhere."""
    for rule in app.url_map.iter_rules():
        wanted = {name: VALUES.get(name, "x") for name in rule.arguments}
        if "GET" in (rule.methods or ()) and not rule.endpoint.startswith(OPEN):
            yield app.url_map.bind("localhost").build(rule.endpoint, wanted), rule


def expected(role: Role, rule: Any) -> bool:
    if rule.endpoint.startswith(OWN):
        return True
    if rule.endpoint.startswith(ACCOUNTS):
        return role is Role.Administrator
    if rule.endpoint.startswith("MenuApi."):
        return False  # our menu is in the page; the framework's is nobody's
    table, verb = needed(rule)
    return table is None or verb is None or may({role}, table, verb)


def test_a_visitor_reaches_nothing(desk: Desk) -> None:
    visitor, wrong = desk.app.test_client(), []
    for url, rule in addresses(desk.app):
        answer = visitor.get(url)
        program = url.startswith(("/api/", "/lookup/"))
        login = answer.status_code == 302 and answer.location.startswith(("/login/", "http://localhost/login/"))
        away = answer.status_code == 302 and rule.endpoint in ("assessment_now", "AccountView.action")
        if not (answer.status_code == 401 if program else login or away):
            wrong.append((url, answer.status_code, answer.location))
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_role_reaches_what_the_matrix_grants(desk: Desk, name: str) -> None:
    desk.transferred()
    desk.proposed()
    client, wrong, seen = desk.client(name), [], 0
    for url, rule in addresses(desk.app):
        answer = client.get(url)
        granted = expected(NAMES[name], rule)
        refused = answer.status_code == 403 or (rule.endpoint == "AccountView.action" and answer.status_code == 302)
        changing = rule.endpoint in ("AccountView.delete", "AccountView.action")  # a change is a POST
        sealed = rule.endpoint.startswith("desk_rulebook") and rule.endpoint.endswith(".edit")  # it is published
        allowed = (405,) if changing else (404, 409) if sealed else (200, 302, 404)
        fits = answer.status_code in allowed if granted else refused
        seen += answer.status_code == 200
        if not fits:
            wrong.append((url, rule.endpoint, answer.status_code, granted))
    assert not wrong
    assert seen > 40
