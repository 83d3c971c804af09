"""The daily register: the petitions received on one day by unit, with numbers and no identities (domain §6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import figures
from models.terms import Channel, PetitionKind
from reports import lines, printing, words
from reports.contexts import RegisterLine, RegisterPaper
from reports.printing import PLAIN, Style

Document = dict[str, Any]
_HEADS = ("unit", "petition", "received_at", "registered_at", "channel", "kind", "persons", "urgent")


def report(session: Session, day: date, as_of: datetime, lang: str, *, county_name: str, style: Style = PLAIN) -> bytes:
    """The day as the reader may see it, as PDF/A-3 with CSV and JSON inside."""
    return printed(figures.day_book(session, day, as_of), lang, county_name, style)


def printed(document: Document, lang: str, county: str, style: Style = PLAIN) -> bytes:
    """The paper of a day's document."""
    enclosed = [
        printing.csv_file("register.csv", "The day's petitions", _csv(document)),
        printing.json_file("register.json", "The day's petitions", document),
    ]
    return printing.drawn("register.html", paper(document, lang, county), enclosed, document["as_of"], style)


def paper(document: Document, lang: str, county: str) -> RegisterPaper:
    """The contract of ``register.html``."""
    every = [one for unit in document["units"] for one in unit["petitions"]]
    channels = Counter(one["channel"] for one in every)
    return RegisterPaper(
        lang=lang,
        county=county,
        day=words.day(lang, document["day"]),
        as_of=words.day(lang, document["as_of"]),
        total=document["total"],
        units=tuple(
            (lines.name(lang, unit), tuple(_line(lang, one) for one in unit["petitions"])) for unit in document["units"]
        ),
        channels=("、" if lang == "zh" else ", ").join(
            f"{words.term(lang, one)}{'' if lang == 'zh' else ' '}{channels[one.value]}" for one in Channel
        ),
    )


def _line(lang: str, one: dict[str, Any]) -> RegisterLine:
    received = datetime.fromisoformat(one["received_at"])
    registered = datetime.fromisoformat(one["registered_at"]) if one["registered_at"] else None
    return RegisterLine(
        number=one["number"],
        received=f"{received:%H:%M}",
        registered=f"{registered:%Y-%m-%d %H:%M}" if registered else "",
        channel=words.term(lang, Channel(one["channel"])),
        kind=words.term(lang, PetitionKind(one["kind"])),
        persons=one["persons"],
        urgent=one["urgent"],
    )


def _csv(document: Document) -> Iterator[Sequence[Any]]:
    yield _HEADS
    for unit in document["units"]:
        for one in unit["petitions"]:
            values = (one[key] for key in ("received_at", "registered_at", "channel", "kind", "persons"))
            yield [unit["code"], one["number"], *values, int(one["urgent"])]
