"""Bad rows: each refused with file, line, column and reason, all at once; mended, they can be loaded."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from models.errors import Conflict
from models.operations.history import load as loading
from models.operations.history import values
from models.tables import Duty, Petition, Staff, Step
from tests import ledgers
from tests.models.operations.ledger_desk import OFFICES, ROUTE_B, TRANSFER, WHOLE, Desk, P, count, step

BAD_PETITIONS: list[tuple[dict[str, str], str]] = [
    ({"channel": "pigeon"}, "channel"),
    ({"kind": ""}, "kind"),
    ({"received_at": "yesterday"}, "received_at"),
    ({"received_at": "0205-03-03 09:00", "registered_at": ""}, "received_at"),
    ({"received_at": "2026-01-01 09:00", "registered_at": ""}, "received_at"),
    ({"registered_at": "2025-03-02 09:00"}, "registered_at"),
    ({"urgent_at": "2025-03-02 09:00"}, "urgent_at"),
    ({"title": ""}, "title"),
    ({"title": "长" * 201}, "title"),
    ({"content": "a\x07b"}, "content"),
    ({"first_unit": "NONE"}, "first_unit"),
    ({"place": "长" * 201}, "place"),
    ({"petitioner": ""}, "petitioner"),
    ({"id_number": "1.10101E+17"}, "id_number"),
    ({"number": "长" * 41}, "number"),
    ({"number": ""}, "number"),
]


def test_a_bad_petition_names_its_column(books: Desk) -> None:
    for change, column in BAD_PETITIONS:
        found = books.refused([P | {"number": "good"}, P | change])
        assert {fault[:3] for fault in found} == {(0, 4, column)}, change
        assert count(books.session, Petition, Staff) == [0, 8], change


CONTRADICTIONS = [
    (step("reply", "2025-02-01 09:00", "D1", outcome="resolved"), "at"),
    (step("follow_up", "2026-02-01 09:00"), "at"),
    (step("follow_up", ""), "at"),
    (step("dance", "05 09:00"), "step"),
    (step("register", "05 09:00"), "step"),
    (step("file", "05 09:00", "NONE"), "unit"),
    (step("file", "05 09:00", number="unknown"), "number"),
    (step("file", "05 09:00", note="长" * 5001), "note"),
    (step("transfer", "05 09:00", "D2", to_unit="D1"), ""),
    (step("transfer", "05 09:00", to_unit="T1"), ""),
    (step("reply", "05 09:00", "D2", outcome="resolved"), ""),
    (step("reply", "2025-04-01 09:00", "D1", outcome="happy"), "outcome"),
    (step("inform", "05 09:00", mode="pigeon"), "mode"),
    (step("extend", "05 09:00", "D1", days="many"), "days"),
    (step("reply", "2025-04-01 09:00", "D1", outcome="explained", until="soon"), "until"),
    (step("reply", "2025-04-01 09:00", "D1", outcome="explained", until="2025-03-31"), "until"),
    (step("object", "05 09:00", "D1"), "to_unit"),
    (step("route", "05 09:00"), "outcome"),
    (step("extend", "05 09:00", "D1"), "days"),
    (step("report_urgent", "05 09:00"), "outcome"),
    (step("close", "05 09:00"), ""),
    (step("reopen", "05 09:00"), ""),
]


def test_a_contradiction_names_its_column(books: Desk) -> None:
    for row, column in CONTRADICTIONS:
        found = books.refused([P], [ROUTE_B, TRANSFER, row])
        assert {fault[:3] for fault in found} == {(1, 4, column)}, row
        assert count(books.session, Petition, Step) == [0, 0], row


def test_every_bad_row_is_told_at_once(books: Desk) -> None:
    petitions = [P | {"title": "", "channel": "pigeon"}, P | {"number": "b"}, P | {"number": "b", "title": "anders"}]
    steps = [
        step("dance", "05 09:00", "NONE"),
        step("file", "05 09:00", number="c"),
        step("file", "05 09:00", number=""),
    ]
    found = {fault[:3] for fault in books.refused(petitions, steps)}
    # the content has a line of its own: the rows stand on lines 2, 4 and 6
    assert found == {
        (0, 2, "title"),
        (0, 2, "channel"),
        (0, 6, "number"),
        (1, 2, "step"),
        (1, 2, "unit"),
        (1, 3, "number"),
        (1, 4, "number"),
    }


def test_what_may_follow_from_a_bad_row_is_no_accusation(books: Desk) -> None:
    found = books.refused([P], [ROUTE_B, TRANSFER | {"to_unit": "NONE"}, *WHOLE[2:]])
    assert found == [(1, 3, "to_unit", values.NO_UNIT)]
    assert {fault[1] for fault in books.faults if not fault[4]} == {4, 5}


def test_the_same_row_twice_counts_once(books: Desk) -> None:
    outcome = books.load([P, P], [ROUTE_B, ROUTE_B, TRANSFER])
    assert (outcome.petitions, outcome.steps, outcome.repeated) == (1, 2, 2)


def test_a_known_number_with_other_facts_is_bad(books: Desk) -> None:
    books.load([P], WHOLE)
    others = {
        "title": "anders",
        "received_at": "2025-03-03 08:00",
        "phone": "1",
        "petitioner": "李",
        "first_unit": "T2",
    }
    for name, value in others.items():
        assert {fault[2] for fault in books.refused([P | {name: value}], WHOLE)} == {name}


def test_a_known_step_with_other_particulars_is_bad(books: Desk) -> None:
    books.load([P], WHOLE)
    found = books.refused([P], [*WHOLE[:3], WHOLE[3] | {"outcome": "unable"}])
    assert [fault[:3] for fault in found] == [(1, 5, "")]


def test_a_step_that_no_longer_fits_is_refused_on_record_too(books: Desk) -> None:
    books.load([P], WHOLE)
    assert books.refused(None, [step("transfer", "2025-04-02 09:00", to_unit="D2")])[0][:2] == (1, 2)
    assert count(books.session, Step) == [6]


def test_good_petitions_are_loaded_and_the_rest_can_be_mended(books: Desk, tmp_path: Path) -> None:
    steps = [ROUTE_B, step("route", "04 09:00", number="b", outcome="A"), step("reply", "05 09:00", "D2", number="b")]
    outcome = books.load([P, P | {"number": "b"}], steps, skip_bad_rows=True)
    assert (outcome.petitions, outcome.steps, outcome.left_out, outcome.left_out_rows, outcome.bad_rows) == (
        1,
        1,
        1,
        3,
        1,
    )
    petitions, bad = books.report
    assert [row[0] for row in petitions[1:]] == ["b"]
    assert [row[-5:-2] for row in bad[1:]] == [["s.csv", "3", ""], ["s.csv", "4", ""]]
    assert "left out" in bad[1][-1]
    bad[2][bad[0].index("unit")] = "T1"
    for name, rows in (("pm.csv", petitions), ("sm.csv", bad)):
        with (tmp_path / name).open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    assert books.load(tmp_path / "pm.csv", tmp_path / "sm.csv").petitions == 1
    assert count(books.session, Petition) == [2]


def test_all_or_nothing_over_many_batches(books: Desk, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(loading, "BATCH", 5)
    rows = list(ledgers.tales(23, OFFICES))
    rows[-1][0]["kind"] = "nonsense"
    paths = ledgers.write_rows(tmp_path, rows)
    assert len(books.refused(*paths)) == 1
    assert count(books.session, Petition, Step, Duty, Staff) == [0, 0, 0, 8]
    assert books.load(*paths, skip_bad_rows=True).petitions == 22


def test_one_petition_cannot_swallow_the_machine(books: Desk) -> None:
    rows = [step("follow_up", f"05 {n // 60:02}:{n % 60:02}") for n in range(600)]
    found = books.refused([P], [ROUTE_B, TRANSFER, *rows])
    assert len(found) == 102


def test_a_number_that_somebody_registers_meanwhile_loads_nothing(books: Desk, monkeypatch: Any) -> None:
    books.load([P])
    monkeypatch.setattr(loading, "records", lambda session, numbers: {})  # as if it came after the question
    with pytest.raises(Conflict):
        books.load([P | {"number": "new"}, P])
    books.session.rollback()
    assert count(books.session, Petition) == [1]
