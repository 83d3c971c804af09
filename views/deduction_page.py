"""One deduction with its proof, and the bureau's decision on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.errors import DomainError, Invalid
from models.operations import deductions
from models.operations.relief import NOT_MISSED
from models.rules.scoring import PENDING
from models.tables import Deduction, DeductionDuty, DeductionEvent
from models.terms import Role, Verb
from views import crud, present, registry, secure, titles

# what the console itself gives as a reason, as against what a person wrote
OWN_WORDS = frozenset({NOT_MISSED, deductions.ANOTHER})
DECISIONS = {"confirm": deductions.confirm, "withdraw": deductions.withdraw}


def show(row: Deduction, reason: str = "", errors: tuple[str, ...] = ()) -> str:
    """The page of one deduction; ``reason`` keeps what was typed."""
    session = secure.session()
    proofs = session.scalars(
        select(DeductionDuty).where(DeductionDuty.deduction_id == row.id).options(joinedload(DeductionDuty.duty))
    ).all()
    events = session.scalars(
        select(DeductionEvent)
        .where(DeductionEvent.deduction_id == row.id)
        .options(joinedload(DeductionEvent.staff))
        .order_by(DeductionEvent.id.desc())
    ).all()
    decides = secure.actor().has(Role.BureauOfficer) and row.status in PENDING
    return render_template(
        "pages/deduction.html",
        row=row,
        occurrence=titles.occurrence(row.occurrence),
        proofs=proofs,
        events=events,
        decides=decides,
        reason=reason,
        errors=errors,
        screen=registry.screen("deduction"),
        words=words,
    )


def words(reason: str | None) -> str:
    """A reason as the reader should see it."""
    return _(reason) if reason in OWN_WORDS else reason or ""


def decide(pk: int, decision: str) -> Any:
    """Confirm or withdraw, with a reason; a second decision is refused."""
    actor = secure.require("deduction", Verb.edit)
    if decision not in DECISIONS:
        return secure.missing()
    screen = registry.screen("deduction")
    row: Any = crud.row_of(screen, pk)
    reason = request.form.get("reason", "")
    try:
        DECISIONS[decision](secure.session(), row, actor, reason, datetime.now(UTC))
        secure.session().commit()
    except Invalid as error:
        secure.session().rollback()
        texts = tuple(present.problem_text(one) for one in error.problems)
        return show(crud.row_of(screen, pk), reason, texts), 422
    except DomainError as error:
        secure.session().rollback()
        return show(crud.row_of(screen, pk), reason, (present.message_of(error),)), 409
    flash(_("Decided."), "success")
    return redirect(f"/deduction/show/{pk}")
