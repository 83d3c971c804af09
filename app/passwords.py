"""Which passwords are taken: long enough, and not among the first that somebody would try."""

from __future__ import annotations

from collections.abc import Iterable

from zxcvbn import zxcvbn

from models.errors import DomainError
from models.terms import N_

SHORTEST = 10
STRONG = 3  # of zxcvbn's 0 to 4: safe against who may try ten thousand times a second
MEASURED = 72  # what follows cannot make a password weaker, and takes long to look at
# what somebody would try first at this console
_OURS = ("shoujie", "首接", "xinfang", "xinfangju", "信访", "信访局", "petition", "qingyuan", "wodemima", "mima")


class WeakPassword(DomainError):
    """This password is not taken."""


def check(password: str, about: Iterable[str] = ()) -> None:
    """The rule for every password, on pages and on the command line.

    Args:
        about: names of the account, its person and its county, which somebody would try first.

    Raises:
        WeakPassword: too short, or easily guessed.
    """
    if len(password) < SHORTEST:
        raise WeakPassword(N_("A password has at least %(n)s characters."), n=SHORTEST)
    known = [*_OURS, *_pieces(about)]
    if zxcvbn(password[:MEASURED], user_inputs=known)["score"] < STRONG:
        raise WeakPassword(
            N_(
                "This password is easily guessed: common words, names, dates, rows of keys and repeats are tried first."
                " Take several words that have nothing to do with each other, or letters, digits and signs at random."
            )
        )


def _pieces(about: Iterable[str]) -> list[str]:
    """The names, and what an e-mail address is made of."""
    return [piece for text in about for piece in (text, *text.replace("@", " ").replace(".", " ").split()) if piece]
