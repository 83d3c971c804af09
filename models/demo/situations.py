"""The stock of real-life situations from which the demo's petitions are composed, and how their slots are filled."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from models.terms import PetitionKind

TOWN = "town"  # stands for the town in which the matter arose


@dataclass(frozen=True, slots=True)
class Situation:
    """One kind of matter.

    Args:
        category: code of a category of ``models.reference``.
        owner: code of the unit in whose scope it lies, or ``TOWN``.
        title, content, answer: texts with slots; ``answer`` is the opinion when it is resolved.
        co: departments that are concerned besides the owner; a matter with some may become case D.
        legal: legal route, competent body and limitation period, where the law has one (case E).
        about: code of the unit complained about, or ``TOWN``; that unit never sees the petition.
        crowd: whether groups bring it.
    """

    category: str
    owner: str
    title: str
    content: str
    answer: str
    co: tuple[str, ...] = ()
    legal: tuple[str, str, str] | None = None
    kind: PetitionKind = PetitionKind.request
    about: str | None = None
    crowd: bool = False


_ESTATES = ("锦绣家园", "阳光花园", "清河雅苑", "金桂小区", "翠湖名邸", "幸福里", "龙泉府", "学府华庭")
_FIRMS = ("宏达建筑公司", "鑫盛纺织厂", "华丰食品厂", "远大建材厂", "恒通运输公司", "绿源养殖场", "永兴石材厂")
_SCHOOLS = ("县第一小学", "县实验中学", "东湖小学", "石桥镇中心学校", "县第二幼儿园", "永安镇初级中学")
_ROADS = ("人民路", "清源大道", "建设街", "滨河路", "柳石公路", "县道X012线", "云龙公路")
_SHOPS = ("佳美超市", "好一家火锅店", "星光KTV", "新天地健身房", "老街烧烤店", "小太阳培训班")


def slots(rng: Random, village: str, town: str) -> dict[str, str]:
    """One filling for every slot that a text may use."""
    return {
        "village": village,
        "town": town,
        "estate": rng.choice(_ESTATES),
        "firm": rng.choice(_FIRMS),
        "school": rng.choice(_SCHOOLS),
        "road": rng.choice(_ROADS),
        "shop": rng.choice(_SHOPS),
        "amount": f"{rng.choice((3200, 4800, 6500, 8600, 12000, 18500, 26000, 36000, 52000, 86000)):,}",
        "months": str(rng.randint(2, 9)),
        "years": str(rng.randint(2, 8)),
        "days": str(rng.randint(3, 20)),
        "count": str(rng.randint(6, 60)),
        "area": f"{rng.randint(4, 60) / 10:.1f}",
        "hour": str(rng.randint(10, 11)),
        "age": str(rng.randint(62, 88)),
    }
