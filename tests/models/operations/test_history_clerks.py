"""Ledgers as clerks keep them: read rightly, or refused cell by cell; no wrong data is taken and nobody is made."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from models.access import all_rows
from models.errors import DomainError, Invalid
from models.office_terms import LedgerColumn
from models.operations.history import mapping, values
from models.operations.history.columns import PETITIONS, STEPS
from models.tables import LedgerWord, Petition, Petitioner, Staff, Step, Unit
from models.terms import Channel, PetitionKind, StepKind
from models.vault import id_hash, phone_hash
from tests.models.operations.ledger_desk import AS_OF, WHOLE, Desk, P, Rows, count, only, step

pytestmark = pytest.mark.slow

HEADS = [column.zh for column in PETITIONS]
STEP_HEADS = [column.zh for column in STEPS]


def sheet(path: Path, rows: list[list[Any]], **more: list[list[Any]]) -> Path:
    """A workbook: its first sheet, and others by name."""
    book = Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    for name, others in more.items():
        other = book.create_sheet(name)
        for row in others:
            other.append(row)
    book.save(path)
    return path


def row(**changes: Any) -> list[Any]:
    """A petition's row under the Chinese heads."""
    told = P | {"place": "", "first_receiver": ""} | changes
    return [told.get(column.name, "") for column in PETITIONS]


def loaded(books: Desk, **changes: Any) -> Petition:
    books.load([P | changes])
    found: Petition = only(books.session, Petition)
    return found


def notes(books: Desk) -> list[str]:
    return [str(note.error()) for note in books.notes]


# D16: kept as written
def test_a_place_and_a_receiver_that_the_county_lacks_are_kept_as_written(books: Desk) -> None:
    before = count(books.session, Staff)
    found = loaded(books, place="城南老机械厂家属院3号楼", first_receiver="老李头")
    assert (found.place_id, found.place_text) == (None, "城南老机械厂家属院3号楼")
    assert (found.first_receiver_id, found.keeper_id, found.receiver_text) == (None, None, "老李头")
    assert count(books.session, Staff) == before
    assert any("place" in note for note in notes(books))
    again = books.load([P | {"place": "城南老机械厂家属院3号楼", "first_receiver": "老李头"}])
    assert (again.petitions, again.repeated) == (0, 1)


def test_a_first_receiver_is_mapped_afterwards(books: Desk) -> None:
    found = loaded(books, first_receiver="老李头")
    with all_rows():
        person = books.session.scalars(select(Staff).where(Staff.unit_id == found.first_unit_id)).first()
        other = books.session.scalars(select(Staff).where(Staff.unit_id != found.first_unit_id)).first()
    assert person is not None
    assert other is not None
    assert [(one.text, one.count) for one in mapping.receivers(books.session)] == [("老李头", 1)]
    with pytest.raises(Invalid):
        mapping.map_receiver(books.session, "老李头", found.first_unit_id, other.id, None, AS_OF)
    assert mapping.map_receiver(books.session, "老李头", found.first_unit_id, person.id, None, AS_OF) == 1
    books.session.commit()
    assert (found.first_receiver_id, found.keeper_id, found.receiver_text) == (person.id, person.id, "老李头")
    assert mapping.receivers(books.session) == []
    again = books.load([P | {"place": "城关镇", "first_receiver": "老李头"}])
    assert again.repeated == 1


def test_a_known_place_is_that_place(books: Desk) -> None:
    found = loaded(books, place=" 城关镇 ")
    assert found.place_id is not None
    assert found.place_text is None


# D17: a date without a time is that day
def test_a_step_on_the_day_of_the_receipt_comes_after_it(books: Desk) -> None:
    day = "2025-03-03"
    acts = [step("route", day, outcome="A"), step("inform", day, outcome="accepted", mode="written")]
    books.load([P | {"registered_at": day, "urgent_at": day}], acts)
    found = only(books.session, Petition)
    assert found.registered_at == found.urgent_at == found.received_at
    with all_rows():
        taken = books.session.scalars(select(Step).order_by(Step.seq)).all()
    assert {one.at.date() for one in taken} == {date(2025, 3, 3)}
    assert all(one.at >= found.received_at for one in taken)
    again = books.load([P | {"registered_at": day, "urgent_at": day}], acts)
    assert (again.petitions, again.steps, again.repeated) == (0, 0, 3)


def test_a_day_before_the_receipt_is_still_refused(books: Desk) -> None:
    assert [fault[2] for fault in books.refused([P | {"registered_at": "2025-03-02"}])] == ["registered_at"]
    assert [fault[2] for fault in books.refused([P], [step("route", "2025-03-02", outcome="A")])] == ["at"]


def test_acts_of_one_day_are_sorted_by_what_is_possible(books: Desk) -> None:
    day = "2025-03-04"
    shuffled = [
        step("file", day),
        step("inform", day, outcome="transferred", mode="written"),
        step("transfer", day, to_unit="D1", mode="written"),
        step("reply", "2025-04-01", "D1", outcome="resolved"),
        step("close", "2025-04-01"),
        step("report_result", "2025-04-01", "D1", outcome="first_unit"),
        step("route", day, outcome="B"),
    ]
    books.load([P], shuffled)
    with all_rows():
        kinds = list(books.session.scalars(select(Step.kind).order_by(Step.at, Step.seq)))
    assert kinds.index(StepKind.route) < kinds.index(StepKind.transfer) < kinds.index(StepKind.file)
    assert kinds.index(StepKind.reply) < kinds.index(StepKind.close)
    assert kinds.count(StepKind.route) == 1
    assert books.load([P], shuffled).steps == 0


def test_where_no_order_is_possible_the_guilty_row_is_named(books: Desk) -> None:
    day = "2025-03-04"
    acts = [step("route", day, outcome="B"), step("reply", day, "D2", outcome="resolved"), step("close", day)]
    found = books.refused([P], acts)
    assert [fault[:2] for fault in found] == [(1, 3)]


def test_a_unit_that_passed_the_matter_on_can_be_told(books: Desk) -> None:
    on = step("transfer", "06 09:00", "D1", to_unit="D2", mode="written")
    books.load([P], [*WHOLE[:3], on, step("reply", "2025-04-01 09:00", "D2", outcome="resolved")])
    with all_rows():
        assert only(books.session, Petition).responsible_unit_id == books.session.scalar(
            select(Unit.id).where(Unit.code == "D2")
        )
    assert books.refused([P | {"number": "x"}], [step("transfer", "06 09:00", "D2", number="x", to_unit="D1")])


# D18: what a spreadsheet does to cells
@pytest.mark.parametrize("name", ["title", "petitioner", "phone", "first_receiver", "place", "received_at", "number"])
@pytest.mark.parametrize("error", ["#N/A", "#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "########"])
def test_an_error_of_the_spreadsheet_is_refused_and_nobody_is_made(books: Desk, name: str, error: str) -> None:
    before = count(books.session, Staff)
    found = books.refused([P | {name: error}])
    assert [fault[2:] for fault in found] == [(name, values.ERROR)]
    assert count(books.session, Petition, Staff) == [0, *before]


@pytest.mark.parametrize("cell", [date(2019, 7, 1), "2019-07-01 00:00:00", "Jul-19", "7月1日", 1.10101199003070e17])
def test_a_number_that_became_something_else_is_refused(books: Desk, cell: Any, tmp_path: Path) -> None:
    found = books.refused(sheet(tmp_path / "台账.xlsx", [HEADS, row(number=cell)]))
    assert [fault[2] for fault in found] == ["number"]
    assert books.report[0][1][-2] == "A2"


def test_an_apostrophe_marks_a_text_and_is_none_of_it(books: Desk) -> None:
    number = "110101199003070011"
    loaded(books, number="'2019-7", id_number=f"'{number}", phone="’13800001111", title="=1+1")
    person = only(books.session, Petitioner)
    assert (person.id_number, person.phone) == (number, "13800001111")
    assert (person.id_hash, person.phone_hash) == (id_hash(number), phone_hash("13800001111"))
    assert only(books.session, Petition).number == "2019-7"


def test_several_people_in_a_cell(books: Desk) -> None:
    ids = ("110101199003070011", "110101199003070038")
    found = loaded(
        books, petitioner="王某、李某、赵某等6人", phone="13800001111、13800002222", id_number="\n".join(ids)
    )
    assert found.persons == 6
    with all_rows():
        people = books.session.scalars(select(Petitioner).order_by(Petitioner.position)).all()
    assert [one.name for one in people] == ["王某", "李某", "赵某"]
    assert [one.phone_hash for one in people] == [phone_hash("13800001111"), phone_hash("13800002222"), None]
    assert [one.id_hash for one in people] == [*map(id_hash, ids), None]


def test_one_person_with_two_phones_is_found_by_both(books: Desk) -> None:
    loaded(books, phone="13800001111/13800002222")
    person = only(books.session, Petitioner)
    assert (person.phone_hash, person.other_phone_hash) == (phone_hash("13800001111"), phone_hash("13800002222"))


@pytest.mark.parametrize(
    ("cells", "persons", "named"),
    [
        ({"petitioner": "王某", "persons": "12"}, 12, 1),
        ({"petitioner": "王某等六人"}, 6, 1),
        ({"petitioner": "王某，李某（共8名）"}, 8, 2),
        ({"petitioner": "王某等人"}, 1, 1),
        ({"petitioner": "匿名（等3人）", "phone": "", "id_number": ""}, 3, 0),
        ({"petitioner": "、".join(f"张{n}某" for n in "一二三四五六七")}, 7, 7),
        ({"petitioner": "欧阳千人"}, 1, 1),
    ],
)
def test_how_many_came(books: Desk, cells: dict[str, str], persons: int, named: int) -> None:
    found = loaded(books, **({"phone": "", "id_number": ""} | cells))
    assert (found.persons, count(books.session, Petitioner)) == (persons, [named])


def test_numbers_that_contradict_each_other_are_refused(books: Desk) -> None:
    for change, column in (
        ({"petitioner": "王某等6人", "persons": "3"}, "persons"),
        ({"petitioner": "王某、李某、赵某", "persons": "2"}, "persons"),
        ({"id_number": "110101199003070011、110101199003070038"}, "id_number"),
    ):
        assert [fault[2] for fault in books.refused([P | change])] == [column], change


# D18: words, names and columns
def test_words_of_ledgers(books: Desk) -> None:
    rows: Rows = [
        P | {"number": str(n), "channel": channel, "kind": kind}
        for n, (channel, kind) in enumerate(
            (("走访", "求决"), ("网络", "求决类"), ("12345热线", "申诉"), ("信件", "举报"), ("个访", "建议"))
        )
    ]
    books.load(rows)
    with all_rows():
        found = books.session.execute(select(Petition.channel, Petition.kind).order_by(Petition.number)).all()
    assert [one[0] for one in found] == [Channel.visit, Channel.online, Channel.call, Channel.letter, Channel.visit]
    wanted = [PetitionKind.request] * 3 + [PetitionKind.accusation, PetitionKind.suggestion]
    assert [one[1] for one in found] == wanted
    assert len([note for note in notes(books) if "understood" in note]) == 10
    for change in ({"channel": "来信来访"}, {"kind": "咨询"}):
        assert len(books.refused([P | change])) == 1


def test_the_countys_own_words_are_kept(books: Desk) -> None:
    books.session.add_all(
        [
            LedgerWord(field=LedgerColumn.channel, word="信访超市", meaning="来访"),
            LedgerWord(field=LedgerColumn.unit, word="老街办", meaning="T1"),
            LedgerWord(field=LedgerColumn.place, word="老机械厂", meaning="P1"),
        ]
    )
    books.session.commit()
    found = loaded(books, channel="信访超市", first_unit="老街办", place="老机械厂")
    assert (found.channel, found.first_unit_id) == (
        Channel.visit,
        books.session.scalar(select(Unit.id).where(Unit.code == "T1")),
    )
    assert found.place_id is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("人社局", "D1"),
        ("人力资源和社会保障局", "D1"),
        ("清源县人力资源和社会保障局", "D1"),
        ("城关", "T1"),
        ("d1", "D1"),
    ],
)
def test_short_names_of_units(books: Desk, text: str, code: str) -> None:
    with all_rows():
        for unit, name in (("D1", "县人力资源和社会保障局"), ("T1", "城关街道"), ("D2", "县自然资源局")):
            books.session.scalars(select(Unit).where(Unit.code == unit)).one().name = name
    books.session.commit()
    found = loaded(books, first_unit=text)
    with all_rows():
        assert books.session.get_one(Unit, found.first_unit_id).code == code


def test_a_short_name_that_fits_two_units_is_refused(books: Desk) -> None:
    with all_rows():
        for unit, name in (("D1", "县自然资源局"), ("D2", "县自然资源服务中心")):
            books.session.scalars(select(Unit).where(Unit.code == unit)).one().name = name
    books.session.commit()
    found = books.refused([P | {"first_unit": "自然资源"}])
    assert found[0][2:] == ("first_unit", values.SEVERAL_UNITS)


def test_title_row_cover_sheet_idle_columns_and_serial_days(books: Desk, tmp_path: Path) -> None:
    title = [["清源县2025年度信访事项登记台账"], [], ["序号", *HEADS, "备注"]]
    cells = row(received_at=45719.375, registered_at=45719.4166666667)
    path = sheet(tmp_path / "台账.xlsx", [["信访局"], ["二〇二五年"]], 台账=[*title, [1, *cells, "已电话回访"]])
    books.load(path)
    found = only(books.session, Petition)
    assert f"{found.received_at:%Y-%m-%d %H:%M}" == "2025-03-03 01:00"
    told = " ".join(notes(books))
    for word in ("Sheet", "登记台账", "序号, 备注"):
        assert word in told


def test_what_cannot_be_read_says_what_to_do_in_the_files_language(books: Desk, tmp_path: Path) -> None:
    two = {"一月": [HEADS, row()], "二月": [HEADS, row(number="2")]}
    for rows, more, words in (
        ([["封面"]], two, "several sheets"),
        ([["甲", "乙"], [1, 2]], {}, "no row names the columns"),
        ([[*HEADS, "办结情况"], row()], {}, "unknown columns: 办结情况. Known are: 编号"),
        ([[head for head in HEADS if head != "标题"], row()], {}, "lacks these columns: 标题"),
    ):
        with pytest.raises(DomainError, match=words):
            books.load(sheet(tmp_path / "台账.xlsx", rows, **more))


def test_the_report_names_the_cell(books: Desk, tmp_path: Path) -> None:
    path = sheet(tmp_path / "台账.xlsx", [["台账"], HEADS, row(title="#REF!", channel="鸽子")])
    books.refused(path)
    heads, line = books.report[0]
    told = dict(zip(heads, line, strict=True))
    assert (told["行"], told["列"], told["单元格"]) == ("3", "标题, 渠道", "F3, D3")


def test_characters_that_nobody_sees_are_taken_out_and_told(books: Desk) -> None:
    found = loaded(books, title="拖欠\u202e工资\u200b", petitioner="王\u2066某\ufeff")
    assert (found.title, only(books.session, Petitioner).name) == ("拖欠工资", "王某")
    assert any("nobody sees" in note and " 2 cells" in note for note in notes(books))
