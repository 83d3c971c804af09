"""What no font has: an emoji is printed by its name, anything else as a box with its code point, and a note says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import emoji

BOX = "font:0.62em 'Noto Sans SC';line-height:1;border:0.08em solid;padding:0 0.2em;vertical-align:0.2em"
NOTE = "font-size:8pt;line-height:12pt;margin:8pt 0 0;text-indent:0"
_UNPRINTED = {"head", "style", "script"}
_SVG = "{http://www.w3.org/2000/svg}"
Piece = tuple[str, bool]  # text, and whether it stands in a box


def replace(root: Element, lacking: frozenset[str], note: str) -> None:
    """Put what can be read in the place of every character of ``lacking``, in place; ``note`` ends the paper."""
    lang = "zh" if str(root.get("lang", "")).startswith("zh") else "en"
    _replace(root, lacking, lang, boxed=True)
    body = root.find("body")
    if note and body is not None:
        SubElement(body, "p", {"style": NOTE}).text = note


def _replace(element: Element, lacking: frozenset[str], lang: str, *, boxed: bool) -> None:
    tag: Any = element.tag  # of a comment it is a function
    if not isinstance(tag, str) or tag in _UNPRINTED:
        return
    boxed = boxed and not tag.startswith(_SVG)  # a drawing has text alone
    children = list(element)
    for child in reversed(children):
        _replace(child, lacking, lang, boxed=boxed)
        if child.tail and not lacking.isdisjoint(child.tail):
            child.tail = _laid(element, list(element).index(child) + 1, child.tail, lacking, lang, boxed=boxed)
    if element.text and not lacking.isdisjoint(element.text):
        element.text = _laid(element, 0, element.text, lacking, lang, boxed=boxed)


def _laid(parent: Element, place: int, text: str, lacking: frozenset[str], lang: str, *, boxed: bool) -> str:
    """Insert boxes at ``place`` of ``parent``; returns the text before the first of them."""
    first, last = "", None
    for piece, in_box in _pieces(text, lacking, lang):
        if in_box and boxed:
            last = Element("span", {"style": BOX})
            last.text, last.tail = piece, ""
            parent.insert(place, last)
            place += 1
            continue
        shown = f"[{piece}]" if in_box else piece
        if last is None:
            first += shown
        else:
            last.tail = f"{last.tail}{shown}"
    return first


def _pieces(text: str, lacking: frozenset[str], lang: str) -> Iterator[Piece]:
    for token in emoji.analyze(text, non_emoji=True):
        if isinstance(token.value, emoji.EmojiMatch) and not lacking.isdisjoint(token.chars):
            yield _name(token.chars, lang), False
            continue
        for char in token.chars:
            yield (f"U+{ord(char):04X}", True) if char in lacking else (char, False)


def _name(sign: str, lang: str) -> str:
    """〔大笑〕 or [grinning face]."""
    name = emoji.demojize(sign, language=lang, delimiters=("", "")).replace("_", " ")
    return f"〔{name}〕" if lang == "zh" else f"[{name}]"
