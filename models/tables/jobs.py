"""Jobs: long work that somebody asked for; it runs outside the request and can be left and found again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, false, text
from sqlalchemy.orm import Mapped, relationship

from models.base import Base, BigId, Instant, Pk, choice, column
from models.office_terms import JobKind, JobStatus
from models.tables.staff import Staff
from models.terms import N_

LIVE = text("status IN ('queued', 'running')")


class Job(Base):
    """One piece of work. A row's ``attempt`` tells a worker that was given up apart from the one that took over."""

    __tablename__ = "job"
    __label__ = N_("Job")
    __plural__ = N_("Jobs")
    __table_args__ = (
        Index("uq_job_live", "user_id", "same", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_job_live", "status", "id", sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_job_user", "user_id", "id"),
        CheckConstraint("done >= 0 AND total >= 0", name="progress_not_negative"),
        CheckConstraint("(ended_at IS NULL) = (status IN ('queued', 'running'))", name="ended_has_moment"),
        CheckConstraint("(sha256 IS NULL) = (size IS NULL)", name="result_whole"),
    )

    id: Mapped[Pk]
    kind: Mapped[JobKind] = column(N_("Kind"), choice(JobKind))
    status: Mapped[JobStatus] = column(N_("Status"), choice(JobStatus), default=JobStatus.queued)
    user_id: Mapped[int] = column(N_("Account"), ForeignKey("ab_user.id", ondelete="CASCADE"))
    staff_id: Mapped[int | None] = column(N_("Asked for by"), ForeignKey("staff.id"))
    args: Mapped[dict[str, Any]] = column(N_("What was asked"), JSON, default=dict)
    same: Mapped[str] = column(N_("Fingerprint of what was asked"), String(64))
    lang: Mapped[str] = column(N_("Language"), String(16))
    asked_at: Mapped[datetime] = column(N_("Asked for at"), Instant)
    started_at: Mapped[datetime | None] = column(N_("Started at"), Instant)
    beat_at: Mapped[datetime | None] = column(N_("Last sign of life"), Instant)
    ended_at: Mapped[datetime | None] = column(N_("Ended at"), Instant)
    worker: Mapped[str | None] = column(N_("Worker"), String(120))
    attempt: Mapped[int] = column(N_("Attempt"), Integer, default=0)
    done: Mapped[int] = column(N_("Steps done"), Integer, default=0)
    total: Mapped[int] = column(N_("Steps in all"), Integer, default=0)
    stopping: Mapped[bool] = column(N_("Asked to stop"), default=False, server_default=false())
    message: Mapped[dict[str, Any] | None] = column(N_("Message"), JSON)
    leads_to: Mapped[str | None] = column(N_("Leads to"), String(200))
    file: Mapped[str | None] = column(N_("File"), String(120))
    media: Mapped[str | None] = column(N_("Type of the file"), String(100))
    size: Mapped[int | None] = column(N_("Size"), BigId)
    sha256: Mapped[str | None] = column(N_("SHA-256"), String(64))

    staff: Mapped[Staff | None] = relationship()

    @property
    def live(self) -> bool:
        return self.status in (JobStatus.queued, JobStatus.running)

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
