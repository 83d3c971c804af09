"""Whoever was told leaves the evidence of a step for the vault; names that a letter brought into it are taken out."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations import sealing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BATCH = 1000
HIDDEN = "×××"

step = sa.table(
    "step",
    sa.column("id", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("evidence", sa.JSON),
    sa.column("identities", sa.Text),
)
letter = sa.table(
    "letter",
    sa.column("id", sa.BigInteger),
    sa.column("step_id", sa.BigInteger),
    sa.column("petition_id", sa.BigInteger),
    sa.column("names", sa.Boolean),
    sa.column("parts", sa.Text),
)
petitioner = sa.table("petitioner", sa.column("petition_id", sa.BigInteger), sa.column("name", sa.Text))


def _told(link: sa.Connection, last: int) -> Sequence[Any]:
    """The next notices to petitioners."""
    wanted = sa.select(step.c.id, step.c.evidence, step.c.identities).where(step.c.kind == "inform", step.c.id > last)
    return link.execute(wanted.order_by(step.c.id).limit(BATCH)).all()


def _write(link: sa.Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        changed = sa.update(step).where(step.c.id == sa.bindparam("key"))
        link.execute(changed.values(evidence=sa.bindparam("proof"), identities=sa.bindparam("sealed")), rows)


def _unname(link: sa.Connection) -> None:
    """Texts that a step took over from a letter, without the petitioners' names."""
    wanted = sa.select(letter.c.petition_id, letter.c.parts, step.c.id, step.c.evidence, step.c.identities)
    wanted = wanted.join_from(letter, step, letter.c.step_id == step.c.id).where(letter.c.names)
    for petition, parts, key, proof, sealed in link.execute(wanted).all():
        people = link.scalars(sa.select(petitioner.c.name).where(petitioner.c.petition_id == petition))
        names = [name for name in (sealing.unseal(text, link.dialect) for text in people) if len(name) > 1]
        taken = set(json.loads(sealing.unseal(parts, link.dialect) or "{}").values())
        clean = {
            name: _without(value, names) if isinstance(value, str) and value in taken else value
            for name, value in (proof or {}).items()
        }
        if clean != proof:
            _write(link, [{"key": key, "proof": clean, "sealed": sealed}])


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, HIDDEN)
    return text


def upgrade() -> None:
    op.add_column("step", sa.Column("identities", sa.Text(), nullable=True))
    link, last = op.get_bind(), 0
    while rows := _told(link, last):
        moved = []
        for key, proof, _sealed in rows:
            if proof and proof.get("told_to"):
                kept = {name: value for name, value in proof.items() if name != "told_to"}
                secret = json.dumps({"told_to": proof["told_to"]}, ensure_ascii=False)
                moved.append({"key": key, "proof": kept, "sealed": sealing.seal(secret, link.dialect)})
        _write(link, moved)
        last = rows[-1].id
    _unname(link)


def downgrade() -> None:
    link, last = op.get_bind(), 0
    while rows := _told(link, last):
        opened = [
            {"key": key, "proof": (proof or {}) | json.loads(sealing.unseal(sealed, link.dialect)), "sealed": None}
            for key, proof, sealed in rows
            if sealed
        ]
        _write(link, opened)
        last = rows[-1].id
    op.drop_column("step", "identities")
