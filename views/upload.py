"""Files in a form: several at once, each looked through before anything is recorded."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms.validators import StopValidation

from models.files import File, FileRefused, ending, examine
from models.terms import N_
from views import present, redraw
from views.redraw import Form

AGAIN = N_("The files were not kept; choose them again.")
MB = 1024**2


class PapersField(MultipleFileField):
    """Files as evidence. ``files`` holds those that were looked through; a wrong one is named beside the field."""

    def __init__(self, label: Any = None, validators: Any = None, **kw: Any) -> None:
        self.files: tuple[File, ...] = ()
        super().__init__(label, validators, **kw)
        limits = current_app.config
        kinds: dict[str, int] = limits["FILE_KINDS"]
        self.render_kw = {"accept": ",".join(kinds), "data-files-most": limits["FILES_AT_ONCE"]} | (
            self.render_kw or {}
        )
        sizes = json.dumps({known: most * MB for known, most in kinds.items()})
        self.render_kw |= {"data-file-most": sizes, "data-upload-most": limits["UPLOAD_MB"] * MB}

    def pre_validate(self, form: Any) -> None:
        given, found = self.data or [], []
        most = current_app.config["FILES_AT_ONCE"]
        if len(given) > most:
            raise StopValidation(gettext("At most %(n)s files at once.", n=most))
        for one in given:
            try:
                found.append(_examined(one.filename or "", one.stream))
            except FileRefused as error:
                self.errors = [*self.errors, present.message_of(error)]
        if self.errors:
            raise StopValidation()
        self.files = tuple(found)

    def lost(self) -> None:
        """The form is shown once more: a browser sends no file twice by itself."""
        if (self.data or redraw.files_lost()) and gettext(AGAIN) not in self.errors:
            self.errors = [*self.errors, gettext(AGAIN)]


def _examined(name: str, stream: BinaryIO) -> File:
    kinds: dict[str, int] = current_app.config["FILE_KINDS"]
    return examine(name, stream, kinds.get(ending(name), 0) * MB, kinds)


def papers(label: Any = None) -> PapersField:
    """The field as steps and intake carry it."""
    help_ = _l("PDF, OFD, pictures, Office documents, text, recordings, e-mails or a zip of these; several at once.")
    return PapersField(label or _l("Papers"), description=help_)


class PapersForm(Form):
    """Files for the petition as a whole."""

    papers = papers()
