"""The demo's stock of matters: enough of them, every slot filled, every code known."""

from __future__ import annotations

from random import Random

from models.demo.casting import SITUATIONS
from models.demo.county import DEPARTMENTS, TOWNS
from models.demo.situations import TOWN, slots
from models.reference import CATEGORIES
from models.terms import PetitionKind

DEPARTMENT_CODES = {f"D{number:02}" for number in range(1, len(DEPARTMENTS) + 1)}


def test_there_are_many_and_every_category_has_some() -> None:
    assert len(SITUATIONS) >= 40
    assert len({situation.title for situation in SITUATIONS}) == len(SITUATIONS)
    assert {situation.category for situation in SITUATIONS} == {code for code, _, _ in CATEGORIES}
    assert {situation.kind for situation in SITUATIONS} == set(PetitionKind)


def test_texts_have_all_their_slots_and_fit() -> None:
    filled = slots(Random(1), "柳林村", "柳林镇")
    for situation in SITUATIONS:
        texts = [text.format_map(filled) for text in (situation.title, situation.content, situation.answer)]
        assert not any("{" in text or "}" in text for text in texts)
        assert len(texts[0]) <= 60


def test_units_are_known_and_nobody_judges_himself() -> None:
    for situation in SITUATIONS:
        named = {situation.owner, *situation.co, *([situation.about] if situation.about else [])}
        assert named <= DEPARTMENT_CODES | {TOWN}
        assert situation.owner not in situation.co
        assert situation.about != situation.owner
        assert (situation.kind is PetitionKind.accusation) is (situation.about is not None)


def test_the_county_has_its_size() -> None:
    assert (len(TOWNS), len(DEPARTMENTS)) == (15, 30)
    assert all(4 <= len(villages.split()) <= 6 for _, _, villages in TOWNS)
