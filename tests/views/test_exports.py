"""Lists as files: days and numbers are such, no two columns share a name, and petitions and steps load again."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from models.operations.history.load import load
from models.operations.history.staging import Staging
from models.tables import Petition
from models.world import zone
from reports import words
from tests.views.world import Desk
from views import exports, listing, registry
from views.columns import columns

NUMBER = "110101199003070011"


def exported(desk: Desk, table: str, form: str) -> bytes:
    file = io.BytesIO()
    with desk.rows():
        screen = registry.screen(table)
        rows = exports.cells(screen, listing.read(screen, {}), typed=form == "xlsx")
        exports.write(form, rows, file, table)
    return file.getvalue()


def cells(body: bytes) -> dict[str, Any]:
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    heads, first = list(sheet.iter_rows(max_row=2))
    return {str(head.value): cell for head, cell in zip(heads, first, strict=True)}


def test_a_workbook_has_days_numbers_and_texts(desk: Desk) -> None:
    petition = desk.transferred()
    with desk.rows() as session:
        session.execute(update(Petition).where(Petition.id == petition).values(title=f"=HYPERLINK({NUMBER})"))
    found = cells(exported(desk, "petition", "xlsx"))
    assert isinstance(found["Received at"].value, datetime)
    assert found["Received at"].number_format == "yyyy-mm-dd hh:mm"
    assert (found["Persons"].value, found["Persons"].data_type) == (1, "n")
    assert (found["Title"].value, found["Title"].data_type) == (f"=HYPERLINK({NUMBER})", "s")
    assert found["Closed at"].value is None


def test_no_two_columns_of_an_export_share_a_name() -> None:
    chinese = words.gettext_for("zh")
    for screen in registry.load().values():
        labels = [one.info.label for one in columns(screen.table).values() if not one.info.sensitive]
        for say in (str, chinese):
            told = [say(label) for label in labels]
            assert len(told) == len(set(told)), (screen.name, sorted(told))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_exported_can_be_loaded_again(desk: Desk, tmp_path: Path, form: str) -> None:
    desk.transferred()
    paths = []
    for table in ("petition", "step"):
        paths.append(tmp_path / f"{table}.{form}")
        paths[-1].write_bytes(exported(desk, table, form))
    with desk.rows() as session, Staging(*paths, zone()) as ledger:
        outcome = load(session, ledger, as_of=datetime.now(zone()))
    assert (outcome.petitions, outcome.steps, outcome.bad_rows) == (0, 0, 0)
    assert outcome.repeated > 3
