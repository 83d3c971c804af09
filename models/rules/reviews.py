"""Review and re-review: the petitioner asks the next level up, which owes an opinion (arts. 35, 36; domain §2)."""

from __future__ import annotations

from models.rules.facts import StepFact
from models.rules.handling import Handling
from models.terms import DutyKind, ReviewOutcome


class Reviews(Handling):
    """The steps that follow when a petitioner does not accept the reply, or the review of it."""

    def on_ask_review(self, step: StepFact) -> None:
        if self.responsible is not None:
            self._owe_opinion(DutyKind.REVIEW, self.facts.superior(self.responsible), step)

    def on_ask_re_review(self, step: StepFact) -> None:
        if self.responsible is not None:
            reviewer = self.facts.superior(self.responsible)
            self._owe_opinion(DutyKind.RE_REVIEW, self.facts.superior(reviewer), step)

    def _owe_opinion(self, kind: DutyKind, unit: int, step: StepFact) -> None:
        """A matter that is reviewed is open again until the opinion is given."""
        self.closed_at = None
        self.board.open(f"{kind.value}:{self.assignment}", kind, unit, step, step.at)

    def on_review(self, step: StepFact) -> None:
        self._give_opinion(DutyKind.REVIEW, step)

    def on_re_review(self, step: StepFact) -> None:
        self._give_opinion(DutyKind.RE_REVIEW, step)

    def _give_opinion(self, kind: DutyKind, step: StepFact) -> None:
        key = f"{kind.value}:{self.assignment}"
        self.on_resume(step)  # an opinion ends a hearing
        if not self.board.is_open(key):
            return
        self.board.discharge(key, step)
        self.reviewed_at = step.at
        if step.outcome == ReviewOutcome.returned:
            self._handle_again(step)
