"""How a due date was counted, in sentences: from the duty's stored trace (domain §3), never counted anew."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from models.tables import Duty
from models.terms import DutyKind, Measure
from views import present

# their date was named by a step or follows from the period's number; it was not counted
NAMED = frozenset({DutyKind.KEEP_PROMISE, DutyKind.FOLLOW_UP})


def sentences(duty: Duty) -> list[str]:
    """What a reader can check with a calendar in hand; empty without a trace."""
    trace: dict[str, Any] = duty.trace or {}
    if not trace or trace.get("raw") is None:
        return []
    if duty.kind in NAMED:
        return [_("This date was not counted: it is the promised day, or the last day of the period.")]
    if duty.measure is Measure.hours:
        end = present.fmt_time(duty.due_at)
        return [_("%(n)s hours around the clock end on %(end)s.", n=trace["amount"], end=end)]
    if not (trace["amount"] or trace.get("extension") or trace.get("paused") or trace["raw"] != trace["rolled"]):
        return [_("It is due on the day of the event itself.")]
    start, raw, due = (present.fmt_date(trace[name]) for name in ("start", "raw", "rolled"))
    text = _("%(start)s is day zero.", start=start)
    unit = present.term(duty.measure)
    found = [text, _("%(n)s %(unit)s end on %(raw)s.", n=trace["amount"], unit=unit, raw=raw)]
    more = (trace.get("extension") or 0) + (trace.get("paused") or 0)
    if more:
        found[1] = _(
            "%(n)s %(unit)s and %(more)s added days end on %(raw)s.", n=trace["amount"], unit=unit, more=more, raw=raw
        )
    if trace["raw"] != trace["rolled"]:
        found.append(_("That is no working day, so it moves on to %(due)s.", due=due))
    return found


def calendar(version: str | None) -> str:
    """``2026/1 2027/1``: which version of each year's calendar was read."""
    parts = [part.partition("/") for part in (version or "").split()]
    texts = [_("%(year)s (version %(n)s)", year=year, n=n) if n else year for year, _slash, n in parts]
    return (_(", ")).join(texts)
