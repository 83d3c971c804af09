"""The addresses of the hand-made pages, in one table."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder

from views import (
    accountability_page,
    actions,
    assessment_page,
    attachments_page,
    calendar_page,
    case_page,
    clock_page,
    correction_page,
    deduction_page,
    freezing_page,
    handover_page,
    hearing_forms,
    hearing_many,
    hearing_page,
    history_page,
    intake_page,
    letter_page,
    long_work,
    overdue_page,
    papers_page,
    rulebook_page,
    rules_page,
    what_if_page,
    why_page,
)

PAGES: tuple[tuple[str, str, Any, tuple[str, ...]], ...] = (
    ("/petition/<int:pk>/step/<kind_name>", "step", case_page.step, ("GET", "POST")),
    ("/petition/<int:pk>/void", "petition_void", correction_page.void, ("GET", "POST")),
    ("/correction/<int:pk>/<what>", "correction_decide", correction_page.decide, ("POST",)),
    ("/petition/<int:pk>/attach", "attach", attachments_page.attach, ("POST",)),
    ("/attachment/<int:pk>/file", "attachment_file", attachments_page.file, ("GET",)),
    ("/attachment/<int:pk>/view", "attachment_view", attachments_page.view, ("GET",)),
    ("/attachment/<int:pk>/withdraw", "attachment_withdraw", attachments_page.withdraw, ("GET", "POST")),
    ("/petition/<int:pk>/letter", "letter_start", letter_page.start, ("POST",)),
    ("/letter/<int:pk>/save", "letter_save", letter_page.save, ("POST",)),
    ("/letter/<int:pk>/preview", "letter_preview", letter_page.preview, ("GET",)),
    ("/letter/<int:pk>/draft.pdf", "letter_pdf", letter_page.draft_pdf, ("GET",)),
    ("/letter/<int:pk>/discard", "letter_discard", letter_page.discard, ("POST",)),
    ("/letter/<int:pk>/deliver", "letter_deliver", letter_page.deliver, ("GET", "POST")),
    ("/letter/<int:pk>/void", "letter_void", letter_page.void, ("GET", "POST")),
    ("/petition/repeats", "repeats", intake_page.repeats, ("POST",)),
    ("/duty/<int:pk>/why", "why", why_page.why, ("GET",)),
    ("/deduction/<int:pk>/<decision>", "decide", deduction_page.decide, ("POST",)),
    ("/hearing/", "hearing", hearing_page.page, ("GET",)),
    ("/hearing/scan", "scan_now", long_work.scan, ("POST",)),
    ("/hearing/many", "hearing_many", hearing_many.page, ("POST",)),
    ("/hearing_paper/<int:pk>/file", "hearing_paper_file", hearing_forms.file, ("GET",)),
    ("/hearing_paper/<int:pk>/view", "hearing_paper_view", hearing_forms.view, ("GET",)),
    ("/accountability/<int:pk>/<decision>", "accountability_decide", accountability_page.decide, ("POST",)),
    ("/clock/", "clock", clock_page.page, ("GET", "POST")),
    ("/calendar/notice", "calendar_notice", calendar_page.page, ("GET", "POST")),
    ("/rules/", "rules", rules_page.page, ("GET",)),
    ("/rulebook/<int:pk>/changes", "rulebook_changes", rulebook_page.changes, ("GET",)),
    ("/rulebook/<int:pk>/draft", "rulebook_draft", rulebook_page.draft, ("POST",)),
    ("/rulebook/<int:pk>/publish", "rulebook_publish", rulebook_page.publish, ("GET", "POST")),
    ("/handover/<int:pk>/print", "handover_print", handover_page.printed, ("GET",)),
    ("/handover/<int:pk>/<act>", "handover_decide", handover_page.decide, ("POST",)),
    ("/overdue/", "overdue", overdue_page.page, ("GET",)),
    ("/overdue/export.csv", "overdue_export", overdue_page.export, ("GET",)),
    ("/assessment/", "assessment_now", assessment_page.this_year, ("GET",)),
    ("/assessment/<int:year>", "assessment", assessment_page.page, ("GET",)),
    ("/assessment/<int:year>/freezing", "freezing", freezing_page.page, ("GET",)),
    ("/assessment/<int:year>/freezing/<what>", "freezing_act", freezing_page.act, ("POST",)),
    ("/assessment/<int:year>/<int:revision>/manifest.json", "manifest", freezing_page.manifest, ("GET",)),
    ("/assessment/<int:year>/what-if", "what_if_ask", what_if_page.page, ("GET",)),
    ("/assessment/<int:year>/what-if", "what_if_start", what_if_page.start, ("POST",)),
    ("/what-if/<digest>", "what_if", what_if_page.result, ("GET",)),
    ("/what-if/<digest>.<any(pdf, xlsx, json):form>", "what_if_file", what_if_page.file, ("GET",)),
    ("/assessment/<int:year>/<code>", "assessment_unit", assessment_page.unit_page, ("GET",)),
    ("/import/", "import_ledger", history_page.page, ("GET", "POST")),
    ("/import/<token>", "import_preview", history_page.preview, ("GET",)),
    ("/import/<token>/load", "import_load", history_page.confirm, ("POST",)),
    ("/import/<token>/drop", "import_drop", history_page.drop, ("POST",)),
    ("/import/<token>/<part>.csv", "import_bad_rows", history_page.bad_rows, ("GET",)),
    ("/job/<int:pk>/progress", "job_progress", long_work.progress, ("GET",)),
    ("/job/<int:pk>/cancel", "job_cancel", long_work.cancel, ("POST",)),
    ("/job/<int:pk>/result", "job_result", long_work.result, ("GET",)),
    ("/act/<table>/<int:pk>/<name>", "act", actions.page, ("POST",)),
    ("/export/<table>.<form>", "export_job", long_work.export, ("POST",)),
    ("/report/year/<int:year>/all", "report_all", long_work.papers, ("POST",)),
    ("/papers/", "papers", papers_page.page, ("GET",)),
    ("/papers/kept/<int:pk>.pdf", "paper_kept", papers_page.kept_file, ("GET",)),
    ("/report/year/<int:year>.<any(pdf, xlsx):form>", "report_county", papers_page.year_paper, ("GET",)),
    ("/report/year/<int:year>/<code>.<any(pdf, xlsx):form>", "report_unit", papers_page.year_paper, ("GET",)),
    ("/report/annual/<int:year>.<any(pdf, xlsx):form>", "report_annual", papers_page.annual_paper, ("GET",)),
    ("/report/register/<day>.<any(pdf, xlsx):form>", "report_register", papers_page.register_paper, ("GET",)),
)


def register(app: Flask, builder: AppBuilder) -> None:
    """Bind every address; each page asks the matrix itself."""
    for rule, endpoint, page, methods in PAGES:
        app.add_url_rule(rule, endpoint, page, methods=list(methods))
