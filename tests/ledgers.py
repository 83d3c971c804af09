"""Ledgers of the past for tests and measurements: the same seed writes the same files.

``python -m tests.ledgers --petitions 20000 --out DIR`` writes petitions.csv and steps.csv for the demo county's units.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from models.operations.history.columns import PETITIONS, STEPS

HEADS = ([column.name for column in PETITIONS], [column.name for column in STEPS])
DAY = timedelta(days=1)
START, END = (datetime(*day, tzinfo=ZoneInfo("Asia/Shanghai")) for day in ((2024, 3, 1, 8), (2025, 12, 30)))
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Offices:
    """Codes of the units that the ledger speaks of, and of places (may be none)."""

    bureau: str
    towns: tuple[str, ...]
    departments: tuple[str, ...]
    places: tuple[str, ...] = ()


DEMO = Offices("XFJ", ("T01", "T02", "T03", "T04", "T05"), ("D01", "D02", "D03", "D04", "D05", "D06"))


@dataclass(slots=True)
class Tale:
    """One petition being made up: some steps come late, some not at all."""

    rng: Random
    offices: Offices
    number: str
    received: datetime
    first: str
    rows: list[Row] = field(default_factory=list)
    at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.at = self.received

    def step(self, step: str, unit: str, within: float, missing: float = 0.06, /, **more: Any) -> bool:
        """Write a step ``within`` days, seven times as late now and then; False if it was never done."""
        late = 7 if self.rng.random() < 0.1 else 1
        self.at += timedelta(hours=round(24 * within * late * self.rng.random(), 1) + 0.1)
        if self.rng.random() < missing or self.at > END:
            return False
        told = {"number": self.number, "step": step, "at": written(self.at), "unit": unit}
        self.rows.append(told | {name: str(value) for name, value in more.items()})
        return True

    def department(self) -> str:
        """Another department than the first unit."""
        return self.rng.choice([code for code in self.offices.departments if code != self.first])

    def report(self, unit: str) -> None:
        for addressee in ("bureau", "first_unit"):
            self.step("report_result", unit, 2, outcome=addressee)


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")


def _case_a(tale: Tale) -> None:
    tale.step("route", tale.first, 1, 0.02, outcome="A")
    tale.step("inform", tale.first, 10, outcome="accepted", mode="written")
    if tale.rng.random() < 0.15:
        tale.step("extend", tale.first, 5, 0, days=20)
    if not tale.step("reply", tale.first, 60, 0.1, outcome=tale.rng.choice(("resolved", "not_supported", "unable"))):
        return
    if tale.rng.random() < 0.2:
        until = (tale.at + 30 * DAY).strftime("%Y-%m-%d")
        tale.step("reply", tale.first, 1, 0, outcome="explained", until=until)
        tale.step("reply", tale.first, 40, outcome="resolved")
    tale.step("close", tale.first, 5, 0.4)


def _case_b(tale: Tale) -> None:
    tale.step("route", tale.first, 1, 0.02, outcome="B")
    receiver = tale.department()
    if not tale.step("transfer", tale.first, 3, 0.08, to_unit=receiver, mode=tale.rng.choice(("written", "phone"))):
        return
    if tale.first != tale.offices.bureau:
        tale.step("file", tale.first, 2)
    if tale.rng.random() < 0.15:
        other = tale.department()
        tale.step("object", receiver, 3, 0, to_unit=other, note="不属我单位职责")
        ruling = tale.rng.choice(("uphold", "reject"))
        tale.step(ruling, tale.offices.bureau, 3, 0)
        if ruling == "uphold":
            receiver = other
            tale.step("transfer", tale.first, 3, 0, to_unit=receiver, mode="written")
    elif tale.rng.random() < 0.8:
        tale.step("acknowledge", receiver, 4)
    tale.step("inform", tale.first, 2, outcome="transferred", mode="oral")
    tale.step("inform", receiver, 10, outcome="accepted", mode="written")
    for _ in range(tale.rng.randint(0, 3)):
        tale.step("follow_up", tale.first, 15, note="电话了解办理进度")
    if tale.step("reply", receiver, 40, 0.1, outcome="resolved"):
        tale.report(receiver)
        tale.step("close", tale.first, 5, 0.4)


def _case_d(tale: Tale) -> None:
    tale.step("route", tale.first, 1, 0.02, outcome="D")
    if tale.first != tale.offices.bureau:
        tale.step("report_multi", tale.first, 3)
    lead = tale.department()
    tale.step("designate", tale.offices.bureau, 5, 0, to_unit=lead)
    tale.step("inform", tale.first, 5, outcome="led_by", mode="written")
    tale.step("convene", lead, 5)
    if tale.rng.random() < 0.1:
        tale.step("pause", lead, 5, 0, note="听证")
        tale.step("resume", lead, 20, 0)
    for _ in range(tale.rng.randint(0, 3)):
        tale.step("follow_up", tale.first, 15)
    if tale.step("reply", lead, 40, 0.1, outcome="resolved"):
        tale.report(lead)
        if tale.step("close", tale.first, 5, 0.4) and tale.rng.random() < 0.3:
            tale.step("reopen", tale.first, 20, 0)


def _case_e(tale: Tale) -> None:
    tale.step("route", tale.first, 1, 0.02, outcome="E")
    if tale.step("inform", tale.first, 12, outcome="legal_route", mode="written"):
        tale.step("close", tale.first, 3, 0.3)


_CASES: tuple[tuple[Callable[[Tale], None], float], ...] = (
    (_case_a, 0.3),
    (_case_b, 0.45),
    (_case_d, 0.15),
    (_case_e, 0.1),
)


def tales(
    count: int, offices: Offices, seed: int = 1, start: datetime | None = None
) -> Iterator[tuple[Row, list[Row]]]:
    """Petition after petition: its row, and the rows of its steps."""
    for index in range(count):
        rng = Random(f"{seed}/{index}")
        received = START + timedelta(minutes=rng.randrange(365 * 24 * 60))
        first = rng.choice((*offices.towns, *offices.towns, *offices.departments, offices.bureau))
        tale = Tale(rng, offices, f"L{seed}-{index:06}", received, first)
        urgent = rng.random() < 0.1
        if urgent:
            for whom in ("unit_leader", "leader_in_charge", "bureau")[: 2 if first == offices.bureau else 3]:
                tale.step("report_urgent", first, 0.1, outcome=whom)
        rng.choices([play for play, _ in _CASES], [weight for _, weight in _CASES])[0](tale)
        yield _petition(tale, urgent), tale.rows


def _petition(tale: Tale, urgent: bool) -> Row:
    rng = tale.rng
    registered = "" if rng.random() < 0.03 else written(tale.received + timedelta(hours=rng.choice((0, 1, 2, 30))))
    person = rng.randrange(10**8)
    return {
        "number": tale.number,
        "received_at": written(tale.received),
        "registered_at": registered,
        "channel": rng.choice(("visit", "letter", "call", "online")),
        "kind": rng.choice(("suggestion", "accusation", "request", "request")),
        "title": f"反映第{tale.number}号事项",
        "content": "村道多年失修，雨天积水，老人孩子出行困难，请求尽快修缮。" * rng.randint(1, 4),
        "place": rng.choice(tale.offices.places) if tale.offices.places and rng.random() < 0.8 else "",
        "petitioner": "匿名" if rng.random() < 0.05 else f"测试{person:08}",
        "phone": f"000{person:08}" if rng.random() < 0.8 else "",
        "id_number": f"000000{person:08}0000" if rng.random() < 0.5 else "",
        "first_unit": tale.first,
        "first_receiver": f"王{rng.randrange(20)}" if rng.random() < 0.9 else "",
        "urgent_at": written(tale.received) if urgent else "",
    }


def write_rows(out: Path, rows: Iterable[tuple[Row, list[Row]]]) -> tuple[Path, Path]:
    """petitions.csv and steps.csv in ``out``; the rows stand in the order in which they were made up."""
    paths = out / "petitions.csv", out / "steps.csv"
    with (
        paths[0].open("w", encoding="utf-8", newline="") as one,
        paths[1].open("w", encoding="utf-8", newline="") as two,
    ):
        writers = [csv.DictWriter(file, heads) for file, heads in zip((one, two), HEADS, strict=True)]
        for writer in writers:
            writer.writeheader()
        for petition, steps in rows:
            writers[0].writerow(petition)
            writers[1].writerows(steps)
    return paths


def write(out: Path, count: int, offices: Offices = DEMO, seed: int = 1) -> tuple[Path, Path]:
    """The files of ``count`` made-up petitions."""
    return write_rows(out, tales(count, offices, seed))


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--petitions", type=int, default=20000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path, required=True)
    given = asked.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    print(*write(given.out, given.petitions, seed=given.seed))
