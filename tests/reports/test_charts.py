"""Charts: what is drawn lies within the drawing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from reports import charts

BARS = [("县人力资源和社会保障局", Decimal("123.5"), Decimal("17.5")), ("T1", Decimal(1), Decimal(0))]


@pytest.mark.parametrize("draw", [charts.points, charts.narrow])
def test_the_longest_bar_leaves_room_for_its_number(draw: Callable[..., Any]) -> None:
    svg = str(draw(BARS, True))
    width = float(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    for x, text in re.findall(r'<text x="([\d.]+)"[^>]*text-anchor="start"[^>]*>([^<]+)</text>', svg):
        assert float(x) + 7 * len(text) * (1 + text.isalpha()) <= width, text
    assert "123.5 + 17.5" in svg


def test_a_telephone_has_the_whole_chart_at_the_size_of_its_letters() -> None:
    svg = str(charts.narrow(BARS, True))
    assert f'width="{charts.NARROW}"' in svg
    assert charts.narrow([], True) is None
    assert 'id="hatch"' not in svg
    assert 'id="hatch"' in str(charts.points(BARS, True))
