"""export: any table as CSV or XLSX, streamed."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

import click

from app.cli import inside
from app.commands import output
from models.errors import DomainError
from views import exports, listing, registry


@click.command("export")
@click.argument("table")
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True, help="Of the file."
)
@click.option("--filter", "filters", multiple=True, help="column=value; column.from=…, column.to=…; several allowed.")
@click.option("--out", type=click.Path(dir_okay=False, writable=True), help="Default: standard output.")
@inside
def export(table: str, kind: str, filters: tuple[str, ...], out: str | None) -> None:
    """A table's rows; identities stay in the vault."""
    if table not in registry.load():
        raise DomainError(f"There is no table {table}. Known: {', '.join(sorted(registry.load()))}.")
    if any("=" not in text for text in filters):
        raise click.UsageError("A filter is written column=value.")
    screen = registry.screen(table)
    asked = listing.read(screen, dict(text.split("=", 1) for text in filters))
    if asked.wrong or len(asked.filters) < len(filters):
        raise DomainError(f"Not a filter of {table}; it has: {', '.join(screen.filters)}.")
    with ExitStack() as stack:
        target = stack.enter_context(output.whole(Path(out))) if out else sys.stdout.buffer
        exports.write(kind, exports.cells(screen, asked, typed=kind == "xlsx"), target, table)
