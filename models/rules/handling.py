"""Handling and its end: extension, pause, reply, report of the result, closing (domain §2, §4)."""

from __future__ import annotations

from models.rules.facts import StepFact
from models.rules.follow_ups import Watch
from models.rules.ground import Ground
from models.terms import Addressee, Case, CloseGround, DutyKind, DutyStatus, ReplyOutcome

_RUNNING = (DutyStatus.open, DutyStatus.paused)


class Handling(Ground):
    """The steps of the unit that is responsible, and the end of the petition."""

    # handling and its end
    def on_extend(self, step: StepFact) -> None:
        handle = self.board.duties.get(f"HANDLE:{self.assignment}")
        # art. 34: once, up to the rulebook's limit, and not after the due day: it must not heal a miss
        if handle is None or handle.status not in _RUNNING or self.extended or not step.days:
            return
        if handle.status is DutyStatus.open and step.at > handle.due.at:
            return
        self.extended = min(step.days, handle.longest)
        self._recount_handle()

    def on_pause(self, step: StepFact) -> None:
        """A hearing stops the clock, but not one that has already run out: it must not heal a miss."""
        key = self._running(step.unit)
        if key is None or not self.board.is_open(key) or step.at > self.board.duties[key].due.at:
            return
        self.board.pause(key, step.at)

    def on_resume(self, step: StepFact) -> None:
        key = self._running(step.unit)
        if key is None or not self.board.is_paused(key):
            return
        self.paused_days[key] = self.paused_days.get(key, 0) + self.board.resume(key, step.at)
        extended = self.extended if key == f"HANDLE:{self.assignment}" else 0
        self.board.recount(key, extend=extended, paused_days=self.paused_days[key])

    def _running(self, unit: int) -> str | None:
        """The duty of ``unit`` whose clock a hearing may stop: the latest of re-review, review and handling."""
        for kind in (DutyKind.RE_REVIEW, DutyKind.REVIEW, DutyKind.HANDLE):
            key = f"{kind.value}:{self.assignment}"
            duty = self.board.duties.get(key)
            if duty and duty.unit == unit and duty.status in _RUNNING:
                return key
        return None

    def _recount_handle(self) -> None:
        key = f"HANDLE:{self.assignment}"
        self.board.recount(key, extend=self.extended, paused_days=self.paused_days.get(key, 0))

    def on_reply(self, step: StepFact) -> None:
        if step.unit != self.responsible:
            return
        self._answered(step)
        self.on_resume(step)  # a reply ends a pause; else a pause never ended would hide a late reply
        self.board.discharge(f"HANDLE:{self.assignment}", step)
        self._answer_promises(step)
        first_reply = self.replied_at is None
        self.replied_at = step.at
        self._stop_watching(step)
        if self.case is Case.A and step.outcome == ReplyOutcome.explained and step.until:
            self._owe_promise(step)
        if first_reply and self.case in (Case.B, Case.D) and self._to_be_told():
            self.board.open(
                f"REPORT_RESULT:{self.assignment}",
                DutyKind.REPORT_RESULT,
                step.unit,
                step,
                step.at,
                occurrence=f"handling:{self.assignment}",
                variant=self.case.value,
            )

    def _owe_promise(self, step: StepFact) -> None:
        """§2(1): explained clearly, conditions created to solve the problem within a time limit."""
        assert step.until is not None
        self.promises += 1
        key, occurrence = f"KEEP_PROMISE:{self.promises}", f"promise:{self.promises}"
        self.board.open_promise(key, step.unit, step, step.until, occurrence=occurrence)

    def _answer_promises(self, step: StepFact) -> None:
        """A promise is met by its fulfilment only: a second one leaves the first as it is (domain §7).

        A reply that says no, or that it cannot be done, ends what was promised without meeting it.
        """
        for key in (f"KEEP_PROMISE:{n}" for n in range(1, self.promises + 1)):
            if step.outcome in (ReplyOutcome.not_supported, ReplyOutcome.unable):
                self.board.end(key, DutyStatus.lapsed, step.at)
            elif step.outcome != ReplyOutcome.explained:
                self.board.discharge(key, step)

    def _to_be_told(self) -> set[str]:
        """Report to the bureau and to the first unit; nobody reports to himself."""
        wanted = {Addressee.bureau.value, Addressee.first_unit.value}
        if self.responsible == self.facts.bureau:
            wanted.discard(Addressee.bureau.value)
        if self.responsible == self.facts.first_unit or self.facts.first_unit == self.facts.bureau:
            wanted.discard(Addressee.first_unit.value)
        return wanted

    def on_report_result(self, step: StepFact) -> None:
        """A report names no assignment: it counts for every reply that was not reported yet."""
        outcome = step.outcome or ""
        if self.facts.first_unit == self.facts.bureau:
            outcome = Addressee.bureau.value
        for n in range(1, self.assignment + 1):
            duty = self.board.duties.get(f"REPORT_RESULT:{n}")
            if duty is not None and duty.unit == step.unit and self.board.is_open(duty.key):
                self.told[n].add(outcome)
                if self._to_be_told() <= self.told[n]:
                    self.board.discharge(duty.key, step)

    def on_close(self, step: StepFact) -> None:
        """Closing heals nothing: what a ledger closed over stays owed. A withdrawal in writing ends what is owed."""
        self.closed_at = step.at
        self._stop_watching(step)
        withdrawn = step.outcome == CloseGround.withdrawn
        self.board.end_where(lambda duty: withdrawn or duty.rule is None, DutyStatus.lapsed, step.at)

    def on_merge(self, step: StepFact) -> None:
        """The matter lives on in the one first received (§1); here nothing more is owed."""
        self.closed_at = step.at
        self._stop_watching(step)
        self.board.end_where(lambda duty: True, DutyStatus.cancelled, step.at)

    def on_reopen(self, step: StepFact) -> None:
        if self.closed_at is None:
            return
        self.closed_at = None
        if self.responsible is None:  # nobody had begun to handle it: the first unit decides the case anew
            self.case, self.back_at = None, step.at
            return
        self._handle_again(step)

    def _handle_again(self, step: StepFact) -> None:
        """A new assignment of the unit that handled it last; the first unit follows it up again."""
        assert self.responsible is not None
        self._assign(self.responsible, step, start=step.at)
        if self.watches:
            self.watches.append(Watch(self.watches[-1].number, step, f"HANDLE:{self.assignment}", reopened=True))
