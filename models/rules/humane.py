"""What no rulebook may rest on (domain §6): how many people petition, how often, how high, or who they are.

Words of the work itself are lawful: 信访事项, 告知信访人, petition work. Only counts and attributes of petitions and
petitioners are meant.
"""

from __future__ import annotations

import re
import unicodedata

_COME = "(?:信访|来访|来信|来电|上访|走访|网信|投诉|举报)"
_COUNT = "(?:总量|数量|总数|人数|人次|批次|件次|件数|起数|次数|批数|增幅|增长|下降|量(?!化)|数(?!据)|率(?!先|领))"
CHINESE = (
    f"{_COME}(?:事项|案件|件|人|群众|人员)?的?{_COUNT}",
    "(?:越级|集体|重复|多次|反复|群体性?|非正常|非法|无序|极端|赴省|赴京|进京|到京|去京|赴市|越访)(?:信|上|来|走|初|个|非)?访",
    "越级|非访|缠访|闹访|重信重访|重访|联名(?:信|上访)|告状",
    "(?:进|赴|到|去)(?:京|省|中央|北京|首都)(?!内)",
    "上访(?:户|老户|人|群众|人员|者)|老(?:上)?访户|访民",
    "重点(?:信访|上访|稳控|管控)?(?:人员?|对象|群体)|稳控(?:对象|人员|率)?|(?:不)?稳定(?:人员|对象)|黑名单",
    "(?:零|无)(?:上访|进京|越级|信访)|息诉(?:率|数)|息访|劝返|接返|拦访|截访",
    "信访人(?:的)?(?:年龄|性别|职业|身份|民族|住址|户籍|精神|病史|前科|经历|情绪|风险|等级|画像|表现)",
)
_PETITION = r"(?:petition|petitioner|complaint|complainant|visit|visitor|letter|call)s?"
ENGLISH = (
    rf"\b(?:number|count|total|amount|volume|frequency|growth|increase|decrease)s? of (?:\w+ ){{0,3}}?{_PETITION}\b",
    r"\b(?:petition|petitioner|complaint|visit|visitor)s? (?:count|number|volume|total|rate|frequency|growth)s?\b",
    rf"\bhow (?:many|often) (?:\w+ ){{0,2}}?(?:{_PETITION}|people)\b",
    r"\b(?:fewer|more|fewest|most|less) (?:petition|petitioner|complaint|visit)s?\b",
    r"\b(?:repeat|repeated|repetitive|skip ?level|collective|group|mass|joint|abnormal|unlawful|illegal|higher) "
    r"(?:petition|complaint|visit|letter|call)(?:s|ers?|ing)?\b",
    r"\bskip ?level\b|\bpetition(?:s|ed|ing|ers?)? (?:again|repeatedly|together|higher|upwards?)\b",
    r"\b(?:to|in) (?:beijing|the capital)\b",
    r"\bkey (?:person|persons|people|individual|individuals|petitioner|petitioners)\b",
    r"\b(?:troublemaker|blacklist|watch ?list)s?\b|\bpersistent petitioners?\b|\bzero petitions?\b",
    r"\bpetitioners?(?:['’]s?)? (?:age|sex|gender|job|record|history|risk|health|address|behaviou?r|profile)s?\b",
    r"\b(?:age|sex|gender|job|record|history|risk|health|address|behaviou?r|profile)s? of (?:the )?petitioners?\b",
)
# ASCII: an English word ends where Chinese begins
_CHINESE, _ENGLISH = re.compile("|".join(CHINESE)), re.compile("|".join(ENGLISH), re.ASCII)
_NO_BREAK = {ord(mark): None for mark in "·・.。,，、-—_*~|/\\'\"“”‘’()（）[]【】"}


def speaks_of_petitioners(text: str) -> str:
    """The words in ``text`` that measure petitions or petitioners; empty if there are none.

    Widths, blanks and marks between the characters hide nothing.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = "".join(char for char in plain if unicodedata.category(char) not in ("Cf", "Cc") or char in "\n\t")
    tight = re.sub(r"\s", "", plain).translate(_NO_BREAK)
    found = _CHINESE.search(tight) or _ENGLISH.search(re.sub(r"[\s_/-]+", " ", plain))
    return found.group() if found else ""
