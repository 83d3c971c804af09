"""Reference data: what administrators keep."""

from models.tables import CalendarDay, CalendarYear, Category, LedgerWord, Place, Staff, Unit
from views.dates import counted_again
from views.handover_page import asked_for
from views.screen import Related, Screen

SCREENS = (
    Screen(
        Unit,
        menu="reference",
        icon="building",
        position=1,
        list=("code", "name", "name_en", "kind", "parent_id", "active"),
        filters=("kind", "parent_id", "active"),
        order="code",
        related=(Related("staff", "unit_id"), Related("unit", "parent_id")),
    ),
    Screen(
        Staff,
        after=asked_for,
        menu="reference",
        icon="id-badge",
        position=2,
        list=("name", "unit_id", "post", "head", "since", "until"),
        filters=("unit_id", "head"),
        order="name",
    ),
    Screen(
        Place,
        menu="reference",
        icon="map-pin",
        position=3,
        list=("code", "name", "name_en", "parent_id", "active"),
        filters=("parent_id", "active"),
        order="code",
    ),
    Screen(
        Category,
        menu="reference",
        icon="tags",
        position=4,
        list=("code", "name", "name_en", "parent_id", "active"),
        filters=("active",),
        order="code",
    ),
    Screen(
        CalendarDay,
        after=counted_again,
        menu="reference",
        icon="calendar",
        position=5,
        list=("day", "kind", "name", "source"),
        filters=("kind", "day"),
        order="-day",
    ),
    Screen(
        CalendarYear,
        after=counted_again,
        menu="reference",
        icon="calendar-event",
        position=6,
        list=("year", "provisional", "version"),
        order="-year",
    ),
    Screen(
        LedgerWord,
        menu="reference",
        icon="abc",
        position=7,
        list=("field", "word", "meaning"),
        filters=("field",),
        order="word",
    ),
)
