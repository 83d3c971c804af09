"""Who brings what to whom: draws one petition's matter, units, people and times from its own random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from models.demo import matters_home, matters_land, matters_life
from models.demo.county import BUREAU, County, Spot
from models.demo.pace import Pace, received_at
from models.demo.people import petitioner
from models.demo.situations import TOWN, Situation, slots
from models.demo.story import Story
from models.operations.intake import PetitionerInput
from models.rules.calendar import WorkCalendar
from models.terms import Case, Channel, PetitionKind

SITUATIONS: tuple[Situation, ...] = (*matters_land.MATTERS, *matters_home.MATTERS, *matters_life.MATTERS)
_CHANNELS = ((Channel.visit, 45), (Channel.online, 25), (Channel.call, 20), (Channel.letter, 10))


@dataclass(slots=True)
class Cast:
    """One petition before it is registered: its story and who brings it, how and from where."""

    story: Story
    spot: Spot
    channel: Channel
    persons: int
    petitioners: list[PetitionerInput]


@dataclass(frozen=True, slots=True)
class Stage:
    """What all petitions of one demo share."""

    county: County
    calendar: WorkCalendar
    zone: ZoneInfo
    care: dict[str, float]
    first_day: date
    now: datetime
    seed: int
    petitions: int

    @property
    def departments(self) -> Sequence[str]:
        return [code for code in self.county.units if code.startswith("D")]


def cast(stage: Stage, index: int) -> Cast:
    """Petition ``index`` of the demo; the same for the same seed, number of petitions and moment."""
    rng = Random(f"{stage.seed}:petition:{index}")
    pace = Pace(rng, stage.calendar, stage.zone, stage.care)
    spot, situation = rng.choice(stage.county.spots), rng.choice(SITUATIONS)
    channel = rng.choices([c for c, _ in _CHANNELS], [weight for _, weight in _CHANNELS])[0]
    anonymous = channel is not Channel.visit and rng.random() < (0.5 if _accuses(situation) else 0.04)
    story = _story(stage, index, pace, situation, spot, channel, anonymous)
    persons = rng.randint(5, 60) if situation.crowd and not anonymous and rng.random() < 0.3 else 1
    people = [] if anonymous else _people(rng, spot, persons)
    return Cast(story, spot, channel, max(persons, len(people)), people)


def _accuses(situation: Situation) -> bool:
    return situation.kind is PetitionKind.accusation


def _people(rng: Random, spot: Spot, persons: int) -> list[PetitionerInput]:
    address = f"清源县{spot.town_name}{spot.name}"
    return [petitioner(rng, address) for _ in range(rng.randint(2, 5) if persons > 1 else 1)]


def _story(
    stage: Stage, index: int, pace: Pace, situation: Situation, spot: Spot, channel: Channel, anonymous: bool
) -> Story:
    rng = pace.rng
    owner = spot.town if situation.owner == TOWN else situation.owner
    about = spot.town if situation.about == TOWN else situation.about
    case = _case(rng, situation)
    first = owner if case is Case.A else _first(stage, rng, spot, owner, about, channel)
    share, recent = index / stage.petitions, index % 15 == 5
    walk_in = channel in (Channel.visit, Channel.letter)
    received = received_at(pace, stage.first_day, stage.now, share, recent, walk_in)
    return Story(
        situation=situation,
        texts=slots(rng, spot.name, spot.town_name),
        case=case,
        first=first,
        owner=owner,
        about=about,
        received=received,
        registered=_registered(pace, received, first, stage.now),
        urgent=rng.random() < (0.08 if situation.crowd else 0.02),
        lies=index == stage.petitions - 8 or _lies(stage, pace, received, owner),
        anonymous=anonymous,
        pace=pace,
        names=stage.county.names,
        departments=stage.departments,
    )


def _lies(stage: Stage, pace: Pace, received: datetime, owner: str) -> bool:
    """Careless units leave some of the newer matters lying; what is older has been dug out by now."""
    return pace.rng.random() < 0.04 * stage.care[owner] and stage.now - received < timedelta(days=150)


def _case(rng: Random, situation: Situation) -> Case:
    if _accuses(situation):
        return Case.B
    weights = {Case.A: 42, Case.B: 38}
    if situation.co:
        weights[Case.D] = 26
    if situation.legal:
        weights[Case.E] = 45
    return rng.choices(list(weights), list(weights.values()))[0]


def _first(stage: Stage, rng: Random, spot: Spot, owner: str, about: str | None, channel: Channel) -> str:
    """Whom people turn to first: their town, the bureau, or the office they think of; never the unit complained of."""
    wishes = [BUREAU, BUREAU] if about == spot.town else [spot.town] * 6 + [BUREAU] * 2
    if channel is not Channel.visit:
        wishes += [BUREAU]
    wishes += [rng.choice(stage.departments)]
    fitting = [code for code in wishes if code not in (owner, about)]
    return rng.choice(fitting or [BUREAU])


def _registered(pace: Pace, received: datetime, first: str, now: datetime) -> datetime:
    """The same working day, or, when it is forgotten, one of the next."""
    day = pace.calendar.roll(pace.day(received))
    prompt = received + timedelta(minutes=pace.rng.randint(5, 45))
    if day != pace.day(received):
        prompt = pace.at(day, 8, pace.rng.randint(30, 59))
    if pace.slips(first):
        prompt = pace.office(pace.calendar.add_working(day, pace.rng.randint(1, 4)), received)
    return prompt if prompt <= now else min(now, received + timedelta(minutes=5))
