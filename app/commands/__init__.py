"""The commands, one file per group. Only the one that is asked for is imported: all others cost seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is declared, and its line in the list of commands; a test holds the line to its docstring."""

    module: str
    attribute: str
    line: str


COMMANDS = {
    "assess": Entry("assessment", "assess", "The scores of a year: the frozen ones, else live; and the commands..."),
    "beat": Entry("service", "beat", "Send what is due by the clock to the broker: the nightly scan, and..."),
    "check": Entry("service", "check", "Run the start-up checks and look through the rulebooks; with --data..."),
    "clock": Entry("clock", "clock", "What the clocks say, and whether this one is believed."),
    "deadline": Entry("deadline", "deadline", "The due moment and how it was counted."),
    "demo": Entry("county", "demo", "A synthetic county: units, staff, accounts, and petitions played..."),
    "export": Entry("data", "export", "A table's rows; identities stay in the vault."),
    "import": Entry("history", "group", "Take in what was kept elsewhere."),
    "init": Entry("service", "init", "Migrate the database to head; roles and reference data."),
    "recount": Entry("year", "recount_dates", "Count open due dates again after calendar or rulebook changed (a..."),
    "report": Entry("papers", "report", "Papers: the assessment of a year, the annual report, the daily..."),
    "rulebook": Entry("rulebooks", "rulebook", "The rulebooks: what they say, what they change, whether they are..."),
    "scan": Entry("year", "scan", "Propose a deduction for every missed duty, exactly once."),
    "serve": Entry("service", "serve", "Serve the console on HOST and PORT."),
    "user": Entry("accounts", "user", "Accounts: create, set-password, list."),
    "verify": Entry("assessment", "verify", "Recompute every frozen assessment of all revisions and their..."),
    "worker": Entry("service", "worker", "Work off jobs from the broker (BROKER_URL); on one machine `serve`..."),
}


class Commands(click.Group):
    """A group whose commands may also stand in a table; those are imported when they are asked for."""

    def __init__(self, *args: Any, table: Mapping[str, Entry] = MappingProxyType({}), **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.table})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.table.get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(f"app.commands.{entry.module}"), entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = {name: command.get_short_help_str() for name, command in self.commands.items()}
        rows |= {name: entry.line for name, entry in self.table.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows.items()))
