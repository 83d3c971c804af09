"""Every command line that README and docs print is run as printed; every option they mention exists."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import config
from app.cli import cli
from app.commands import COMMANDS
from tests import ledgers
from tests.commands import run
from tests.databases import Backend

PAGES = (
    *sorted(config.ROOT.glob("README*.md")),
    config.ROOT / "CONTRIBUTING.md",
    *sorted(config.ROOT.glob("docs/*.md")),
)
PRINTED = re.compile(r"(?:`|^ {4}|^)python run\.py ([^`#\n]+)", re.M)
INLINE = re.compile(r"`(?:python run\.py )?([a-z][a-z-]*(?: [^`\n]*)?)`")
MADE = re.compile(r"`make ([a-z-]+)|^ {4}make ([a-z-]+)", re.M)
FILES = {"P.csv": "petitions.csv", "S.csv": "steps.csv", "事项.csv": "petitions.csv", "步骤.csv": "steps.csv"}
# what a machine without a broker or a draft of 2027 answers instead
REFUSED = {
    "worker": "BROKER_URL is not set",
    "beat": "BROKER_URL is not set",
    "assess what-if --year 2025 --rulebook 2027-draft": "There is no such version of the rulebook",
}
# what is asked for on a terminal
ASKED = {"user create": ("--password", "Ein-Berg-7-Tage")}
NOT_RUN = {
    "<command>": "stands for any",
    "export room": "the table of the example in docs/changing.md, added by tests/test_changing.py",
}


def _printed() -> list[str]:
    lines = {line.strip() for page in PAGES for line in PRINTED.findall(page.read_text(encoding="utf-8"))}
    return sorted(line for line in lines if line not in NOT_RUN)


@pytest.fixture(scope="module")
def county(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A small demo, and a folder with the files that the documents name."""
    backend.drop("documented")
    backend.create("documented")
    url = backend.url("documented")
    for arguments in (("init",), ("demo", "--petitions", "12")):
        assert run(url, *arguments).returncode == 0
    folder = tmp_path_factory.mktemp("documented")
    ledgers.write(folder, 4)
    yield url, folder
    backend.drop("documented")


@pytest.mark.parametrize("line", _printed())
def test_a_printed_command_line_works(line: str, county: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    url, folder = county
    arguments = [_in(folder, word) for word in shlex.split(line)]
    arguments += next((list(more) for start, more in ASKED.items() if line.startswith(start)), [])
    done = run(url, *arguments)
    refusal = next((text for start, text in REFUSED.items() if line.startswith(start)), None)
    assert (done.returncode, "Traceback" in done.stderr) == (1 if refusal else 0, False), done.stderr
    assert (refusal or "") in done.stderr


def _in(folder: Path, word: str) -> str:
    """A file of the line, where the test has it or may write it."""
    name = FILES.get(word, word)
    return str(folder / name) if re.search(r"\.(csv|pdf|xlsx)$", name) else word


def _options(words: list[str]) -> tuple[click.Command, set[str]]:
    command: click.Command = cli
    context = click.Context(cli)
    for word in words:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        found = command.get_command(context, word)
        if found is None:
            break
        command = found
    return command, {name for parameter in command.params for name in parameter.opts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(config.ROOT)))
def test_an_option_that_is_mentioned_exists(page: Path) -> None:
    for line in INLINE.findall(page.read_text(encoding="utf-8")):
        words = line.replace("[", " ").replace("]", " ").split()
        if words[0] not in COMMANDS:
            continue
        command, options = _options(words)
        mentioned = {word.split("=")[0] for word in words if word.startswith("--")}
        assert mentioned <= options | {"--help"}, f"{line}: {command.name} has no {mentioned - options}"


def test_what_make_is_said_to_do_it_does() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (config.ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = {one or other for page in PAGES for one, other in MADE.findall(page.read_text(encoding="utf-8"))}
    assert named - {"make"} <= rules
    assert os.access(config.ROOT / "setup" / "bare.sh", os.X_OK)
