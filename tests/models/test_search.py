"""The index of pairs finds what a plain comparison finds, and nothing else; the queries do use it."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from migrations.words import INDEX
from models.access import all_rows
from models.search import containing, pairs_of, pairs_sql
from models.tables import Petition
from tests.models.operations.test_steps import taken

pytestmark = pytest.mark.both_databases

TITLES = ("征收补偿未兑现", "收征", "a|b工资|c", "ÉCOLE école", "𠮷野家😀店", "100%_x", "İstanbul", "Straße", "工 资")
ASKED = (
    "征收",
    "收补偿",
    "工资",
    "b工",
    "|b",
    "a|b",
    "école",
    "ÉCOLE",
    "cole",
    "𠮷野",
    "😀店",
    "0%_",
    "st",
    "ße",
    "工 ",
)
ASKED += ("资", "\\'", "无此", "ISTAN", "ｘ", "2025", "征")


@pytest.mark.parametrize("word", ASKED)
def test_pairs_change_nothing_in_what_is_found(county: Any, word: str) -> None:
    session: Session = county.session
    for title in TITLES:
        taken(county).title = title
    session.flush()
    columns = [Petition.number, Petition.title]
    plain = select(Petition.title).where(Petition.number.icontains(word, autoescape=True))
    plain = plain.union(select(Petition.title).where(Petition.title.icontains(word, autoescape=True)))
    with all_rows():
        found = session.scalars(select(Petition.title).where(containing(session, Petition, columns, word))).all()
        assert sorted(found) == sorted(session.scalars(plain).all())


def test_pairs_of_a_word() -> None:
    assert pairs_of("征收补") == ["征收", "收补"]
    assert pairs_of("aB") == ["ab"]
    assert [pairs_of(word) for word in ("征", "", "É我", "a|")] == [[], [], [], []]


def test_the_index_is_the_expression_of_the_query(county: Any) -> None:
    """On PostgreSQL: else every search reads every petition."""
    if county.session.get_bind().dialect.name == "sqlite":
        assert "".join(pairs_sql("petition").split()) in "".join(
            import_module("migrations.versions.0001_everything").WORDS.split()
        )
        return
    county.session.execute(text("SET enable_seqscan = off"))
    wanted = select(Petition.id).where(containing(county.session, Petition, [Petition.title], "征收"))
    compiled = wanted.compile(county.session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(county.session.execute(text(f"EXPLAIN {str(compiled).replace(':', chr(92) + ':')}")).scalars())
    assert INDEX in plan
