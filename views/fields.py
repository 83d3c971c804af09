"""Column → form field: one small function per kind, with the validators that type and constraints imply."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, SmallInteger, select
from sqlalchemy.orm import defer
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FloatField,
    IntegerField,
    SelectFieldBase,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
    validators,
    widgets,
)
from wtforms import SelectField as _SelectField

from models.terms import Term
from models.world import zone
from views import limits, present, secure, titles
from views.columns import Col, columns, tables

BIGGEST = 2**31 - 1
# what a program can say exactly (2⁵³), and what the smaller column holds
WIDEST = ((SmallInteger, 2**15 - 1), (BigInteger, 2**53 - 1))
WIDE = 1e300
LONGEST = 20000  # characters of a text without a length of its own


class NoControl:
    """No control characters: a database refuses NUL, a reader sees none of them."""

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field.data, str) and any(ord(c) < 32 and c not in "\r\n\t" for c in field.data):
            raise ValidationError(gettext("This contains characters that cannot be shown."))


class TermField(_SelectField):
    """A choice among terms, shown in the reader's words."""

    def __init__(self, label: Any = None, validators: Any = None, *, terms: type[Term], blank: bool, **kw: Any) -> None:
        super().__init__(label, validators, validate_choice=False, **kw)
        self.terms, self.blank = terms, blank

    def iter_choices(self) -> Any:
        chosen = "" if self.data is None else str(self.data)
        if self.blank or not chosen:
            must = self.flags.required or (self.render_kw or {}).get("aria-required")
            yield "", gettext("Choose …") if must else "—", chosen == "", {}
        for member in self.terms:
            yield member.value, present.term(member), member.value == chosen, {}

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = self.terms(text) if text in set(self.terms) else None
        if text and self.data is None:
            raise ValueError(gettext("Choose one of the offered values."))


class LookupField(SelectFieldBase):
    """A foreign key as a remote select: renders the one chosen option, never the table."""

    widget = widgets.Select()

    def __init__(
        self, label: Any = None, validators: Any = None, *, target: str, many: bool = False, **kw: Any
    ) -> None:
        super().__init__(label, validators, **kw)
        self.target, self.many = target, many
        self.widget = widgets.Select(multiple=many)
        self.render_kw = {"data-lookup": f"/lookup/{target}"} | (self.render_kw or {})

    def process_data(self, value: Any) -> None:
        """Keys, or of several rows the rows themselves."""
        self.data = [getattr(row, "id", row) for row in value or []] if self.many else value

    def _chosen(self) -> list[int]:
        return list(self.data or []) if self.many else [self.data] if self.data else []

    def iter_choices(self) -> Any:
        chosen = self._chosen()
        if not self.many:
            yield "", "", not chosen, {}
        for key, text in texts(self.target, chosen):
            yield str(key), text, True, {}

    def has_groups(self) -> bool:
        return False

    def process_formdata(self, valuelist: list[str]) -> None:
        given = [text for text in valuelist if text.strip()]
        if any(not text.isdecimal() or len(text) > 18 for text in given):
            self.data = None
            raise ValueError(gettext("Choose one of the offered values."))
        keys = [int(text) for text in given]
        self.data = keys if self.many else keys[0] if keys else None

    def pre_validate(self, form: Any) -> None:
        chosen = self._chosen()
        if len(texts(self.target, chosen)) != len(set(chosen)):
            self.data = None
            raise ValidationError(gettext("Choose one of the offered values."))


class MomentField(DateTimeLocalField):
    """A moment, typed in the county's time; aware in Python."""

    def __init__(self, label: Any = None, validators: Any = None, **kw: Any) -> None:
        super().__init__(label, validators, format="%Y-%m-%dT%H:%M", **kw)

    def process_data(self, value: datetime | None) -> None:
        self.data = value.astimezone(zone()) if value else None

    def process_formdata(self, valuelist: list[str]) -> None:
        """A browser sends the county's time; a program may say its own offset, as the API does."""
        text = "".join(valuelist).strip()
        self.data = None
        if not text:
            return
        wrong = ValueError(gettext("This is no date with a time. Write it like 2026-03-05 09:30."))
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            raise wrong from None
        if len(text) <= len("2026-12-31") or found.year not in range(1900, 2200):  # the ends of time overflow in UTC
            raise wrong
        self.data = found if found.tzinfo else found.replace(tzinfo=zone())


class DayField(DateField):
    """A day; what is none comes back as it was typed, and the shape of one is named."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("This is no date. Write it like 2026-03-05.")) from None


def texts(target: str, keys: list[int]) -> list[tuple[int, str]]:
    """What the rows of ``target`` with these keys are called, as far as the actor may see them; one statement."""
    if not keys:
        return []
    if target == "ab_user":
        from models.accounts import User

        return [tuple(row) for row in secure.session().execute(select(User.id, User.username).where(User.id.in_(keys)))]
    table: Any = tables()[target]
    heavy = [defer(getattr(table, col.name)) for col in columns(table).values() if col.kind in ("long", "json")]
    rows = secure.session().scalars(select(table).where(table.id.in_(keys)).options(*heavy))
    return [(row.id, present.value_of(row)) for row in rows]


def _common(col: Col, required: bool) -> dict[str, Any]:
    # blanks alone are no text; of a number, zero is an answer
    must = validators.DataRequired if col.kind in ("text", "long", "sealed") else validators.InputRequired
    rules: list[Any] = [must(_l("This is required."))] if required else [validators.Optional()]
    return {
        "label": _l(col.info.label),
        "description": _l(col.info.help) if col.info.help else "",
        "validators": rules,
    }


def _text(col: Col, kw: dict[str, Any]) -> Any:
    kw["validators"] += [validators.Length(max=col.length or 200, message=_l("This is too long.")), NoControl()]
    coded = col.column is not None and (col.column.table.name, col.name) in titles.SOURCES
    kind = SourceField if coded else StringField
    return kind(**kw, filters=[_strip], render_kw={"maxlength": col.length or 200})


def _long(col: Col, kw: dict[str, Any]) -> Any:
    kw["validators"] += [validators.Length(max=LONGEST, message=_l("This is too long.")), NoControl()]
    return TextAreaField(**kw, filters=[_strip], render_kw={"rows": 5})


def _strip(value: Any) -> Any:
    return (value.strip() or None) if isinstance(value, str) else value


class SourceField(StringField):
    """Where a rule comes from; the county's own parameter stands in the reader's words, as on the record's page."""

    def _value(self) -> str:
        return titles.source(super()._value())

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([titles.source_given(text) for text in valuelist])


class JsonField(TextAreaField):
    """A value of any shape, as JSON text."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else present.json_text(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = "".join(valuelist).strip()
        try:
            self.data = json.loads(text) if text else None
        except ValueError:
            self.data = None
            raise ValueError(gettext("This is no JSON.")) from None


def _number(col: Col, kw: dict[str, Any]) -> Any:
    most = next((most for kind, most in WIDEST if isinstance(col.column.type, kind)), BIGGEST)
    kw["validators"].append(validators.NumberRange(-most, most, _l("This number cannot be right.")))
    kw["validators"] += limits.bounds(col.column)
    return IntegerField(**kw)


def _float(col: Col, kw: dict[str, Any]) -> Any:
    kw["validators"].append(validators.NumberRange(-WIDE, WIDE, _l("This number cannot be right.")))
    kw["validators"] += limits.bounds(col.column)
    return FloatField(**kw)


def _decimal(col: Col, kw: dict[str, Any]) -> Any:
    type_ = col.column.type
    most = 10 ** ((type_.precision or 9) - (type_.scale or 2)) - 1
    kw["validators"].append(validators.NumberRange(-most, most, _l("This number cannot be right.")))
    kw["validators"] += limits.bounds(col.column)
    return DecimalField(**kw, places=type_.scale)


def _bool(col: Col, kw: dict[str, Any]) -> Any:
    kw["validators"] = []  # an unticked box is an answer
    return BooleanField(**kw)


FIELDS: dict[str, Callable[[Col, dict[str, Any]], Any]] = {
    "text": _text,
    "long": _long,
    "sealed": _text,
    "number": _number,
    "decimal": _decimal,
    "float": _float,
    "bool": _bool,
    "json": lambda col, kw: JsonField(**kw, render_kw={"rows": 5, "spellcheck": "false"}),
    "time": lambda col, kw: TimeField(**kw, format=["%H:%M", "%H:%M:%S"]),
    "date": lambda col, kw: DayField(**kw),
    "instant": lambda col, kw: MomentField(**kw),
    "choice": lambda col, kw: TermField(**kw, terms=col.terms or Term, blank=col.nullable),
    "key": lambda col, kw: LookupField(**kw, target=col.target or ""),
    "many": lambda col, kw: LookupField(**kw, target=col.target or "", many=True),
}


def field_for(col: Col, changing: bool = False) -> Any:
    """The form field of a column; a new row left empty gets the column's default, a ``changing`` one must say.

    Raises:
        LookupError: no form can edit this kind.
    """
    if col.kind not in FIELDS:
        raise LookupError(f"{col.name}: {col.kind} cannot be edited in a form")
    must = required(col) or (changing and not col.nullable and not empty_is_text(col))
    return FIELDS[col.kind](col, _common(col, must))


def empty_is_text(col: Col) -> bool:
    """Whether an empty text is what a column says by itself, and so a value like any other."""
    return not col.nullable and col.kind in ("text", "long", "sealed") and col.default == ""


def required(col: Col) -> bool:
    """Whether a row cannot be without a value that somebody gives."""
    if col.column is None:  # of several rows none is an answer
        return False
    given = col.column.default is not None or col.column.server_default is not None
    return not col.nullable and not given and col.kind != "bool"


def editable(table: Any) -> tuple[str, ...]:
    """The columns that a form may edit when its screen names none."""
    known = columns(table).values()
    return tuple(c.name for c in known if c.name != "id" and not c.info.readonly and c.kind in FIELDS)
