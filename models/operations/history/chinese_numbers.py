"""Numbers in Chinese characters, as ledgers have them: 六, 十二, 二百零三, 二〇二六."""

from __future__ import annotations

_DIGITS = {
    char: value
    for value, chars in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_UNITS = {"十": 10, "百": 100, "千": 1000}
CHARS = "".join((*_DIGITS, *_UNITS))


def number_of(text: str) -> int | None:
    """The number that ``text`` writes, in digits or in characters; None: it is none."""
    if text.isdecimal():
        return int(text)
    if not text or any(char not in CHARS for char in text):
        return None
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
