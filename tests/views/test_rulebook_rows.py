"""Every row of a rulebook can be changed, one by one, as a browser and as a program would: the rows are the list."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from models.scheme_terms import Indicator
from models.tables import Rulebook, RulebookClock, RulebookGrade, RulebookIndicator, RulebookSection
from tests.html import sheet
from tests.rulebooks import drafted
from tests.views.world import Desk
from views import forms, registry
from views.screens.rulebooks import PARTS

# what is changed of a row, by what stands there now
CHANGES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "rulebook_section": ("cap", lambda cap: cap + 1),
    "rulebook_points": ("points", lambda points: points + Decimal("0.25")),
    "rulebook_indicator": ("weight", lambda weight: weight + 1),
    "rulebook_grade": ("title", lambda title: title + "改"),
    "rulebook_peer": ("title", lambda title: title + "改"),
    "rulebook_clock": ("amount", lambda amount: amount + 1),
}


def _whole(book: Rulebook) -> None:
    """A draft in which no part is without a row."""
    book.sections = [RulebookSection(code="a", title="办理", cap=Decimal(10))]
    book.grades = [RulebookGrade(title="优秀", from_score=Decimal(90), position=1)]
    words = {"paragraph": "§3", "source": "通知"}
    book.indicators = [RulebookIndicator(indicator=Indicator.satisfaction, weight=Decimal(5), **words)]


@pytest.fixture
def rows(desk: Desk) -> list[tuple[str, int]]:
    """Table and key of every row of a draft."""
    with desk.rows() as session:
        book = drafted(session, _whole)
        tables = [registry.screen(f"rulebook_{part}").table for part in PARTS]
        found = [
            (table.__tablename__, key)
            for table in tables
            for key in session.scalars(select(table.id).where(table.rulebook_id == book.id))
        ]
        assert {table for table, _key in found} == {table.__tablename__ for table in tables}
        assert len(book.clocks) == sum(table == "rulebook_clock" for table, _key in found)
        return found


def _values(desk: Desk, table: str, key: int) -> dict[str, Any]:
    screen = registry.screen(table)
    with desk.rows() as session:
        row = session.get(screen.table, key)
        return {name: getattr(row, name) for name in forms.names_of(screen)}


def _by_form(desk: Desk, table: str, key: int, name: str, value: Any) -> int:
    url, client = f"/admin/{table}/edit/{key}", desk.client("admin")
    shown = sheet(client.get(url).text, "seen").values
    return int(client.post(url, data=shown | {name: str(value)}).status_code)


def _by_program(desk: Desk, table: str, key: int, name: str, value: Any) -> int:
    url, client = f"/api/v1/{table}/{key}", desk.client("admin")
    return int(client.put(url, json={name: str(value), "seen": client.get(url).json["seen"]}).status_code)


@pytest.mark.parametrize(("way", "status"), [(_by_form, 302), (_by_program, 200)])
def test_every_row_is_changed(desk: Desk, rows: list[tuple[str, int]], way: Callable[..., int], status: int) -> None:
    wrong = []
    for table, key in rows:
        name, change = CHANGES[table]
        before = _values(desk, table, key)
        wanted = before | {name: change(before[name])}
        answered = way(desk, table, key, name, wanted[name])
        if answered != status or _values(desk, table, key) != wanted:
            wrong.append((table, before, answered))
    assert not wrong


def test_a_clock_keeps_its_case_and_can_lose_it(desk: Desk) -> None:
    """Empty means every case; that is a value, not an answer that lacks."""
    with desk.rows() as session:
        book = drafted(session)
        one = next(clock for clock in book.clocks if clock.variant and clock.duty.value == "INFORM")
        plain = [clock for clock in book.clocks if clock.duty is one.duty and not clock.variant]
        for clock in plain:
            session.delete(clock)
        key = one.id
    assert _by_form(desk, "rulebook_clock", key, "variant", "") == 302
    with desk.rows() as session:
        assert session.get(RulebookClock, key).variant == ""
