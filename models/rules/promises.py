"""A promised date (§2(1)): after the day of the reply, and no further off than the rulebook allows (domain §7)."""

from __future__ import annotations

from datetime import date, timedelta

from models.rules.facts import Refusal, Rulebook
from models.terms import N_


def refusal(until: date, replied: date, book: Rulebook, *, from_ledger: bool = False) -> Refusal | None:
    """Why the date cannot be promised in a reply of the day ``replied``; None if it can.

    Args:
        from_ledger: the past may have promised more than is allowed now, but nothing for a day that was over.
    """
    if until <= replied:
        return Refusal(N_("A promised date lies after the day of the reply."), {}, "§2(1)", "until")
    if until > replied + timedelta(days=book.promise_days) and not from_ledger:
        message = N_("A promised date lies at most %(days)s days after the reply.")
        return Refusal(message, {"days": book.promise_days}, "§2(1)", "until")
    return None
