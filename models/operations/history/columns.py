"""The columns of a ledger's two files, each with its English and its Chinese name (docs/history.md)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from models import petition_fields
from models.errors import DomainError
from models.terms import N_

UNKNOWN = N_(
    "%(file)s has unknown columns: %(unknown)s. Known are: %(known)s. Give them one of these names, or delete them."
)


class Unreadable(DomainError):
    """A file whose columns are not as they must be; ``written``: it is in Chinese, and the refusal should be."""

    def __init__(self, message: str, heads: Sequence[str], **params: object) -> None:
        self.written = not all(head.isascii() for head in heads)
        super().__init__(message, field=None, paragraph="", **params)


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``needed``: the file must have it; the cell may be empty where the checks allow it."""

    name: str
    zh: str
    needed: bool = True
    aliases: tuple[str, ...] = ()

    def called(self, head: str) -> bool:
        return plain(head) in {plain(one) for one in (self.name, self.zh, *self.aliases)}

    def title(self, chinese: bool) -> str:
        """Its name in the language of the file."""
        return self.zh if chinese else self.name


def plain(head: str) -> str:
    """A head as it is compared: blanks, line breaks, width, case and a mark at its end do not matter."""
    return "".join(unicodedata.normalize("NFKC", head).split()).casefold().rstrip("*:")


# the further names are those of forms in use, and of this console's own exports
PETITIONS = (
    Column("number", "编号", aliases=("信访编号", "信访事项编号", "信访件编号")),
    Column("received_at", "接收时间", aliases=("收到时间", "来访时间", "信访时间", "信访日期", "Received at")),
    Column("registered_at", "登记时间", aliases=("登记日期", "Registered at")),
    Column("channel", "渠道", aliases=("信访渠道", "信访形式", "信访方式")),
    Column("kind", "类型", aliases=("信访类型", "事项类型", "信访目的")),
    Column("title", "标题", aliases=("信访标题",)),
    Column("content", "内容", aliases=("信访内容", "反映内容", "主要内容")),
    Column("place", "地点", False, ("发生地点", "问题属地", "属地")),
    Column("petitioner", "信访人", False, ("信访人姓名", "姓名")),
    Column("persons", "人数", False, ("信访人数", "来访人数", "涉及人数")),
    Column("phone", "电话", False, ("联系电话", "手机号", "手机号码", "联系方式")),
    Column("id_number", "证件号码", False, ("身份证号", "身份证号码", "证件号")),
    Column("first_unit", "首接单位", aliases=("首接责任单位", "First unit")),
    Column("first_receiver", "首接人", False, ("首接责任人", "First receiver")),
    Column("place_text", "地点（原文）", False, ("Place as written",)),
    Column("receiver_text", "首接人（原文）", False, ("First receiver as written",)),
    Column("about_unit", "被反映单位", False, ("涉及单位", "About the unit")),
    Column("anonymous", "是否匿名", False, ("匿名", "Anonymous")),
    Column("urgent_at", "认定重大紧急时间", False, ("认定重大紧急的时间", "Known to be major or urgent at")),
)
STEPS = (
    Column("number", "编号", aliases=("信访编号", "信访事项编号", "信访事项", "Petition")),
    Column("step", "步骤", aliases=("办理步骤",)),
    Column("at", "时间", aliases=("发生时间", "办理时间", "日期", "Happened at")),
    Column("unit", "单位", aliases=("办理单位",)),
    Column("to_unit", "转往单位", False, ("去向单位", "To the unit")),
    Column("mode", "方式", False),
    Column("outcome", "结果", False),
    Column("days", "天数", False),
    Column("until", "期限", False, ("承诺期限", "止")),
    Column("note", "备注", False),
)
# how a label reads in Chinese: the catalogue is the edge's (``configure_words``)
_chinese: dict[str, Callable[[str], str]] = {"of": str}


def configure_words(chinese_of: Callable[[str], str]) -> None:
    """Set how labels are called in Chinese (once, at the edge)."""
    _chinese["of"] = chinese_of


def petition_columns() -> tuple[Column, ...]:
    """The columns of a petition's row: those of the format, and the plain fields of the table."""
    fields = petition_fields.plain()
    return PETITIONS + tuple(
        Column(one.name, _chinese["of"](one.info.label), False, (one.info.label,)) for one in fields
    )


# what a file of bad rows says beside the original cells; read over when the mended file is loaded
REPORT = (
    Column("file", "文件"),
    Column("line", "行"),
    Column("column", "列"),
    Column("cell", "单元格"),
    Column("reason", "原因"),
)
# columns that keep nothing of the matter: passed over, and the preview says so
_IDLE = ("序号", "序", "行号", "编次", "No", "No.", "№", "index", "row", "页码", "页次")
_REMARKS = ("备注", "备考", "附注", "remark", "remarks", "note", "notes", "comment", "comments")
_CLERK = ("填表人", "录入人", "制表人", "填表日期", "制表日期", "录入日期", "录入时间")
# what this console's own lists have besides, when one of them is loaded again
_EXPORTED = (
    (
        "ID",
        "Category",
        "Looked after by",
        "Case",
        "Status",
        "Responsible unit",
        "Closed at",
        "Void since",
        "Merged into",
    ),
    ("记录号", "类别", "经办人", "情形", "状态", "责任单位", "办结时间", "作废时间", "已并入"),
    ("Sequence", "Person", "Form token", "Recorded at", "Recorded by"),
    ("序号", "人员", "表单标识", "录入时间", "录入人"),
)
PASSED_OVER = frozenset(plain(head) for head in (*_IDLE, *_REMARKS, *_CLERK))
EXPORTED = frozenset(plain(head) for heads in _EXPORTED for head in heads)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Column name → position in a row; ``passed_over``: heads (as written) of columns that are not read."""

    places: dict[str, int]
    passed_over: dict[int, str]


def fit(heads: Sequence[str], known: Sequence[Column]) -> int:
    """How many of the known columns a row names, if it may be the header: two at least, and most of its cells."""
    named = {column.name for head in heads for column in known if head.strip() and column.called(head)}
    filled = sum(1 for head in heads if head.strip())
    return len(named) if len(named) > 1 and len(named) * 3 >= filled else 0


def fits_whole(heads: Sequence[str], known: Sequence[Column]) -> bool:
    """Whether a row names every column that must be there."""
    return all(any(column.called(head) for head in heads) for column in known if column.needed)


def arrange(heads: Sequence[str], known: Sequence[Column], file: str) -> Arrangement:
    """Which column stands where; a column without a head is nobody's. ``file``: its name, for the refusal.

    Raises:
        Unreadable: unknown, repeated or missing columns.
    """
    found: dict[str, int] = {}
    over: dict[int, str] = {}
    unknown, twice = [], []
    own = {column.name for column in REPORT}
    exported = plain(heads[0]) in ("id", "记录号")
    for position, head in enumerate(heads):
        if not head.strip():
            continue
        column = next((one for one in (*known, *REPORT) if one.called(head)), None)
        if column is None:
            if plain(head) in PASSED_OVER or (exported and plain(head) in EXPORTED):
                over[position] = head.strip()
            else:
                unknown.append(head.strip())
        elif column.name in found:
            twice.append(head.strip())
        else:
            found[column.name] = position
    written = chinese(heads)
    missing = [column.title(written) for column in known if column.needed and column.name not in found]
    if unknown:
        raise Unreadable(UNKNOWN, heads, file=file, unknown=listed(unknown), known=names_of(known, written))
    if twice:
        message = N_("%(file)s has these columns twice: %(names)s. Delete or rename one of each.")
        raise Unreadable(message, heads, file=file, names=listed(twice))
    if missing:
        message = N_("%(file)s lacks these columns: %(names)s. Add them; where nothing is known the cells stay empty.")
        raise Unreadable(message, heads, file=file, names=listed(missing))
    return Arrangement({name: position for name, position in found.items() if name not in own}, over)


def names_of(known: Sequence[Column], written: bool) -> str:
    """The names of the columns in the file's language."""
    return ", ".join(column.title(written) for column in known)


def listed(names: Iterable[str]) -> str:
    """Some names in a row, none of them endless."""
    return ", ".join(name[:40] for name in list(names)[:20])


def chinese(heads: Sequence[str]) -> bool:
    """Whether the header row is written in Chinese names."""
    known = (*petition_columns(), *STEPS)
    return any(head.strip() and not head.isascii() and column.called(head) for head in heads for column in known)
