"""What it depends on whether a step may be taken: the petition's state and the unit that asks."""

from __future__ import annotations

from dataclasses import dataclass

from models.rules.facts import CaseFacts, CaseState
from models.terms import DutyKind, DutyStatus


@dataclass(frozen=True, slots=True)
class Situation:
    """The petition as one unit stands to it."""

    state: CaseState
    facts: CaseFacts
    unit: int

    @property
    def is_first(self) -> bool:
        return self.unit == self.facts.first_unit

    @property
    def is_bureau(self) -> bool:
        return self.unit == self.facts.bureau

    @property
    def is_responsible(self) -> bool:
        return self.unit == self.state.responsible

    @property
    def is_receiver(self) -> bool:
        """Whether the matter was last transferred to this unit."""
        return bool(self.state.legs) and self.unit == self.state.legs[-1].to_unit

    @property
    def leg_status(self) -> str:
        """Of the last transfer; empty without one."""
        return self.state.legs[-1].status if self.state.legs else ""

    @property
    def may_ask(self) -> bool:
        """Whether this unit may record a request for review: whoever the petitioner can turn to."""
        return self.is_first or self.is_responsible or self.is_bureau

    def owes(self, *kinds: DutyKind) -> bool:
        """Whether this unit has an open duty of one of ``kinds``."""
        return any(duty.kind in kinds and duty.unit == self.unit for duty in self.state.open_duties)

    def open(self, kind: DutyKind) -> bool:
        """Whether anybody has an open duty of ``kind``."""
        return any(duty.kind is kind for duty in self.state.open_duties)

    def paused(self, *kinds: DutyKind) -> bool:
        """Whether a hearing stops a clock of this unit."""
        stopped = (duty for duty in self.state.duties if duty.status is DutyStatus.paused)
        return any(duty.kind in kinds and duty.unit == self.unit for duty in stopped)

    def has(self, kind: DutyKind) -> bool:
        """Whether the present assignment knows a duty of ``kind``."""
        return any(duty.kind is kind and duty.key.endswith(f":{self.state.assignment}") for duty in self.state.duties)

    def done(self, kind: DutyKind) -> bool:
        """Whether the present assignment's duty of ``kind`` was discharged."""
        key = f"{kind.value}:{self.state.assignment}"
        return any(duty.key == key and duty.status is DutyStatus.discharged for duty in self.state.duties)
