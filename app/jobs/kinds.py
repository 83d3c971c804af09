"""The kinds of long work, each with the function that does it. A new kind: a term, its right, and a row here."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from flask import current_app

from app.jobs.task import Task, leaving
from models import supposing
from models.errors import DomainError, NotFound
from models.office_terms import JobKind
from models.operations import calendars, clock, deductions, freezing, recount
from models.operations.jobs import Outcome
from models.rules.freezing import canonical
from models.rules.notices import Day
from models.rules.supposing import Supposition
from models.terms import N_, DayKind
from reports import archive as archive_of
from reports import printing, workbook
from reports.batch import Batch
from views import drawing, exports, history_uploads, ledger_work, listing, present, registry
from views.history_uploads import Upload

NAMED = 20  # papers in one message; the archive names all
NOT_DRAWN = N_("%(count)s of %(all)s papers could not be drawn: %(names)s. The archive holds the others, and why.")
# how far the petitions of a recount are counted beforehand, for its progress
MOST_COUNTED = 100_000
MEDIA = {
    "pdf": "application/pdf",
    "zip": "application/zip",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def papers(task: Task) -> Outcome:
    """The county's paper and each unit's that is open to the actor, in one archive; the year is read once."""
    year, lang = int(task.args["year"]), "zh" if task.lang.startswith("zh") else "en"
    county = printing.county(current_app.config, lang)
    name, style, now = f"assessment-{year}-{lang}.zip", printing.style(current_app.config), datetime.now(UTC)
    printed = Batch(task.session, task.actor, year, lang, county, style, now)
    with leaving(name, MEDIA["zip"]) as draft, zipfile.ZipFile(draft.file, "w", zipfile.ZIP_STORED) as archive:
        failed = archive_of.write(archive, printed.papers(), lambda done: task.heard(done, printed.total))
        archive.writestr(f"{year}-{lang}.xlsx", workbook.body(printed.sheets(), lang))
        if failed:
            rows = (f"{one}: {present.message_of(error)}\n" for one, error in failed)
            archive.writestr("NOT-DRAWN.txt", "\ufeff" + "".join(rows))
    printed.keep(task.session)
    if not failed:
        return draft.outcome
    names = ", ".join(one for one, _error in failed[:NAMED]) + (" …" if len(failed) > NAMED else "")
    warning = DomainError(NOT_DRAWN, count=len(failed), all=printed.total, names=names)
    return replace(draft.outcome, warning=warning)


def paper(task: Task) -> Outcome:
    """One paper for its reader, as its address would hand it out."""
    order = drawing.order_of(task.args)
    body, name = drawing.made(order, task.heard)
    with leaving(name, MEDIA[order.form]) as draft:
        draft.file.write(body)
    return draft.outcome


def export(task: Task) -> Outcome:
    """A filtered list as CSV or XLSX, row by row."""
    screen, form = registry.screen(task.args["table"]), task.args["format"]
    asked = listing.read(screen, task.args["query"])
    total = exports.size(screen, asked)

    def rows() -> Iterator[list[Any]]:
        for done, row in enumerate(exports.cells(screen, asked, typed=form == "xlsx")):
            if done % exports.AT_ONCE == 0:
                task.heard(done, total)
            yield row

    with leaving(f"{screen.name}.{form}", MEDIA[form]) as draft:
        exports.write(form, rows(), draft.file, screen.name)
    return draft.outcome


def freeze(task: Task) -> Outcome:
    """Freeze a year, or make its next revision; done twice, the second finds it done and is refused."""
    year = int(task.args["year"])
    clock.believe(task.session, datetime.now(UTC))
    act = freezing.freeze if task.args["act"] == "freeze" else freezing.revise
    act(task.session, year, task.actor, task.args["reason"], datetime.now(UTC))
    return Outcome(f"/assessment/{year}")


def scan(task: Task) -> Outcome:
    """Propose a deduction for every missed duty and move on what time has decided; done twice, it adds nothing."""
    clock.believe(task.session, datetime.now(UTC))
    deductions.scan(task.session, datetime.now(UTC))
    return Outcome("/deduction/list/?status=proposed")


def recounted(task: Task) -> Outcome:
    """Count due dates again after the reference data changed; once more if it changed meanwhile."""
    total = recount.affected(task.session, datetime.now(UTC), MOST_COUNTED)
    while recount.is_due(task.session):
        recount.recount(task.session, datetime.now(UTC), task.args["reason"], lambda done: task.heard(done, total))
    return Outcome("/admin/calendar_day/")


def calendar(task: Task) -> Outcome:
    """Make a year's calendar that of its notice and count once; done twice, it changes nothing."""
    days = [Day(date.fromisoformat(day), DayKind(kind), name) for day, kind, name in task.args["days"]]
    now, year = datetime.now(UTC), int(task.args["year"])
    calendars.announce(task.session, year, days, task.args["source"], now, lambda done: task.heard(done, MOST_COUNTED))
    return Outcome("/admin/calendar_day/")


def what_if(task: Task) -> Outcome:
    """A year under a supposition; what comes out is kept as JSON, its page leads on to paper and workbook."""
    year, what = int(task.args["year"]), Supposition.of(task.args["supposed"])
    found = supposing.suppose(task.session, year, datetime.now(UTC), what, task.heard)
    with leaving(f"what-if-{year}.json", "application/json") as draft:
        draft.file.write(canonical(found).encode())
    return replace(draft.outcome, leads_to=f"/what-if/{draft.outcome.sha256}")


def import_check(task: Task) -> Outcome:
    """Do all that a ledger asks for and take it back; leads to the page that shows what would be loaded."""
    return _ledger(task, lambda upload, heard: ledger_work.check(upload, task.actor.staff_id, heard))


def import_load(task: Task) -> Outcome:
    """Load the files that were checked. Loaded twice, a ledger changes nothing."""
    skip = bool(task.args.get("skip"))
    return _ledger(task, lambda upload, heard: ledger_work.load_checked(upload, task.actor.staff_id, skip, heard))


def _ledger(task: Task, work: Callable[[Upload, Callable[[float], None]], None]) -> Outcome:
    upload = history_uploads.find(task.args["token"], task.actor.user_id)
    if upload is None:
        raise NotFound(N_("The files are not here any more; send them again."))
    try:
        work(upload, lambda share: task.heard(int(share * 1000), 1000))
    except DomainError:
        if not upload.checked:  # there is nothing to show or to mend
            upload.drop()
        raise
    return Outcome(f"/import/{upload.token}")


WORK: Mapping[JobKind, Callable[[Task], Outcome]] = {
    JobKind.papers: papers,
    JobKind.paper: paper,
    JobKind.export: export,
    JobKind.freeze: freeze,
    JobKind.import_check: import_check,
    JobKind.import_load: import_load,
    JobKind.what_if: what_if,
    JobKind.scan: scan,
    JobKind.recount: recounted,
    JobKind.calendar: calendar,
}
