"""Charts as server-made SVG, the same in page and paper: presentation attributes only, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup, escape

ROW, GAP, WIDTH, LETTER = 22, 90, 640, 6.6
NARROW = 300  # what a telephone of 390 px leaves inside a card
HIGH, FOOT = 120, 24
Bar = tuple[str, Decimal, Decimal]


def points(bars: Sequence[Bar], chinese: bool, title: str = "") -> Markup | None:
    """Horizontal bars of (name, final points, pending points): final filled, pending hatched. None without bars."""
    if not bars:
        return None
    title = title or ("扣分最多的单位" if chinese else "Units with the most points")
    words = ("已定", "待定") if chinese else ("final", "pending")
    top = max(final + pending for _name, final, pending in bars) or Decimal(1)
    left = 20 + max(_wide(bar[0]) for bar in bars)
    length = max(WIDTH - left - GAP, 200.0)  # long names take from the bars: the letters keep their size on paper
    width, height = left + length + GAP, ROW * (len(bars) + 1) + 8
    parts = [_legend(words, left)]
    for place, bar in enumerate(bars, 1):
        parts.append(_bar(bar, left, ROW * place + 6, length / float(top)))
    return _svg(title, width, height, parts)


def narrow(bars: Sequence[Bar], chinese: bool, title: str = "") -> Markup | None:
    """``points`` for a telephone: each name above its bar, so that letters keep their size and numbers fit."""
    if not bars:
        return None
    title = title or ("扣分最多的单位" if chinese else "Units with the most points")
    words = ("已定", "待定") if chinese else ("final", "pending")
    top = max(final + pending for _name, final, pending in bars) or Decimal(1)
    hatch = "hatch-narrow"  # a page holds both: an id is given once
    width = max(NARROW, *(_wide(name) + 4 for name, _final, _pending in bars))
    parts = [_legend(words, 0, hatch)]
    for place, (name, final, pending) in enumerate(bars):
        y = ROW + 2 * ROW * place + 4
        parts.append(_text(0, y + 15, name))
        parts.append(_bar(("", final, pending), 0, y + ROW, (width - GAP) / float(top), hatch))
    return _svg(title, width, ROW * (2 * len(bars) + 1) + 8, parts, hatch)


def columns(bars: Sequence[Bar], chinese: bool, title: str) -> Markup | None:
    """Upright columns of (name, final points, pending points), as ``points``. None where there is nothing to show."""
    if not any(final or pending for _name, final, pending in bars):
        return None
    words = ("已定", "待定") if chinese else ("final", "pending")
    scale, wide = HIGH / float(max(final + pending for _name, final, pending in bars)), (WIDTH - 20) / len(bars)
    base = HIGH + 44
    parts = [_legend(words, 10), _line(base)]
    for place, (name, final, pending) in enumerate(bars):
        x, middle = 10 + place * wide + wide * 0.2, 10 + (place + 0.5) * wide
        solid, hatched = float(final) * scale, float(pending) * scale
        parts.append(_box(x, base - solid, wide * 0.6, solid, "#9f1d1d") if final else "")
        parts.append(_box(x, base - solid - hatched, wide * 0.6, hatched, "url(#hatch)") if pending else "")
        if final + pending:
            parts.append(_text(middle, base - solid - hatched - 5, _short(final + pending), "middle"))
        parts.append(_text(middle, base + 16, name, "middle"))
    return _svg(title, WIDTH, base + FOOT, parts)


def numbers(bars: Sequence[tuple[str, int]], title: str) -> Markup | None:
    """Upright columns of (name, how many). None where there is nothing to show."""
    if not any(count for _name, count in bars):
        return None
    scale, wide, base = HIGH / max(count for _name, count in bars), (WIDTH - 20) / len(bars), HIGH + 20
    parts = [_line(base)]
    for place, (name, count) in enumerate(bars):
        middle, tall = 10 + (place + 0.5) * wide, count * scale
        parts.append(_box(middle - wide * 0.3, base - tall, wide * 0.6, tall, "#35507a") if count else "")
        parts.append(_text(middle, base - tall - 5, str(count), "middle"))
        parts.append(_text(middle, base + 16, name, "middle"))
    return _svg(title, WIDTH, base + FOOT, parts)


def shares(bars: Sequence[tuple[str, int, int]], title: str) -> Markup | None:
    """Horizontal bars of (name, all, part): the part filled, the rest left white. None without bars."""
    if not bars:
        return None
    left = 20 + max(_wide(bar[0]) for bar in bars)
    length = max(WIDTH - left - GAP, 200.0)
    scale, parts = length / max(max(bar[1] for bar in bars), 1), []
    for place, (name, whole, part) in enumerate(bars):
        y = ROW * place + 6
        parts.append(_text(left - 8, y + 13, name, "end"))
        parts.append(_box(left, y, whole * scale, 16, "#ffffff", "#35507a"))
        parts.append(_box(left, y, part * scale, 16, "#35507a") if part else "")
        parts.append(_text(left + whole * scale + 6, y + 13, f"{part} / {whole}"))
    return _svg(title, left + length + GAP, ROW * len(bars) + 12, parts)


def _svg(title: str, width: float, height: float, parts: Sequence[str], hatching: str = "hatch") -> Markup:
    hatch = '<path d="M0 6L6 0" stroke="#b45309" stroke-width="1.5"/>'
    pattern = f'<pattern id="{hatching}" width="6" height="6" patternUnits="userSpaceOnUse">{hatch}</pattern>'
    size = f'viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="Sans, sans-serif" font-size="12">'
    about = f"<title>{escape(title)}</title><defs>{pattern}</defs>"
    return Markup(head + about + "".join(parts) + "</svg>")


def _wide(text: str) -> float:
    """About how wide a text is at 12 px: Chinese characters are as wide as high."""
    return sum(12 if ord(letter) > 0x2E80 else LETTER for letter in text)


def _legend(words: tuple[str, str], x: float, hatch: str = "hatch") -> str:
    first = f'<rect x="{x}" y="4" width="14" height="12" fill="#9f1d1d"/>{_text(x + 20, 14, words[0])}'
    second = f'<rect x="{x + 90}" y="4" width="14" height="12" fill="url(#{hatch})" stroke="#b45309"/>'
    return first + second + _text(x + 110, 14, words[1])


def _bar(bar: Bar, left: float, y: int, scale: float, hatch: str = "hatch") -> str:
    name, final, pending = bar
    done, open_ = float(final) * scale, float(pending) * scale
    solid = _box(left, y, done, 16, "#9f1d1d") if final else ""
    hatched = _box(left + done, y, open_, 16, f"url(#{hatch})") if pending else ""
    number = _short(final) + (f" + {_short(pending)}" if pending else "")
    label = _text(left - 8, y + 13, name, "end") if name else ""
    return label + solid + hatched + _text(left + done + open_ + 6, y + 13, number)


def _box(x: float, y: float, width: float, height: float, fill: str, stroke: str = "") -> str:
    line = stroke or ("#b45309" if fill.startswith("url") else "")
    size = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {size} fill="{fill}"' + (f' stroke="{line}"' if line else "") + "/>"


def _line(y: float) -> str:
    return f'<path d="M10 {y:.1f}H{WIDTH - 10}" stroke="#57606a" stroke-width="1"/>'


def _short(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#57606a">{escape(text)}</text>'
