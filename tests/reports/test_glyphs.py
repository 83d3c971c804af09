"""No accepted text stops a paper: rare characters are drawn, emoji named, the rest boxed with their code points."""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pikepdf
import pypdf
import pytest

from models.errors import DomainError
from reports import archive, pdf

pytestmark = pytest.mark.slow

MADE = datetime(2026, 1, 1, tzinfo=UTC)
NOTE = "缺字说明"


def drawn(inner: str, lang: str = "zh-CN") -> bytes:
    html = f'<html lang="{lang}"><head><title>𠮷😀\ue863</title></head><body>{inner}</body></html>'
    return pdf.render(html, [], MADE, note=NOTE)


def text_of(body: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(body)).pages)


# one of each of CJK Extensions B to F, characters of names
needs_hanazono = pytest.param("𠮷𪜶𫝀𬺰𬻿", "𠮷𪜶𫝀𬺰𬻿", id="extensions B to F")


@pytest.mark.parametrize(
    ("inner", "told"),
    [
        needs_hanazono,
        pytest.param("好<b>👍🏽</b>的", "好〔拇指向上中等肤色〕的", id="emoji"),
        pytest.param("<p>家👨‍👩‍👧人</p>", "家〔家庭男人女人女孩〕人", id="joined emoji"),
        pytest.param("王\ue863某", "王U+E863某", id="private use"),
        pytest.param("<b>甲</b>\ue863<i>乙</i>丙\U0003134f", "甲U+E863乙丙U+3134F", id="tails"),
        pytest.param("扎西ད་", "扎西U+0F51U+0F0B", id="another script"),
        pytest.param(
            "<svg width='300' height='30'><text y='20'>柱\ue863🧿</text></svg>", "柱[U+E863]〔纳扎尔护身符〕", id="svg"
        ),
        pytest.param("a\x07b", "aU+0007b", id="control"),
        pytest.param("葛\U000e0100城\u200b村\ufe0f", "葛", id="marks without a shape"),
    ],
)
def test_every_text_is_printed(inner: str, told: str) -> None:
    body = drawn(inner)
    text = text_of(body)
    assert told in text.replace("\U000e0100", "")
    assert (NOTE in text) == ("U+" in told or "〔" in told)
    assert body == drawn(inner)
    with pikepdf.open(io.BytesIO(body)) as paper:
        assert str(paper.docinfo.Title) == "𠮷😀\ue863"
        files = [
            set(font.DescendantFonts[0].FontDescriptor.keys())
            for page in paper.pages
            for font in page.Resources.Font.values()
        ]
        assert all(keys & {"/FontFile2", "/FontFile3"} for keys in files)


def test_an_emoji_is_named_in_the_language_of_the_paper() -> None:
    assert "[nazaramulet]" in text_of(drawn("fine 🧿", "en"))


def test_without_the_fonts_for_rare_characters_their_code_points_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"𠮷"}
    once = pdf._drawn

    def lacking(html: str, *given: object, **how: object) -> tuple[bytes, set[str]]:
        body, more = once(html, *given, **how)  # type: ignore[arg-type]  # handed on as it came
        return body, more | found

    monkeypatch.setattr(pdf, "_drawn", lacking)
    assert "U+20BB7野" in text_of(drawn("𠮷野"))


def _fails(error: Exception) -> Callable[[], bytes]:
    def draw() -> bytes:
        raise error

    return draw


def test_one_bad_paper_stops_no_other_and_is_named(caplog: pytest.LogCaptureFixture) -> None:
    target, heard = io.BytesIO(), list[int]()
    papers = [
        ("a.pdf", lambda: b"first"),
        ("b.pdf", _fails(DomainError("too long"))),
        ("c.pdf", _fails(ValueError("unexpected"))),
        ("d.pdf", lambda: b"last"),
    ]
    with zipfile.ZipFile(target, "w") as file, caplog.at_level(logging.CRITICAL):
        failed = archive.write(file, papers, heard.append)
    assert [(name, error.message) for name, error in failed] == [("b.pdf", "too long"), ("c.pdf", archive.UNEXPECTED)]
    assert zipfile.ZipFile(target).namelist() == ["a.pdf", "d.pdf"]
    assert heard == [1, 2, 3, 4]
    with zipfile.ZipFile(io.BytesIO(), "w") as file, pytest.raises(DomainError, match="too long"):
        archive.write(file, papers[1:2], heard.append)
