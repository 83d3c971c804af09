"""rulebook list, show, diff, lint, publish: the county's scheme, drafts and published versions."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app.cli import fail, inside, reading
from models import assessing, rulebooks
from models.errors import DomainError, Invalid
from models.rules import linting, rulebook_diff
from models.rules.facts import Rulebook as Facts
from models.tables import Rulebook
from reports import rulebook_words
from reports.words import gettext_for, term

VERSION = click.argument("version")
LANG = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Of the words.")
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")


@click.group("rulebook")
def rulebook() -> None:
    """The rulebooks: what they say, what they change, whether they are sound; and publish a draft."""


def _head(row: Rulebook) -> dict[str, Any]:
    at = row.published_at.isoformat() if row.published_at else None
    by = row.published_by.name if row.published_by else None
    head = {"version": row.version, "title": row.title, "status": row.status.value}
    return head | {"effective_from": row.effective_from.isoformat(), "published_at": at, "published_by": by}


@rulebook.command("list")
@JSON
@reading
def list_all(session: Session, as_json: bool) -> None:
    """Every rulebook, the newest first."""
    from sqlalchemy import select

    rows = session.scalars(select(Rulebook).order_by(Rulebook.effective_from.desc(), Rulebook.id.desc())).all()
    if as_json:
        click.echo(json.dumps({"rulebooks": [_head(row) for row in rows]}, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row.version:12}  {row.status.value:9}  {row.effective_from}  {row.title}")


@rulebook.command("show")
@VERSION
@LANG
@JSON
@reading
def show(session: Session, version: str, lang: str, as_json: bool) -> None:
    """What a rulebook says."""
    row = rulebooks.named(session, version)
    book = rulebooks.facts(row)
    if as_json:
        clocks = [asdict(clock) for clock in book.clocks]
        click.echo(json.dumps(_head(row) | assessing.scheme(book) | {"clocks": clocks}, ensure_ascii=False))
        return
    empty = Facts(0, "", book.effective_from, (), {}, book.base, book.floor)
    click.echo(f"{row.version}  {term(lang, row.status)}  {row.effective_from}  {row.title}")
    click.echo(f"{gettext_for(lang)('Base score')}: {book.base}; {gettext_for(lang)('Floor')}: {book.floor}")
    for told in rulebook_words.contents(lang, rulebook_diff.changes(empty, book))[1:]:
        click.echo(f"{told.place}: {told.text}")


@rulebook.command("diff")
@click.argument("before")
@click.argument("after")
@LANG
@JSON
@reading
def diff(session: Session, before: str, after: str, lang: str, as_json: bool) -> None:
    """What AFTER changes against BEFORE."""
    books = [rulebooks.facts(rulebooks.named(session, version)) for version in (before, after)]
    told = rulebook_words.differences(lang, rulebook_diff.changes(*books))
    if as_json:
        lines = [{"part": one.place, "change": one.text} for one in told]
        click.echo(json.dumps({"before": before, "after": after, "changes": lines}, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one.place}: {one.text}")
    if not told:
        click.echo("Nothing differs but the version.")


@rulebook.command("lint")
@VERSION
@LANG
@JSON
@reading
def lint(session: Session, version: str, lang: str, as_json: bool) -> None:
    """Errors and warnings, each with its place; exit 1 if there is an error."""
    found = linting.findings(rulebooks.facts(rulebooks.named(session, version)))
    told = rulebook_words.findings(lang, found)
    if as_json:
        lines = [
            {"gravity": one.gravity.value, "where": line.place, "finding": line.text}
            for one, (_word, line) in zip(found, told, strict=True)
        ]
        click.echo(json.dumps({"version": version, "findings": lines}, ensure_ascii=False))
    else:
        for word, line in told:
            click.echo(f"{word}  {line.place}: {line.text}")
        if not found:
            click.echo(f"{version}: nothing found.")
    if bad := sum(one.gravity == "error" for one in found):
        fail(f"{version}: {bad} errors; a rulebook with errors cannot be published.")


@rulebook.command("publish")
@VERSION
@LANG
@click.option("--yes", is_flag=True, help="Do it; without, only its changes are shown.")
@JSON
@inside
def publish(version: str, lang: str, yes: bool, as_json: bool) -> None:
    """Show what a draft changes; with --yes publish it for good. Due dates follow with the next scan or recount."""
    from app.extensions import db
    from models.operations import publishing
    from models.operations.freezing import by_command

    session = db.session()
    row = rulebooks.named(session, version)
    others = [rulebooks.facts(one) for one in rulebooks.published(session) if one.id != row.id]
    book = rulebooks.facts(row)
    told = rulebook_words.differences(lang, rulebook_diff.changes(others[-1], book)) if others else []
    if yes:
        try:
            row = publishing.publish(session, row.id, by_command(), datetime.now(UTC), publishing.fingerprint(book))
        except Invalid as error:
            raise DomainError(" ".join(problem.message for problem in error.problems)) from error
        session.commit()
    if as_json:
        lines = [{"part": one.place, "change": one.text} for one in told]
        click.echo(json.dumps(_head(row) | {"changes": lines}, ensure_ascii=False))
        return
    for one in told:
        click.echo(f"{one.place}: {one.text}")
    click.echo(f"{version} is published." if yes else f"{version} is a draft still: say --yes to publish it.")
