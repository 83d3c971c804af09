"""Characters that nobody sees and that turn a text round: taken out of every text on its way in, and told."""

from __future__ import annotations

import re

# direction marks and overrides, zero-width blanks and joiners, soft hyphens, fillers, tags
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_BREAKS = re.compile("[\u2028\u2029\u0085]")
_JOINERS = "\u200c\u200d"


def has_hidden(text: str) -> bool:
    """Whether ``cleaned`` would take something out."""
    return cleaned(text) != text


def cleaned(text: str) -> str:
    """``text`` without the characters that cannot be seen; a joiner stays where it shapes what is seen.

    Kept are the joiners inside emoji and between letters of scripts that are joined (Uyghur, Kazakh, Mongolian), and
    variation selectors, which choose the form of a rare character in a name.
    """
    if text.isascii():
        return text
    return _HIDDEN.sub(lambda found: found[0] if _shapes(text, found.start()) else "", _BREAKS.sub("\n", text))


def _shapes(text: str, at: int) -> bool:
    if text[at] not in _JOINERS or not 0 < at < len(text) - 1:
        return False
    before, after = text[at - 1], text[at + 1]
    emoji = text[at] == "\u200d" and all(char >= "\u2190" and not char.isalnum() for char in (before, after))
    return emoji or all("\u0600" <= char <= "\u18af" and char.isalpha() for char in (before, after))
