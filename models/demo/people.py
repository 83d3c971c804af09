"""The demo's people: staff with their accounts, and petitioners. All synthetic; no phone number can be assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.accounts import AccountRole, User
from models.demo.county import BUREAU, OFFICE, County
from models.operations.intake import PetitionerInput
from models.tables import Staff
from models.terms import Role

PASSWORD = "Shoujie-2026"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴莫孔"
    "向汤"
)
_FIRST = "建国志晓文秀玉海春明永德桂红金丽小国庆世光华瑞家子雨思佳俊振立长成学宏"
_SECOND = "军芳英平华强兰民林生梅敏霞辉燕波涛勇刚磊静丽云龙飞鹏洁琴珍荣贵峰莉萍斌伟"
_POSTS = ("信访专干", "综合股股长", "业务股股长", "科员")


@dataclass(frozen=True, slots=True)
class DemoUser:
    """One account of the demo."""

    username: str
    role: Role
    unit_name: str


def full_name(rng: Random) -> str:
    """Surname and one or two given characters."""
    given = rng.choice(_SECOND) if rng.random() < 0.2 else rng.choice(_FIRST) + rng.choice(_SECOND)
    return rng.choice(_SURNAMES) + given


def petitioner(rng: Random, address: str) -> PetitionerInput:
    """A petitioner with a phone number from 1990000xxxx, which no carrier assigns."""
    return PetitionerInput(full_name(rng), phone=f"1990000{rng.randrange(10000):04}", address=address)


def employ(session: Session, county: County, seed: int, since: date) -> dict[str, list[Staff]]:
    """Three to five people per unit, the head first; flushes. By unit code, in a fixed order."""
    known = {(row.unit_id, row.name): row for row in session.scalars(select(Staff))}
    found: dict[str, list[Staff]] = {}
    for code, unit in county.units.items():
        rng = Random(f"{seed}:staff:{code}")
        found[code] = []
        for number in range(rng.randint(3, 5)):
            name = full_name(rng)
            post = _head_post(code) if number == 0 else _POSTS[(number - 1) % len(_POSTS)]
            row = known.get((unit, name))
            if row is None:
                row = Staff(name=name, unit_id=unit, post=post, head=number == 0, since=since)
                session.add(row)
            found[code].append(row)
    session.flush()
    return found


def _head_post(code: str) -> str:
    if code == OFFICE:
        return "分管副县长"
    return "乡镇（街道）主要负责人" if code.startswith("T") else "部门主要负责人"


def accounts(session: Session, county: County, staff: dict[str, list[Staff]], password: str) -> tuple[DemoUser, ...]:
    """One account per post of the tour; ``password`` is the hash that all of them share."""
    roles = {row.name: row for row in session.scalars(select(AccountRole))}
    for role in Role:
        if role.value not in roles:
            roles[role.value] = AccountRole(name=role.value)
            session.add(roles[role.value])
    known = set(session.scalars(select(User.username)))
    made = []
    for username, role, code, person in _posts(county, staff):
        if username not in known:
            person.user_id = _account(session, username, person.name, roles[role.value], password)
        made.append(DemoUser(username, role, county.names[code]))
    session.flush()
    return tuple(made)


def _posts(county: County, staff: dict[str, list[Staff]]) -> list[tuple[str, Role, str, Staff]]:
    posts = [
        ("bureau1", Role.BureauOfficer, BUREAU, staff[BUREAU][0]),
        ("bureau2", Role.BureauOfficer, BUREAU, staff[BUREAU][1]),
        ("admin", Role.Administrator, BUREAU, staff[BUREAU][2]),
        ("county", Role.CountyLeader, OFFICE, staff[OFFICE][0]),
        ("auditor", Role.Auditor, OFFICE, staff[OFFICE][1]),
    ]
    for code in county.units:
        if code not in (BUREAU, OFFICE):
            posts.append((f"clerk.{code.lower()}", Role.Clerk, code, staff[code][1]))
            posts.append((f"leader.{code.lower()}", Role.UnitLeader, code, staff[code][0]))
    return posts


def _account(session: Session, username: str, name: str, role: AccountRole, password: str) -> int:
    made = User(
        username=username,
        first_name=name[1:],
        last_name=name[0],
        email=f"{username}@example.org",
        password=password,
        active=True,
        roles=[role],
    )
    session.add(made)
    session.flush()
    return int(made.id)
