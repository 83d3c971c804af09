"""The columns of a ledger's two files, each with its English and its Chinese name (docs/history.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models import petition_fields
from models.errors import DomainError
from models.terms import N_


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``needed``: the file must have it; the cell may be empty where the checks allow it."""

    name: str
    zh: str
    needed: bool = True
    aliases: tuple[str, ...] = ()

    def called(self, head: str) -> bool:
        wanted = head.strip()
        return wanted.casefold() == self.name or wanted == self.zh or wanted in self.aliases


PETITIONS = (
    Column("number", "编号", aliases=("信访编号", "信访事项编号")),
    Column("received_at", "接收时间", aliases=("收到时间",)),
    Column("registered_at", "登记时间"),
    Column("channel", "渠道", aliases=("信访渠道", "信访形式")),
    Column("kind", "类型", aliases=("信访类型", "事项类型")),
    Column("title", "标题"),
    Column("content", "内容"),
    Column("place", "地点", False, ("发生地点",)),
    Column("petitioner", "信访人", False),
    Column("phone", "电话", False, ("联系电话",)),
    Column("id_number", "证件号码", False, ("身份证号", "身份证号码")),
    Column("first_unit", "首接单位"),
    Column("first_receiver", "首接人", False),
    Column("urgent_at", "认定重大紧急时间", False, ("认定重大紧急的时间",)),
)
STEPS = (
    Column("number", "编号", aliases=("信访编号", "信访事项编号")),
    Column("step", "步骤", aliases=("办理步骤",)),
    Column("at", "时间", aliases=("发生时间",)),
    Column("unit", "单位", aliases=("办理单位",)),
    Column("to_unit", "转往单位", False, ("去向单位",)),
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
    plain = petition_fields.plain()
    return PETITIONS + tuple(
        Column(one.name, _chinese["of"](one.info.label), False, (one.info.label,)) for one in plain
    )


# what a file of bad rows says beside the original cells; read over when the mended file is loaded
REPORT = (Column("file", "文件"), Column("line", "行"), Column("column", "列"), Column("reason", "原因"))


def arrange(heads: Sequence[str], known: Sequence[Column], file: str) -> dict[str, int]:
    """Column name → position; a column without a head is nobody's. ``file``: its name, for the refusal.

    Raises:
        DomainError: unknown, repeated or missing columns.
    """
    found: dict[str, int] = {}
    unknown, twice = [], []
    for position, head in enumerate(heads):
        if not head.strip():
            continue
        column = next((one for one in (*known, *REPORT) if one.called(head)), None)
        if column is None:
            unknown.append(head.strip())
        elif column.name in found:
            twice.append(head.strip())
        else:
            found[column.name] = position
    missing = [column.name for column in known if column.needed and column.name not in found]
    if unknown:
        names = ", ".join(column.name for column in known)
        message = N_("%(file)s has unknown columns: %(unknown)s. Known are: %(known)s.")
        raise DomainError(message, file=file, unknown=_list(unknown), known=names)
    if twice:
        raise DomainError(N_("%(file)s has these columns twice: %(names)s."), file=file, names=_list(twice))
    if missing:
        raise DomainError(N_("%(file)s lacks these columns: %(names)s."), file=file, names=_list(missing))
    return {name: position for name, position in found.items() if name not in {one.name for one in REPORT}}


def _list(names: Sequence[str]) -> str:
    return ", ".join(name[:40] for name in names[:20])


def chinese(heads: Sequence[str]) -> bool:
    """Whether the header row is written in Chinese names."""
    return any(head.strip() == column.zh for head in heads for column in (*petition_columns(), *STEPS))
