"""``make picture``: writes the file listing of docs/architecture.md from each module's first docstring line."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
START, END = "<!-- files -->", "<!-- /files -->"
PACKAGES = ("models", "views", "reports", "app", "migrations", "setup")


def modules() -> list[Path]:
    """Every module of ours that says something, and the doors at the root."""
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    kept = [path for path in found if "versions" not in path.parts and "node_modules" not in path.parts]
    doors = [ROOT / name for name in ("run.py", "config.py") if (ROOT / name).exists()]
    return doors + [path for path in kept if path.stat().st_size]


def line(path: Path) -> str:
    """One line of the picture."""
    said = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    return f"- `{path.relative_to(ROOT).as_posix()}` — {said}"


def listing() -> str:
    return "\n".join(line(path) for path in modules())


def main() -> None:
    before, rest = PAGE.read_text(encoding="utf-8").split(START)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{listing()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
