"""Each kind of column that SQLAlchemy knows is shown and edited, or refused by name with what to use instead."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import Column as PlainColumn
from sqlalchemy import ForeignKey, MetaData, Table, types
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.base import Instant, Pk, choice, column, several
from models.terms import Channel
from views import checks, present, registry
from views.checks import House
from views.columns import columns, kind_of
from views.fields import FIELDS, field_for
from views.listing import typed
from views.screen import Screen

# types that need arguments, or stand for a family and are no column's own
MADE: dict[str, TypeEngine[Any]] = {
    "ARRAY": types.ARRAY(types.Integer),
    "Enum": choice(Channel),
    "TupleType": types.TupleType(types.Integer),
    "Instant": Instant(),
}
FAMILIES = {"TypeEngine", "TypeDecorator", "UserDefinedType", "ExternalType", "Concatenable", "Indexable"}
FAMILIES |= {"SchemaType", "Emulated", "Variant", "NativeForEmulated", "TypeEngineMixin"}


class Apart(DeclarativeBase):
    metadata = MetaData()
    __label__ = __plural__ = "Unit"

    def __str__(self) -> str:
        return ""


class Kilos(TypeDecorator[Any]):
    impl = types.Integer
    cache_ok = True


def _types() -> list[TypeEngine[Any]]:
    kinds = {name for name, kind in vars(types).items() if isinstance(kind, type) and issubclass(kind, TypeEngine)}
    names = sorted(kinds - FAMILIES)
    return [MADE[name] if name in MADE else getattr(types, name)() for name in names] + [MADE["Instant"], Kilos()]


@pytest.mark.parametrize("type_", _types(), ids=lambda type_: type(type_).__name__)
def test_every_type_is_shown_or_refused_with_advice(type_: TypeEngine[Any]) -> None:
    try:
        kind = kind_of(type_, False)
    except LookupError as error:
        name, _colon, advice = str(error).partition(": ")
        assert name == type(type_).__name__
        assert "use" in advice or "say" in advice or "keep" in advice
    else:
        assert kind in FIELDS


def test_every_type_was_asked() -> None:
    """New releases of SQLAlchemy bring new types."""
    assert len(_types()) > 40
    refused = set()
    for type_ in _types():
        try:
            kind_of(type_, False)
        except LookupError:
            refused.add(type(type_).__name__)
    assert {"DateTime", "LargeBinary", "Interval", "ARRAY", "Uuid", "PickleType", "Kilos"} <= refused
    assert not {"Time", "Float", "JSON", "Instant", "Double", "BigInteger", "SmallInteger"} & refused


class Label(Apart):
    __tablename__ = "label"
    id: Mapped[Pk]
    name: Mapped[str] = column("Name", types.String(20))


LINKS = Table(
    "box_label",
    Apart.metadata,
    PlainColumn("box_id", ForeignKey("box.id"), primary_key=True),
    PlainColumn("label_id", ForeignKey("label.id"), primary_key=True),
)


CHEST_LINKS = Table(
    "chest_label",
    Apart.metadata,
    PlainColumn("chest_id", ForeignKey("chest.id"), primary_key=True),
    PlainColumn("label_id", ForeignKey("label.id"), primary_key=True),
)


class Box(Apart):
    __tablename__ = "box"
    id: Mapped[Pk]
    name: Mapped[str] = column("Name", types.String(20))
    bare: Mapped[list[Label]] = relationship(secondary=LINKS)


class Crate(Apart):
    __tablename__ = "crate"
    id: Mapped[Pk]
    name: Mapped[str] = column("Name", types.String(20))
    opens: Mapped[Any] = column("Kind", types.Time)
    weight: Mapped[Any] = column("Kind", types.Float)
    small: Mapped[Any] = column("Kind", types.SmallInteger)
    twice: Mapped[Any] = column("Kind", types.Integer, sqlalchemy.Computed("small * 2"))


def test_a_many_to_many_without_a_label_is_named() -> None:
    house = House(dict(registry.load()) | {"box": Screen(Box)}, House({}).tables | {"box": Box})
    found = [(one.id, one.where) for one in checks.contradictions(house)]
    assert found == [("T02", "box.bare")]
    assert "models.base.several" in str(next(checks.contradictions(house)))


class Chest(Apart):
    __tablename__ = "chest"
    id: Mapped[Pk]
    name: Mapped[str] = column("Name", types.String(20))
    labels: Mapped[list[Label]] = several("Unit", CHEST_LINKS)


def test_an_operation_that_knows_no_several_rows_is_named() -> None:
    """What a hand-made form or an operation writes would be chosen and never kept."""
    written = Screen(Chest, save=lambda session, row, values, actor: row)
    screens = dict(registry.load()) | {"chest": written, "label": Screen(Label)}
    house = House(screens, House({}).tables | {"chest": Chest, "label": Label})
    assert [(one.id, one.words) for one in checks.contradictions(house)] == [("S19", ("labels",))]


def test_several_says_its_label() -> None:
    assert several("Name", LINKS).info["console"].label == "Name"
    assert several("Name", LINKS, viewonly=True).info["console"].readonly


def test_values_of_the_new_kinds() -> None:
    known = columns(Crate)
    assert typed(known["opens"], "09:30") == dt.time(9, 30)
    assert typed(known["weight"], "1.5") == 1.5
    with pytest.raises(ValueError, match="nan"):
        typed(known["weight"], "nan")
    assert known["twice"].info.readonly
    assert present.number(1.50) == "1.5"
    assert present.number(Decimal("2.0")) == "2"
    most = field_for(known["small"]).kwargs["validators"][-1].max
    assert most == 32767
