"""Every kind of letter in both languages as a golden text; the PDF says the same, in the form of an archive file.

``python -m tests.reports.test_letters`` writes the golden texts anew; their diff is what a review looks at.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import html5lib
import pikepdf
import pypdf
import pytest

from models.letters import FORMS
from models.letters.facts import Content, Facts
from models.office_terms import LetterKind
from reports import letters, press, voiding

pytestmark = pytest.mark.slow

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"
COUNTY = "清源县"
DAYS = {"answer": 5, "inform": 15, "handle": 60, "extension": 30, "follow_up": 15, "review": 30, "re_review": 30}
MATTER = "村内主干道路灯自2024年10月起陆续损坏，至今十二盏不亮。\n请求尽快维修，并明确管护单位。"
FOUND = "经现场查看，主干道路灯共三十六盏，其中十二盏因线路老化损坏。"
BASIS = "县农村公路养护管理办法第九条。"
OPINION = {"claim": MATTER, "found": FOUND, "opinion": "反映的问题属实，分两批更换灯具。", "basis": BASIS}
# name → kind, facts that differ, what its writer filled in, addressee
SAMPLES: dict[str, tuple[LetterKind, dict[str, Any], dict[str, str], str]] = {
    "transfer": (
        LetterKind.transfer,
        {},
        {
            "matter": MATTER,
            "reason": "该路段管护职责属你单位。",
            "enclosures": "信访登记表\n现场照片3张",
            "cc": "县信访局",
        },
        "县交通运输局",
    ),
    "transfer-by-the-bureau": (
        LetterKind.transfer,
        {"unit": "县信访局", "unit_kind": "bureau", "contact": ""},
        {"matter": MATTER, "reason": "经审核，该路段管护职责属你单位。", "enclosures": "信访登记表", "cc": ""},
        "县交通运输局",
    ),
    "notice-accepted": (LetterKind.notice, {}, {"outcome": "accepted", "said": "如有新情况，请及时提供。"}, "王小明"),
    "notice-transferred": (
        LetterKind.notice,
        {"persons": 3},
        {"outcome": "transferred", "by_unit": "县交通运输局", "said": ""},
        "王小明等3人",
    ),
    "notice-led-by": (
        LetterKind.notice,
        {},
        {"outcome": "led_by", "lead": "县交通运输局", "helpers": "县财政局", "said": ""},
        "王小明",
    ),
    "opinion": (
        LetterKind.opinion,
        {"step": "reply"},
        {**OPINION, "outcome": "explained", "until": "2025-06-30", "remedy_body": "县人民政府"},
        "王小明",
    ),
    "opinion-review": (
        LetterKind.opinion,
        {"step": "review", "reviewed": "柳林镇", "replied_on": "2025-04-01"},
        {**OPINION, "outcome": "maintained", "remedy_body": "市人民政府"},
        "王小明",
    ),
    "opinion-re-review": (
        LetterKind.opinion,
        {"step": "re_review", "reviewed": "县人民政府", "replied_on": "2025-05-01"},
        {**OPINION, "outcome": "changed"},
        "王小明",
    ),
    "legal-route": (
        LetterKind.legal_route,
        {},
        {
            "route": "劳动仲裁",
            "body": "县劳动人事争议仲裁委员会",
            "limitation": "自知道或者应当知道权利被侵害之日起一年。",
            "said": "",
        },
        "王小明",
    ),
    "urgent": (
        LetterKind.urgent,
        {"persons": 12},
        {
            "outcome": "bureau",
            "matter": MATTER,
            "measures": "已到场疏导。",
            "request": "请派员参加面谈。",
            "enclosures": "",
        },
        "县信访局",
    ),
    "minutes": (
        LetterKind.minutes,
        {"held_at": "2025-03-10T09:30"},
        {
            "place": "镇政府三楼会议室",
            "chair": "周副县长",
            "present": "柳林镇\n县交通运输局",
            "minutes": "听取各单位情况汇报。\n要求限期落实。",
            "tasks": "一、县交通运输局月底前更换灯具。\n二、柳林镇明确管护人员。",
            "cc": "县信访局",
        },
        "",
    ),
    "circular": (
        LetterKind.circular,
        {"unit": "县信访局", "unit_kind": "bureau", "contact": ""},
        {
            "subject": "柳林镇",
            "found": "逾期未告知和转送，致使矛盾激化。",
            "decision": "予以全县通报。",
            "lesson": "引以为戒。",
        },
        "各乡镇（街道），县直各部门",
    ),
}


def content(name: str, lang: str) -> Content:
    kind, changes, values, addressee = SAMPLES[name]
    base: dict[str, Any] = {
        "lang": lang,
        "number": "2025-000123",
        "title": "村道路灯长期不亮",
        "received_on": "2025-03-03",
        "channel": "visit",
        "case": "B",
        "persons": 1,
        "anonymous": False,
        "unit": "柳林镇",
        "unit_kind": "town",
        "is_first": True,
        "first_unit": "柳林镇",
        "bureau": "县信访局",
        "contact": "赵志军",
        "phone": "0000-5512345",
        "days": DAYS,
    }
    facts = Facts(**base | changes)
    title = FORMS[kind].title(facts, values)
    return Content(kind, facts, title, addressee, values, "柳林信〔2025〕12号", date(2025, 3, 12))


def lines(letter: Content) -> list[str]:
    """What a reader reads, paragraph by paragraph."""
    page = html5lib.parse(letters.page(letter, COUNTY), namespaceHTMLElements=False)
    body = page.find("body")
    texts = ("".join(one.itertext()) for one in _leaves(body))
    return [text for text in (" ".join(text.split()) for text in texts) if text]


def _leaves(of: Any) -> Iterator[Any]:
    """The elements that hold text of their own; line breaks and marks belong to them."""
    blocks = [one for one in of if one.tag not in ("br", "span")]
    if not blocks:
        yield of
    for one in blocks:
        yield from _leaves(one)


def golden(name: str, lang: str) -> Path:
    return GOLDEN / f"{name}.{lang}.txt"


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", SAMPLES)
def test_a_letter_says_what_it_says(name: str, lang: str) -> None:
    found = "\n".join(lines(content(name, lang))) + "\n"
    assert found == golden(name, lang).read_text(encoding="utf-8"), "python -m tests.reports.test_letters"


@pytest.mark.parametrize("name", ["transfer", "opinion", "legal-route", "minutes"])
def test_the_paper_is_an_archive_file_with_the_same_words(name: str) -> None:
    letter = content(name, "zh")
    body = letters.draw(letter, COUNTY)
    assert body == letters.draw(letter, COUNTY)
    text = squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages))
    text = re.sub(r"—\d+—", "", text)  # page numbers stand between the lines of a paragraph
    for line in lines(letter):
        assert squeezed(line).replace("\u2005", "") in text.replace("\u2005", ""), line
    with pikepdf.open(io.BytesIO(body)) as paper:
        with paper.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "U")
        assert str(paper.Root.Lang) == "zh-CN"
        width, height = (float(x) for x in paper.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (595, 842)
        fonts = [font for page in paper.pages for font in page.Resources.Font.values()]
        files = [set(font.DescendantFonts[0].FontDescriptor.keys()) for font in fonts]
        assert files
        assert all(keys & {"/FontFile2", "/FontFile3"} for keys in files), "a font is not inside the file"


def test_the_grid_has_28_characters_and_no_number_on_the_first_page() -> None:
    letter = content("transfer", "zh")
    values = dict(letter.values) | {"matter": "测" * 28 * 40}
    body = letters.draw(replace(letter, values=values), COUNTY)
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages]
    rows = [line.strip() for page in pages for line in page.splitlines() if set(line.strip()) == {"测"}]
    assert {len(row) for row in rows[1:-1]} == {28}
    assert "—" not in pages[0]
    assert re.search(r"— 2 —", pages[1])
    assert len([line for line in pages[1].splitlines() if set(line.strip()) == {"测"}]) == 22


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"unit": "县信访局", "unit_kind": "bureau"}, "清源县信访局"),
        ({"unit": "柳林镇", "unit_kind": "town"}, "清源县柳林镇人民政府"),
        ({"unit": "城关街道", "unit_kind": "town"}, "清源县城关街道办事处"),
        ({"unit": "清源县教育局", "unit_kind": "department"}, "清源县教育局"),
        ({"unit": "Liulin Town", "lang": "en", "unit_kind": "town"}, "Liulin Town"),
    ],
)
def test_the_organ_signs_with_its_full_name(facts: dict[str, Any], name: str) -> None:
    assert letters.organ(replace(content("transfer", "zh").facts, **facts), COUNTY) == name


def test_a_draft_says_so_and_bears_no_number() -> None:
    draft = replace(content("transfer", "zh"), number="", issued_on=None)
    told = lines(draft)
    assert "草 稿" in told
    assert "（草稿，未编号）" in told
    assert letters.draw(draft, COUNTY).startswith(b"%PDF")


def test_a_letter_to_somebody_with_a_rare_name_is_printed() -> None:
    letter = content("notice-accepted", "zh")
    body = letters.draw(replace(letter, addressee="𠮷野䶮𬭎㙍\ue863"), COUNTY)
    text = squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages))
    assert "𠮷野䶮𬭎㙍U+E863" in text
    assert "方框" in text


def test_what_is_typed_is_text_and_never_markup() -> None:
    letter = content("notice-accepted", "zh")
    told = lines(replace(letter, values={"outcome": "accepted", "said": "<b>x</b><script>1</script>"}))
    assert "<b>x</b><script>1</script>" in told


if __name__ == "__main__":
    for one in SAMPLES:
        for tongue in ("zh", "en"):
            golden(one, tongue).write_text("\n".join(lines(content(one, tongue))) + "\n", encoding="utf-8")


def test_a_letter_is_drawn_in_the_process_of_papers_within_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    letter = content("transfer", "zh")
    assert letters.draw(letter, COUNTY).startswith(b"%PDF")
    monkeypatch.setattr(letters, "MOST", press.Limits(wall=0.001))
    with pytest.raises(press.PaperFailed, match="too long"):
        letters.draw(letter, COUNTY)
    monkeypatch.undo()
    assert letters.draw(letter, COUNTY).startswith(b"%PDF")


@pytest.mark.parametrize("name", ["minutes", "legal-route", "urgent", "opinion-re-review"])
def test_a_letter_that_nearly_fits_its_page_stands_closer(name: str) -> None:
    """GB/T 9704: the space between lines is adjusted rather than a signature left alone on a second page."""
    lang = "en" if name == "opinion-re-review" else "zh"
    assert len(pypdf.PdfReader(io.BytesIO(letters.draw(content(name, lang), COUNTY))).pages) == 1


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("关于转送“村道路灯长期不亮”信访事项的函", ["关于转送", "“村道路灯长期不亮”", "信访事项的函"]),
        ("信访事项受理告知书", ["信访事项受理告知书"]),
        (f"关于“{'长' * 30}”的报告", [f"关于“{'长' * 30}”的报告"]),
        ("Transfer of the petition “路灯”", ["Transfer of the petition “路灯”"]),
    ],
)
def test_a_title_breaks_between_what_belongs_together(title: str, parts: list[str]) -> None:
    assert letters._title_parts(title) == parts


def test_the_paper_of_a_void_letter_bears_its_mark_on_every_page() -> None:
    body = letters.draw(content("transfer", "zh"), COUNTY)
    mark = voiding.Mark("zh", date(2025, 4, 1), "编号有误")
    marked = voiding.marked(body, mark)
    pages = [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(marked)).pages]
    assert len(pages) == 2
    assert all("2025年4月1日作废。原因：编号有误" in page and "作废" in page for page in pages)
    assert "作 废" in lines(replace(content("transfer", "zh"), void=True))
