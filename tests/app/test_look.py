"""The look's own rules: pinned packages without a registry, every icon in the sprite, nothing from another host."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

APP = Path(__file__).parents[2] / "app"
TEMPLATES = APP / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
FILES = [*PAGES, *sorted(APP.glob("static/*.*"))]
NAMESPACES = {"http://www.w3.org/2000/svg"}
ICON = re.compile(r"""\bicon(?:_name)?\s*[(=:]\s*["']([a-z0-9-]+)["']""")
TABLE = re.compile(r"ICONS(?:: [^=]+)? = \{(.*?)\}", re.DOTALL)
TESTED_BY_NAME = re.compile(r"""^[a-z0-9]+(-[a-z0-9]+)*$""")
FRAMEWORK = re.compile(r"jquery|select2(\.min)?\.(js|css)|bootstrap\.min|font-?awesome|glyphicon|\$\(", re.IGNORECASE)


def _sprite() -> set[str]:
    source = (APP / "assets.mjs").read_text(encoding="utf-8")
    found = re.search(r"export const icons = `(.*?)`", source, re.DOTALL)
    assert found
    return set(found[1].split())


def _packages() -> dict[str, dict[str, object]]:
    lock = json.loads((APP / "package-lock.json").read_text(encoding="utf-8"))
    return {name: entry for name, entry in lock["packages"].items() if name}


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (APP / "package-lock.json").read_text(encoding="utf-8")


def test_every_package_is_pinned_with_its_hash() -> None:
    assert _packages()
    assert [
        name for name, entry in _packages().items() if not str(entry.get("integrity", "")).startswith("sha512-")
    ] == []
    wanted = json.loads((APP / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def _wrong(files: Iterable[Path], found: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What is found in the texts of files, by their names; there are many."""
    texts = {file.relative_to(APP).as_posix(): file.read_text(encoding="utf-8") for file in files}
    assert len(texts) > 50
    return {name: wrong for name, text in texts.items() if (wrong := found(text))}


def test_every_icon_of_a_page_is_in_the_sprite() -> None:
    sprite = _sprite()
    assert _wrong(PAGES, lambda text: sorted(set(ICON.findall(text)) - sprite)) == {}


def test_every_icon_named_in_python_is_in_the_sprite() -> None:
    sources = [path for folder in ("app", "views") for path in (APP.parent / folder).rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in sources]
    used = {name for text in texts for name in ICON.findall(text)}
    used |= {
        name for text in texts for table in TABLE.findall(text) for name in re.findall(r':\s*"([a-z0-9-]+)"', table)
    }
    assert used - _sprite() == set()


def test_icon_names_are_plain_and_unique() -> None:
    names = re.search(r"`(.*?)`", (APP / "assets.mjs").read_text(encoding="utf-8"), re.DOTALL)
    assert names
    listed = names[1].split()
    assert len(listed) == len(set(listed))
    assert all(TESTED_BY_NAME.match(name) for name in listed)


def test_nothing_comes_from_another_host() -> None:
    host = re.compile(r"""(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s"')]*""")
    assert _wrong(FILES, lambda text: sorted(set(host.findall(text)) - NAMESPACES)) == {}


def test_pages_carry_no_script_and_no_other_framework() -> None:
    """Scripts are files: the content policy allows no handler in an attribute; jQuery and its kin stay out."""

    def forbidden(text: str) -> list[str]:
        shown = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
        tags = re.findall(r"<script[^>]*>", shown)
        inline = [tag for tag in tags if "src=" not in tag and "application/json" not in tag]
        framework = [match[0] for match in FRAMEWORK.finditer(shown)]
        return re.findall(r"\son[a-z]+=[\"']|javascript:", shown) + framework + inline

    assert _wrong(PAGES, forbidden) == {}
    assert forbidden("<a onclick='x' href='javascript:x'><script>jQuery()</script>") == [
        " onclick='",
        "javascript:",
        "jQuery",
        "<script>",
    ]


def test_every_page_compiles() -> None:
    env = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True)
    for name in ("set_link_filters", "safe_url_for", "link_page", "link_order", "get_link_order", "is_item_visible"):
        env.filters[name] = str
    for name in ("get_actions_on_list", "get_actions_on_show"):
        env.filters[name] = str
    for page in PAGES:
        env.get_template(page.relative_to(TEMPLATES).as_posix())


def test_both_frameworks_draw_inside_the_one_frame() -> None:
    for name in ("appbuilder/baselayout.html", "admin/base.html"):
        assert '{% extends "console/base.html" %}' in (TEMPLATES / name).read_text(encoding="utf-8")
