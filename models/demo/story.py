"""One petition's life as a plan: who does what when. ``plays`` write it, ``build`` performs it up to now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from models.demo import phrases
from models.demo.county import BUREAU
from models.demo.pace import Pace
from models.demo.situations import Situation
from models.terms import Addressee, Case, StepKind


@dataclass(frozen=True, slots=True)
class Act:
    """A step that ``unit`` (a code) is going to take; other units in ``values`` are codes too."""

    at: datetime
    unit: str
    kind: StepKind
    values: dict[str, object]


@dataclass(slots=True)
class Story:
    """A petition to be: its matter, its units and its acts. ``lies``: somebody will leave it lying."""

    situation: Situation
    texts: dict[str, str]
    case: Case
    first: str
    owner: str
    about: str | None
    received: datetime
    registered: datetime
    urgent: bool
    lies: bool
    anonymous: bool
    pace: Pace
    names: dict[str, str]
    departments: Sequence[str]
    acts: list[Act] = field(default_factory=list)
    promised: date | None = None

    @property
    def rng(self) -> Random:
        return self.pace.rng

    @property
    def last(self) -> datetime:
        return max((act.at for act in self.acts), default=self.registered)

    def last_of(self, unit: str) -> datetime:
        """The last moment at which ``unit`` does something so far."""
        return max((act.at for act in self.acts if act.unit == unit), default=self.registered)

    def do(self, at: datetime, unit: str, kind: StepKind, **values: object) -> datetime:
        """Plan a step; returns its moment, from which the next one counts."""
        self.acts.append(Act(at, unit, kind, values))
        return at

    def inform(self, at: datetime, unit: str, outcome: str, said: str, **more: object) -> datetime:
        proof = phrases.informed(self.rng, self.pace.day(at), said, anonymous=self.anonymous)
        return self.do(at, unit, StepKind.inform, outcome=outcome, **proof, **more)

    def report(self, at: datetime, unit: str, kind: StepKind, what: str, to: Addressee | None = None) -> datetime:
        whom = {"outcome": to} if to else {}
        return self.do(at, unit, kind, how=self.rng.choice(phrases.HOWS), what=what, **whom)

    def stranger(self) -> str:
        """A department that has nothing to do with the matter."""
        known = {self.first, self.owner, self.about, BUREAU}
        return self.rng.choice([code for code in self.departments if code not in known])

    def in_order(self) -> list[Act]:
        return sorted(self.acts, key=lambda act: act.at)
