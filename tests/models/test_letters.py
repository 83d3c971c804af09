"""Letters without a database: what must not stand in them, how they are numbered, and that every kind is declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.letters import FORMS, kind_for, leaks
from models.letters.leaks import Person, Readers
from models.letters.numbering import default_prefix, number_text
from models.office_terms import LetterKind
from models.terms import PetitionKind, StepKind

ALL, NONE = Readers(know=True, writer_knows=True), Readers(know=False, writer_knows=True)
WANG = Person("王小明", "13812345678", "110101199001011237")
OLD = Person("李四", "0577-88123456", "110101900101123")
TEMPLATES = Path(__file__).parents[2] / "reports" / "templates" / "letters"


@pytest.mark.parametrize(
    "text",
    [
        "电话13812345678",
        "138 1234 5678",
        "１３８－１２３４－５６７８",
        "+86 138-1234-5678",
        "1.13812345678",
        "电话：0577-88123456。",
        "138\u200b12345678",
    ],
)
def test_a_phone_number_is_found_however_it_is_written(text: str) -> None:
    assert leaks.found(text, [WANG, OLD], ALL) == leaks.PHONE
    assert leaks.HIDDEN in leaks.hidden(text, [WANG, OLD], ALL)
    assert leaks.found(leaks.hidden(text, [WANG, OLD], ALL), [WANG, OLD], ALL) is None


@pytest.mark.parametrize(
    "text",
    [
        "身份证110101199001011237",
        "110101 19900101 1237",
        "110101900101123",  # the same person's card of before 1999
        "11010119900101123X",  # nobody's here, but its check digit fits
        "1. 110101199001011237",
        "110101１９９００１０１１２３７",
    ],
)
def test_an_id_number_is_found_however_it_is_written(text: str) -> None:
    people = [WANG] if "X" not in text else []
    wanted = text if "X" not in text else "11010119900307123" + _check("11010119900307123")
    assert leaks.found(wanted, people, ALL) == leaks.ID


def _check(digits: str) -> str:
    return "10X98765432"[sum(int(c) * 2 ** (17 - n) for n, c in enumerate(digits)) % 11]


@pytest.mark.parametrize(
    "text",
    [
        "联系电话0577-5512345",
        "2025年3月5日，编号2025-000123，共12盏",
        "账号6222021234567890123",
        "柳林信〔2025〕12号，金额1381234元5678",
        "",
    ],
)
def test_other_numbers_may_stay(text: str) -> None:
    assert leaks.found(text, [WANG, OLD], ALL) is None
    assert leaks.hidden(text, [WANG, OLD], ALL) == text


def test_a_name_depends_on_who_writes_and_who_reads() -> None:
    text = "信访人王 小明反映"
    assert leaks.found(text, [WANG], ALL) is None
    assert leaks.found(text, [WANG], NONE) == leaks.NAME
    assert leaks.found(text, [WANG], Readers(know=True, writer_knows=False)) == leaks.OWN
    assert leaks.found("王某反映", [WANG], NONE) is None
    assert leaks.found("王法治国", [Person("王")], NONE) is None  # one character names nobody
    assert leaks.hidden("王小明来访", [WANG], NONE) == "×××来访"
    assert leaks.names_in("𠮷野来访", [Person("𠮷野")])


def test_who_may_know_the_petitioner() -> None:
    first, other, about, bureau = 1, 2, 3, 9
    for kind, unit, knows in (
        (PetitionKind.request, other, True),
        (PetitionKind.accusation, other, False),
        (PetitionKind.accusation, first, True),
        (PetitionKind.accusation, bureau, True),
        (PetitionKind.request, about, False),
        (PetitionKind.request, None, False),
    ):
        assert leaks.may_know(kind, first, about, unit, bureau) is knows, (kind, unit)


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("县信访局", "信访"),
        ("柳林镇", "柳林信"),
        ("城关街道", "城关信"),
        ("县人力资源和社会保障局", "人社信"),
        ("县发展和改革局", "发改信"),
        ("县工业和信息化局", "工信"),
        ("县公安局", "公安信"),
        ("县市场监督管理局", "市场监督信"),
        ("局", "局信"),
    ],
)
def test_a_unit_without_a_prefix_gets_one_from_its_name(name: str, prefix: str) -> None:
    assert default_prefix(name) == prefix
    assert number_text(prefix, 2026, 12) == f"{prefix}〔2026〕12号"


def test_every_kind_is_declared_once_and_has_its_template() -> None:
    assert set(FORMS) == set(LetterKind)
    for form in FORMS.values():
        assert (TEMPLATES / f"{form.kind.value}.html").exists()
        assert bool(form.steps) is (form.kind is not LetterKind.circular)
        names = [part.proof.name for part in form.parts]
        assert all(part in names for part in form.gives.values())


def test_informing_has_two_letters() -> None:
    assert kind_for(StepKind.inform, "legal_route", "A") is LetterKind.legal_route
    assert kind_for(StepKind.inform, "accepted", "E") is LetterKind.notice
    assert kind_for(StepKind.inform, None, "E") is LetterKind.legal_route
    assert kind_for(StepKind.re_review, None, None) is LetterKind.opinion
    assert kind_for(StepKind.follow_up, None, "B") is None
