"""The rules in force, as a regulation in the reader's language: what each clock of the rulebook means."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template
from flask_babel import get_locale

from models import assessing
from models.terms import Verb
from models.world import world
from reports import account, regulation
from views import secure


def page() -> str:
    """The rulebook that applies to what is received now."""
    secure.require("rulebook", Verb.list)
    lang = "zh" if str(get_locale()).startswith("zh") else "en"
    book = world(secure.session()).rulebook(datetime.now(UTC))
    return render_template(
        "pages/rules.html",
        book=book,
        chapters=regulation.chapters(book, lang),
        points=regulation.points(book, lang),
        scheme=account.method(lang, {"scheme": assessing.scheme(book)}),
        counting=regulation.counting(lang),
        proofs=regulation.proofs(lang),
    )
