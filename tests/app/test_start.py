"""How a command starts: any Python may be typed, the list of commands is true, and little is imported for little."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

import config
from app.cli import cli
from app.commands import COMMANDS, Commands
from app.commands.assessment import assess

CONTEXT = click.Context(cli)


@pytest.mark.parametrize("group", [cli, assess], ids=lambda group: str(group.name))
def test_the_list_says_what_each_command_says_of_itself(group: Commands) -> None:
    for name, entry in group.table.items():
        command = group.get_command(CONTEXT, name)
        assert command is not None
        assert command.name == name
        assert entry.line == command.get_short_help_str(70)


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", cwd=config.ROOT, check=False
    )


def test_a_python_without_our_packages_finds_the_environment() -> None:
    done = _python("-S", "run.py", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        ("['--help']", {"sqlalchemy", "flask"}),
        ("['nosuch']", {"sqlalchemy", "flask"}),
        ("['deadline', '--help']", {"flask", "flask_appbuilder"}),
        ("['rulebook', 'lint', '--help']", {"flask", "flask_appbuilder"}),
    ],
)
def test_what_a_command_does_not_need_is_not_imported(arguments: str, absent: set[str]) -> None:
    asked = f"import sys; sys.argv[1:] = {arguments}; from app.cli import main; main()"
    done = _python("-c", f"{asked}\nprint('imported', *sys.modules)")
    imported = set(done.stdout.splitlines()[-1].split()) if done.stdout else set()
    assert imported
    assert not imported & absent
