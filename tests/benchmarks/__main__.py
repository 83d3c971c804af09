"""``make bench``: a real PostgreSQL, ``BENCH_PETITIONS`` petitions (100000), a table of milliseconds."""

from __future__ import annotations

import logging
import os
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

from models import access
from tests.benchmarks import papers
from tests.benchmarks.fill import fill
from tests.databases import Postgres
from tests.factories import PASSWORD, account, staff

TIMES = 5
TERMS = ("工资", "噪声", "采砂", "无此")  # frequent, one in 500, one in 20,000, none


def made(url: str) -> Any:
    """The application on a migrated database with reference data."""
    import migrations
    from app import create_app
    from app.extensions import db
    from app.roles import sync_roles
    from models.reference import ensure_reference

    migrations.upgrade(url)
    secrets = {"SECRET_KEY": "bench-secret-key-of-some-length", "VAULT_KEY": "bench-vault-key"}
    app = create_app(secrets | {"DATABASE_URL": url, "RATELIMIT_ENABLED": False, "WTF_CSRF_ENABLED": False})
    with app.app_context(), access.all_rows():
        sync_roles(db.session)
        ensure_reference(db.session)
        db.session.commit()
    return app


def people(app: Any) -> tuple[int, int]:
    """Accounts of an officer and of a clerk; (the clerk's unit, one of its petitions in the middle)."""
    from app.extensions import db
    from models.tables import Petition, Unit
    from models.terms import Role, UnitKind

    with app.app_context(), access.all_rows():
        bureau = Unit(code="XFJ", name="县信访局", kind=UnitKind.bureau, active=True)
        db.session.add(bureau)
        db.session.flush()
        unit = db.session.scalars(select(Unit).where(Unit.code == "B00007")).one()
        staff(db.session, bureau, "officer", Role.BureauOfficer)
        staff(db.session, unit, "clerk", Role.Clerk)
        account(db.session, "boss", Role.Administrator)
        one = db.session.scalars(select(Petition.id).where(Petition.first_unit_id == unit.id).limit(1)).one()
        db.session.commit()
        return unit.id, one


class Bench:
    """Clients, and the statements that the last request sent."""

    def __init__(self, app: Any) -> None:
        from app.extensions import db

        self.app, self.statements = app, 0
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, *_args: Any) -> None:
        self.statements += 1

    def client(self, name: str) -> Any:
        client = self.app.test_client()
        client.post("/login/", data={"username": name, "password": PASSWORD})
        return client

    def ask(self, client: Any, label: str, url: str) -> Any:
        """Ask ``TIMES`` times after one warm-up; print median, worst, statements, size."""
        answer, spent = client.get(url), []
        for _ in range(TIMES):
            self.statements, start = 0, time.perf_counter()
            answer = client.get(url)
            body = answer.data
            spent.append((time.perf_counter() - start) * 1000)
        middle, worst, size = statistics.median(spent), max(spent), len(body) / 1000
        row(label, f"{middle:.0f}", f"{worst:.0f}", str(self.statements), f"{size:.0f}", str(answer.status_code))
        return answer


def row(*cells: str) -> None:
    print(f"{cells[0]:<46}" + "".join(f"{cell:>10}" for cell in cells[1:]), flush=True)


def deep(client: Any, url: str) -> str:
    """The address of a page near the end: what ``after`` was in the middle of the reversed list."""
    page = client.get(f"{url}?sort=received_at&size=200").get_data(as_text=True)
    cursor = page.partition("after=")[2].partition('"')[0].replace("&amp;", "&")
    return f"{url}?size=25&after={cursor.partition('&')[0]}"


def peak(job: Callable[[], int]) -> tuple[int, float, int]:
    """(what the job returned, seconds, how many kB the process grew at most meanwhile)."""
    before, most, over = rss(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            most[0] = max(most[0], rss() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    found = job()
    spent = time.perf_counter() - start
    over.set()
    watcher.join()
    return found, spent, most[0]


def rss() -> int:
    """Resident memory of this process in kB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def export(client: Any, label: str, url: str) -> None:
    def read() -> int:
        return sum(len(piece) for piece in client.get(url).response)

    size, spent, grown = peak(read)
    row(label, f"{spent * 1000:.0f}", "", "", f"{size / 1000:.0f}", "")
    row("  memory grown at most, MB", f"{grown / 1024:.1f}")


def pages(bench: Bench, unit: int, one: int) -> None:
    officer, clerk, boss = (bench.client(name) for name in ("officer", "clerk", "boss"))
    listing = "/petition/list/"
    row("", "ms", "worst", "statements", "kB", "status")
    for name, client in (("officer", officer), ("clerk", clerk)):
        bench.ask(client, f"{name}: home", "/")
        bench.ask(client, f"{name}: first list page", listing)
        bench.ask(client, f"{name}: deep page", deep(client, listing))
        for term in TERMS:
            bench.ask(client, f"{name}: search {term}", f"{listing}?q={term}")
        bench.ask(client, f"{name}: search a number", f"{listing}?q=00000777")
        bench.ask(client, f"{name}: show", f"/petition/show/{one}")
        bench.ask(client, f"{name}: edit", f"/petition/edit/{one}")
    bench.ask(officer, "officer: one unit, overdue", f"/overdue/?unit_id={unit}&age=missed")
    bench.ask(officer, "officer: one unit, open duties", f"/duty/list/?unit_id={unit}&status=open")
    bench.ask(officer, "officer: status and unit", f"{listing}?status=handling&first_unit_id={unit}")
    bench.ask(boss, "administrator: staff form", "/admin/staff/add")
    bench.ask(officer, "officer: lookup of a unit", "/lookup/unit?q=单位12")
    export(officer, "officer: CSV of all petitions", "/petition/export.csv")
    copied(bench.app)
    export(officer, "officer: CSV of all duties", "/duty/export.csv")


def copied(app: Any) -> None:
    """The floor of an export: PostgreSQL's own COPY of the same table."""
    from app.extensions import db

    with app.app_context(), db.engine.connect() as link:
        raw: Any = link.connection.driver_connection
        start = time.perf_counter()
        with raw.cursor().copy("COPY petition TO STDOUT (FORMAT csv)") as pieces:
            size = sum(len(piece) for piece in pieces)
        row("  the same by COPY", f"{(time.perf_counter() - start) * 1000:.0f}", "", "", f"{size / 1000:.0f}")


def printed(session: Any) -> None:
    """Papers: CPU seconds and memory of the drawing process; BENCH_UNITS caps the county's size (3000)."""
    most = int(os.environ.get("BENCH_UNITS", "3000"))
    row("", "CPU s", "MB", "kB")
    for label, spent, memory, size in papers.costs(session, tuple(n for n in (60, 240, 1000, 3000) if n <= most)):
        row(f"paper: {label}", f"{spent:.1f}", f"{memory:.0f}", f"{size / 1000:.0f}")
    printed_archives()


def printed_archives() -> None:
    """Archives of unit papers on all processors; BENCH_PAPERS caps them (200; 3000 takes half an hour on two)."""
    most = int(os.environ.get("BENCH_PAPERS", "200"))
    row("", "s", "ms each", "MB more", "MB press")
    for count in (n for n in (20, 200, 3000) if n <= most):
        wall, grown, drawing = papers.archive(count)
        cells = (wall, wall * 1000 / count, grown, drawing)
        row(f"archive: {count} unit papers", *(f"{cell:.0f}" for cell in cells))


def main() -> int:
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    petitions = int(os.environ.get("BENCH_PETITIONS", "100000"))
    with tempfile.TemporaryDirectory(prefix="shoujie-bench-", ignore_cleanup_errors=True) as root:
        Path(root).chmod(0o755)
        server = Postgres(Path(root))
        try:
            server.create("bench")
            app = made(server.url("bench"))
            start = time.perf_counter()
            with app.app_context():
                from app.extensions import db

                fill(db.engine, petitions)
            print(f"{petitions} petitions written in {time.perf_counter() - start:.1f} s", flush=True)
            pages(Bench(app), *people(app))
            with app.app_context(), access.all_rows():
                printed(db.session())
                db.engine.dispose()
        finally:
            server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
