"""Finding words in many rows. A Chinese word has two characters as a rule: too few for PostgreSQL's trigrams.

So ``WORDS`` names the columns whose pairs of neighbouring characters are indexed (GIN; ``migrations.words`` makes the
index). A word is looked up by its pairs, then compared as it is. SQLite, made for small counties, just compares.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, literal_column, or_
from sqlalchemy.orm import Session

WORDS = {"petition": ("number", "title")}
BREAK = "|"


def pairs_sql(table: str) -> str:
    """The indexed expression: all pairs, those that begin at odd places and those that begin at even ones."""
    between = f" || '{BREAK}' || "
    plain = f"lower({between.join(f'{table}.{name}' for name in WORDS[table])})"
    cut = [f"regexp_replace({text}, '(..)', '\\1{BREAK}', 'g')" for text in (plain, f"substr({plain}, 2)")]
    return f"string_to_array({between.join(cut)}, '{BREAK}')"


def pairs_of(word: str) -> list[str]:
    """The pairs that certainly stand in every text with ``word``: databases fold accented letters each in its way."""
    sure = [sign.isascii() or sign.lower() == sign.upper() for sign in word]
    folded = word.lower() if len(word.lower()) == len(word) else word
    found = (folded[i : i + 2] for i in range(len(word) - 1) if sure[i] and sure[i + 1])
    return sorted({pair for pair in found if BREAK not in pair})


def containing(session: Session, table: Any, columns: list[Any], word: str) -> ColumnElement[bool]:
    """Rows of ``table`` in which one of ``columns`` contains ``word``, every sign of it taken literally."""
    plain = or_(*(column.icontains(word, autoescape=True) for column in columns))
    name, pairs = str(table.__tablename__), pairs_of(word)
    if name not in WORDS or not pairs or session.get_bind().dialect.name != "postgresql":
        return plain
    indexed: ColumnElement[Any] = literal_column(pairs_sql(name), ARRAY(Text))
    return and_(indexed.op("@>")(bindparam(None, pairs, ARRAY(Text))), plain)
