"""The files of a ledger: encodings, workbooks, headers, limits, and that nothing of them stays behind."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.access import all_rows
from models.errors import DomainError
from models.operations.history.columns import PETITIONS
from models.operations.history.judge import NOT_A_ROW
from models.operations.history.load import load
from models.operations.history.staging import Staging
from models.tables import Petition, Petitioner, Unit
from models.terms import Case, Channel, PetitionKind, StepKind
from models.world import zone
from tests import ledgers
from tests.models.operations.ledger_desk import AS_OF, OFFICES, Desk, P, only, step, written

PAGE = Path(__file__).parents[3] / "docs" / "history.md"


def chinese(path: Path, encoding: str) -> Path:
    heads = [column.zh for column in PETITIONS]
    values = P | {"channel": "来访", "kind": "申诉求决", "first_unit": "清河镇", "received_at": "2025/3/3 9:00"}
    text = io.StringIO()
    csv.writer(text).writerows([heads, [values.get(column.name, "") for column in PETITIONS], []])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_files_in_every_encoding(books: Desk, tmp_path: Path, encoding: str) -> None:
    books.load(
        chinese(tmp_path / "台账.csv", encoding),
        [step("分流", "2025年3月3日 11:00", "清河镇", outcome="A 本单位职权范围")],
    )
    petition = only(books.session, Petition)
    assert (petition.title, petition.channel, petition.kind) == (P["title"], Channel.visit, PetitionKind.request)
    assert (petition.case, petition.received_at) == (Case.A, datetime(2025, 3, 3, 1, tzinfo=UTC))


def test_a_workbook_with_dates_and_numbers(books: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    heads = [column.name for column in PETITIONS]
    moment = datetime.fromisoformat("2025-03-03 09:00")  # a cell of a workbook knows no zone
    values = P | {"number": 20190007, "received_at": moment, "registered_at": moment, "phone": 13800000000}
    sheet.append(heads)
    sheet.append([None] * 3)
    sheet.append([values.get(name) or None for name in heads])
    book.save(tmp_path / "p.xlsx")
    books.load(tmp_path / "p.xlsx")
    petition = only(books.session, Petition)
    assert (petition.number, petition.received_at) == ("20190007", datetime(2025, 3, 3, 1, tzinfo=UTC))
    assert only(books.session, Petitioner).phone == "13800000000"


UNREADABLE = [
    (b"", "empty"),
    (b"number,colour\n", "unknown columns: colour"),
    (b"number,number\n", "twice"),
    (b"number,title\n", "lacks"),
    (b"\xff\xfe\x00", "text file"),
    (b"n\x81umber\xff\xff\xff", "neither UTF-8"),
    (b"PK\x03\x04nonsense", "XLSX"),
    (b"\xd0\xcf\x11\xe0oldexcel", ".xls"),
]


def test_files_that_cannot_be_read_say_why(books: Desk) -> None:
    path = books.home / "x.csv"
    for body, word in UNREADABLE:
        path.write_bytes(body)
        with pytest.raises(DomainError, match=word):
            books.load(path)


def test_a_damaged_workbook_is_refused_not_a_failure(books: Desk) -> None:
    """Every part of a workbook cut short in turn: read all the same, or refused by name."""
    book, good, path = Workbook(), io.BytesIO(), books.home / "p.xlsx"
    for row in ([column.name for column in PETITIONS], list(P.values())):
        assert book.active is not None
        book.active.append(row)
    book.save(good)
    parts = ZipFile(good)
    for broken in parts.namelist():
        with ZipFile(path, "w") as out:
            for name in parts.namelist():
                body = parts.read(name)
                out.writestr(name, body[: len(body) // 2] if name == broken else body)
        with suppress(DomainError), Staging(path, None, zone()) as ledger:
            ledger.read()


def test_a_broken_row_names_its_line(books: Desk, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", [P])
    assert path is not None
    path.write_text(path.read_text(encoding="utf-8") + 'a,"b"c,d\n', encoding="utf-8")
    with pytest.raises(DomainError, match="line 4"):
        books.load(path)


def test_more_rows_than_allowed_are_refused(seat: Session, tmp_path: Path) -> None:
    paths = ledgers.write(tmp_path, 5, OFFICES)
    with Staging(*paths, zone(), most_rows=8) as ledger, pytest.raises(DomainError, match="import history"):
        load(seat, ledger, as_of=AS_OF)


def test_progress_rises_to_the_end(seat: Session, tmp_path: Path) -> None:
    told: list[float] = []
    with Staging(*ledgers.write(tmp_path, 5, OFFICES), zone()) as ledger:
        load(seat, ledger, as_of=AS_OF, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1


def test_nothing_of_the_ledger_stays_behind(seat: Session, tmp_path: Path) -> None:
    with Staging(*ledgers.write(tmp_path, 2, OFFICES), zone()) as ledger:
        home = Path(ledger._home.name)
        assert home.stat().st_mode & 0o077 == 0
        ledger.read()
    assert not home.exists()


def test_kinds_of_steps_are_those_of_the_interface() -> None:
    named = {kind for kind in StepKind if kind not in NOT_A_ROW}
    page = PAGE.read_text(encoding="utf-8")
    assert [kind.value for kind in named if f"`{kind.value}`" not in page or kind.zh not in page] == []


def test_the_examples_of_the_page_load(books: Desk) -> None:
    """docs/history.md: two ledgers, in English and in Chinese."""
    renamed = {"T1": "T01", "D1": "D01", "D2": "D02"}
    with all_rows():
        for unit in books.session.scalars(select(Unit)):
            unit.code = renamed.get(unit.code, unit.code)
        books.session.commit()
    blocks = re.findall(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    paths = [books.home / f"{number}.csv" for number in range(4)]
    for path, text in zip(paths, blocks, strict=True):
        path.write_text(text, encoding="utf-8")
    assert [books.load(*paths[:2]).steps, books.load(*paths[2:]).steps] == [8, 8]
    with all_rows():
        states = books.session.execute(select(Petition.case, Petition.status).order_by(Petition.id)).all()
    assert sorted(states[:2]) == sorted(states[2:])
