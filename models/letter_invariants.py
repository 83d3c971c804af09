"""What always holds of letters: numbered without a gap in each unit and year, each with its own paper."""

from __future__ import annotations

from sqlalchemy import Select, and_, func, or_, select

from models.tables import Attachment, Letter, Petition


def gaps() -> Select[str, str]:
    """1, 2, 3 … in each unit and year: none is left out and none was taken away."""
    series = (Letter.unit_id, Letter.year)
    counted = select(*series, func.max(Letter.serial).label("last")).where(Letter.serial.is_not(None))
    wrong = counted.group_by(*series).having(func.max(Letter.serial) != func.count(Letter.id)).subquery()
    last = and_(Letter.unit_id == wrong.c.unit_id, Letter.year == wrong.c.year, Letter.serial == wrong.c.last)
    return (
        select(Petition.number, func.coalesce(Letter.number, ""))
        .join(Letter, Letter.petition_id == Petition.id)
        .join(wrong, last)
    )


def strange_papers() -> Select[str, str]:
    """The paper is the one that was printed, of the same petition, and hides the petitioner as the letter does."""
    wrong = or_(
        Attachment.petition_id != Letter.petition_id,
        Attachment.sha256 != Letter.sha256,
        Attachment.issued.is_(False),
        Attachment.withdrawn_at.is_not(None),
        and_(Attachment.names.is_(True), Letter.names.is_(False)),
    )
    found = select(Petition.number, func.coalesce(Letter.number, "")).join(Letter, Letter.petition_id == Petition.id)
    return found.join(Attachment, Attachment.id == Letter.attachment_id).where(wrong)
