"""What people type into free text and should think of before they send it: names, phone and ID numbers (domain §6).

Pointed out, never refused: a text may have to name somebody. A name is compared only for a writer who may know it;
else the answer would tell, guess by guess, who brought an accusation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from models.letters.leaks import Person, names_in, numbers_of
from models.terms import N_

NAMED = N_("A petitioner's name stands here; everybody who reads the matter will read it.")
PHONE = N_("This looks like a phone number; everybody who reads the matter will read it.")
ID = N_("This looks like an ID number; everybody who reads the matter will read it.")
_BETWEEN = re.compile("(?<=[0-9])[\\s\\-‐‑–—·.．\u200b\u200c\u200d\ufeff]+(?=[0-9X])")
_MOBILE = re.compile("(?<![0-9])(?:(?:00)?86)?1[3-9][0-9]{9}(?![0-9])")
_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_NEW, _OLD = f"(?:19|20)[0-9]{{2}}{_DAY}[0-9]{{3}}[0-9X]", f"[0-9]{{2}}{_DAY}[0-9]{{3}}"
_ID = re.compile(f"(?<![0-9])[1-9][0-9]{{5}}(?:{_NEW}|{_OLD})(?![0-9X])")


def pointed_out(text: str, people: Iterable[Person], *, knows: bool) -> tuple[str, ...]:
    """What stands in ``text`` that says who somebody is, as messages; ``knows``: the writer may know ``people``."""
    persons = list(people) if knows else []
    folded = unicodedata.normalize("NFKC", text).upper()
    digits = _BETWEEN.sub("", folded)
    found = []
    if names_in(text, persons):
        found.append(NAMED)
    phone, number = numbers_of(text, persons)
    if number or _ID.search(digits):
        found.append(ID)
    elif phone or _MOBILE.search(digits):
        found.append(PHONE)
    return tuple(found)
