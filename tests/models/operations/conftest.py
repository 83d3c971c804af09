"""A county with accounts, and the desk at which ledgers are loaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models.tables import Place
from tests import factories
from tests.models.operations.ledger_desk import Desk


@pytest.fixture
def seat(session: Session) -> Session:
    """Bureau, towns T1 and T2, departments D1 and D2, one place; committed."""
    factories.county(session)
    session.add(Place(code="P1", name="城关镇", active=True))
    session.commit()
    return session


@pytest.fixture
def books(seat: Session, tmp_path: Path) -> Desk:
    return Desk(seat, tmp_path)
