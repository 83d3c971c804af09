"""Roles and permissions of the matrix as rows, so that the accounts' pages can name them. One command; safe twice."""

from __future__ import annotations

from sqlalchemy import Table, delete, select, tuple_
from sqlalchemy.orm import Session

from models.accounts import AccountRole, Permission, PermissionView, ViewMenu, grants
from models.operations.numbers import insert_for
from models.permissions import MATRIX
from models.terms import Role


def _ensure(session: Session, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        session.connection().execute(insert_for(session, table).values(rows).on_conflict_do_nothing())


def _ids(session: Session, table: Table) -> dict[str, int]:
    return {name: row for row, name in session.connection().execute(select(table.c.id, table.c.name))}


def sync_roles(session: Session) -> None:
    """Make ``ab_role`` and its permissions equal the matrix in a handful of statements; does not commit."""
    _ensure(session, AccountRole.__table__, [{"name": role.value} for role in Role])
    wanted = {
        (role.value, verb.value, table)
        for role, row in MATRIX.items()
        for table, verbs in row.items()
        for verb in verbs
    }
    _ensure(session, Permission.__table__, [{"name": f"can_{verb}"} for verb in sorted({w[1] for w in wanted})])
    _ensure(session, ViewMenu.__table__, [{"name": table} for table in sorted({w[2] for w in wanted})])
    verbs, tables = _ids(session, Permission.__table__), _ids(session, ViewMenu.__table__)
    pairs = sorted({(verbs[f"can_{verb}"], tables[table]) for _, verb, table in wanted})
    _ensure(session, PermissionView.__table__, [{"permission_id": p, "view_menu_id": v} for p, v in pairs])
    _grant(session, wanted, verbs, tables)


def _grant(session: Session, wanted: set[tuple[str, str, str]], verbs: dict[str, int], tables: dict[str, int]) -> None:
    link, views = session.connection(), PermissionView.__table__
    known = {(row.permission_id, row.view_menu_id): row.id for row in link.execute(select(views))}
    roles = _ids(session, AccountRole.__table__)
    target = {(roles[role], known[verbs[f"can_{verb}"], tables[table]]) for role, verb, table in wanted}
    ours = [roles[role.value] for role in Role]
    have = {
        tuple(row)
        for row in link.execute(select(grants.c.role_id, grants.c.permission_view_id).where(grants.c.role_id.in_(ours)))
    }
    _ensure(session, grants, [{"role_id": r, "permission_view_id": p} for r, p in sorted(target - have)])
    stale = sorted(have - target)
    if stale:
        key = tuple_(grants.c.role_id, grants.c.permission_view_id)
        link.execute(delete(grants).where(key.in_(stale)))
