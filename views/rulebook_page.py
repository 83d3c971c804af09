"""A rulebook on screen: what is wrong with it, what it changes, a new draft from it, and its publication."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from models import rulebooks
from models.errors import DomainError, Invalid
from models.operations import publishing
from models.rules import linting, rulebook_diff
from models.rules.facts import Rulebook as Facts
from models.tables import Rulebook
from models.terms import RulebookStatus, Verb
from reports import rulebook_words
from views import crud, dates, present, registry, secure


def _lang() -> str:
    return "zh" if present.chinese() else "en"


def _before(book: Rulebook) -> Rulebook | None:
    """The published rulebook that this one follows, or would."""
    heads = list(rulebooks.heads(secure.session()))
    if book.status is RulebookStatus.published:
        heads = heads[: heads.index(book)]
    return heads[-1] if heads else None


def _facts(row: Rulebook) -> Facts:
    return rulebooks.facts(rulebooks.whole(secure.session(), row.id))


def show(row: Rulebook) -> str:
    """The record with its parts, and above it what the linter finds."""
    screen = registry.screen("rulebook")
    return render_template(
        "pages/rulebook.html",
        **crud.record(screen, row),
        findings=rulebook_words.findings(_lang(), linting.findings(_facts(row))),
        before=_before(row),
        draft=row.status is RulebookStatus.draft,
    )


def changes(pk: int) -> str:
    """What a rulebook changes against the one before it, or against another that is asked for."""
    secure.require("rulebook", Verb.list)
    row: Any = crud.row_of(registry.screen("rulebook"), pk)
    asked = request.args.get("against", "")
    given = asked.isdecimal() and len(asked) < 18
    other: Any = crud.row_of(registry.screen("rulebook"), int(asked)) if given else _before(row)
    return render_template("pages/rulebook_changes.html", row=row, before=other, told=_told(row, other))


def _told(row: Rulebook, other: Rulebook | None) -> list[rulebook_words.Told]:
    if other is None:
        return []
    return rulebook_words.differences(_lang(), rulebook_diff.changes(_facts(other), _facts(row)))


def draft(pk: int) -> Any:
    """A new draft with everything that this rulebook has."""
    actor = secure.require("rulebook", Verb.add)
    crud.row_of(registry.screen("rulebook"), pk)
    session = secure.session()
    made = publishing.draft_from(session, rulebooks.whole(session, pk), actor, datetime.now(UTC))
    session.commit()
    flash(_("This is a draft: change it and its parts, then publish it. Nothing applies before."), "success")
    return redirect(f"/admin/rulebook/show/{made.id}")


def publish(pk: int) -> Any:
    """GET: what the draft changes, and what keeps it from being published. POST: publish what was shown."""
    actor = secure.require("rulebook", Verb.edit)
    row: Any = crud.row_of(registry.screen("rulebook"), pk)
    session = secure.session()
    general: list[str] = []
    status = 200
    if request.method == "POST":
        try:
            publishing.publish(session, pk, actor, datetime.now(UTC), request.form.get("seen", ""))
            session.commit()
            flash(_("Published. From its day on this rulebook applies; it never changes again."), "success")
            if told := dates.counted_again(crud.row_of(registry.screen("rulebook"), pk)):
                flash(told, "info")
            return redirect(f"/admin/rulebook/show/{pk}")
        except Invalid as error:
            status, general = 422, [present.problem_text(problem) for problem in error.problems]
        except DomainError as error:
            status, general = 409, [present.message_of(error)]
        session.rollback()
        row = crud.row_of(registry.screen("rulebook"), pk)
    elif row.status is not RulebookStatus.draft:
        return redirect(f"/admin/rulebook/show/{pk}")
    return _publish_page(row, general), status


def _publish_page(row: Rulebook, general: list[str]) -> str:
    book, other = _facts(row), _before(row)
    obstacles = [present.problem_text(one) for one in publishing.obstacles(secure.session(), book)]
    found = linting.findings(book)
    return render_template(
        "pages/rulebook_publish.html",
        row=row,
        before=other,
        told=_told(row, other),
        findings=rulebook_words.findings(_lang(), found),
        obstacles=obstacles,
        ready=not obstacles and not linting.errors(book) and row.status is RulebookStatus.draft,
        seen=publishing.fingerprint(book),
        past=book.effective_from <= datetime.now(UTC).date(),
        general=general,
    )
