"""Every string a user may see has its Chinese, nothing is fuzzy, and placeholders survive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
KEYWORDS = dict.fromkeys(("N_", "_", "_l", "gettext", "lazy_gettext")) | {"ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN")


def _used() -> set[str]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def test_every_msgid_is_in_the_catalogue(catalog: Catalog) -> None:
    known = {m.id if isinstance(m.id, str) else m.id[0] for m in catalog}
    assert sorted(_used() - known) == [], "run `make translations`"


def test_every_msgid_is_translated(catalog: Catalog) -> None:
    assert sorted(str(m.id) for m in catalog if m.id and not m.string) == []


def test_nothing_is_fuzzy(catalog: Catalog) -> None:
    assert [m.id for m in catalog if m.id and m.fuzzy] == []


def test_placeholders_are_equal(catalog: Catalog) -> None:
    for m in catalog:
        if isinstance(m.id, str) and isinstance(m.string, str) and m.id and m.string:
            assert sorted(PLACEHOLDER.findall(m.id)) == sorted(PLACEHOLDER.findall(m.string)), m.id
