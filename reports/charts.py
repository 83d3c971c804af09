"""Charts as server-made SVG, the same in page and paper: presentation attributes only, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup, escape

ROW, GAP, WIDTH, LETTER = 22, 90, 640, 6.6
Bar = tuple[str, Decimal, Decimal]


def points(bars: Sequence[Bar], chinese: bool) -> Markup | None:
    """Horizontal bars of (name, final points, pending points): final filled, pending hatched. None without bars."""
    if not bars:
        return None
    title = "扣分最多的单位" if chinese else "Units with the most points"
    words = ("已定", "待定") if chinese else ("final", "pending")
    top = max(final + pending for _name, final, pending in bars) or Decimal(1)
    left = 20 + max(_wide(bar[0]) for bar in bars)
    length = max(WIDTH - left - GAP, 200.0)  # long names take from the bars: the letters keep their size on paper
    width, height = left + length + GAP, ROW * (len(bars) + 1) + 8
    parts = [_defs(title), _legend(words, left)]
    for place, bar in enumerate(bars, 1):
        parts.append(_bar(bar, left, ROW * place + 6, length / float(top)))
    size = f'viewBox="0 0 {width:.0f} {height}" width="{width:.0f}" height="{height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="Sans, sans-serif" font-size="12">'
    return Markup(head + "".join(parts) + "</svg>")


def _defs(title: str) -> str:
    hatch = '<path d="M0 6L6 0" stroke="#b45309" stroke-width="1.5"/>'
    pattern = f'<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse">{hatch}</pattern>'
    return f"<title>{escape(title)}</title><defs>{pattern}</defs>"


def _wide(text: str) -> float:
    """About how wide a text is at 12 px: Chinese characters are as wide as high."""
    return sum(12 if ord(letter) > 0x2E80 else LETTER for letter in text)


def _legend(words: tuple[str, str], x: float) -> str:
    first = f'<rect x="{x}" y="4" width="14" height="12" fill="#9f1d1d"/>{_text(x + 20, 14, words[0])}'
    second = f'<rect x="{x + 90}" y="4" width="14" height="12" fill="url(#hatch)" stroke="#b45309"/>'
    return first + second + _text(x + 110, 14, words[1])


def _bar(bar: Bar, left: float, y: int, scale: float) -> str:
    name, final, pending = bar
    done, open_ = float(final) * scale, float(pending) * scale
    label = _text(left - 8, y + 13, name, "end")
    solid = f'<rect x="{left:.1f}" y="{y}" width="{done:.1f}" height="16" fill="#9f1d1d"/>' if final else ""
    at = left + done
    hatched = (
        f'<rect x="{at:.1f}" y="{y}" width="{open_:.1f}" height="16" fill="url(#hatch)" stroke="#b45309"/>'
        if pending
        else ""
    )
    number = f"{final.normalize():f}" + (f" + {pending.normalize():f}" if pending else "")
    return label + solid + hatched + _text(at + open_ + 6, y + 13, number)


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" fill="#57606a">{escape(text)}</text>'
