"""The number of a letter: prefix of the unit, year in 〔〕, serial number (GB/T 9704)."""

from __future__ import annotations

import re

_LEAD = ("县", "市", "区", "旗")
_ENDS = (
    "人民政府",
    "街道办事处",
    "委员会",
    "办公室",
    "联合会",
    "中心",
    "机关",
    "街道",
    "局",
    "镇",
    "乡",
    "办",
    "委",
)
_LONGEST = 4


def default_prefix(name: str) -> str:
    """A prefix for a unit without one: 县人力资源和社会保障局 → 人社信, 县信访局 → 信访, 柳林镇 → 柳林信.

    The 信 says that the series is that of petition letters, apart from the unit's other documents.
    """
    stem = re.sub(r"[\s（(].*$", "", name.strip())
    if len(stem) > 2 and stem[0] in _LEAD:
        stem = stem[1:]
    ending = next((end for end in _ENDS if stem.endswith(end) and len(stem) - len(end) >= 2), "")
    stem = stem.removesuffix(ending)
    parts = [part for part in re.split(r"[和与、]", stem) if part]
    if len(parts) > 1 and len(stem) > _LONGEST:
        stem = "".join(part[0] for part in parts)
    stem = stem[:_LONGEST]
    return stem if stem.endswith(("信", "信访")) else f"{stem}信"


def number_text(prefix: str, year: int, serial: int) -> str:
    """For example 柳林信〔2026〕12号."""
    return f"{prefix}〔{year}〕{serial}号"
