"""Evidence: a large export is taken in, against a bare COPY and merge, or a bare upsert."""

import csv
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from psycopg import Connection
from sqlalchemy import text

from campaigns.store import Store
from tests.bench import crowd
from tests.bench.bench import Bench
from tests.bench.databases import ENGINES, POSTGRES, SQLITE, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import alternate
from tests.bench.processes import Process
from tests.bench.timing import seconds

GROUP = "import"
BARE = {POSTGRES: "bare COPY and merge", SQLITE: "bare upsert"}
TARGET = {POSTGRES: 0.4, SQLITE: 0.3}
FLOOR_MB = 200
COLUMNS = ("userPrincipalName", "mfaCapable", "methodsRegistered", "defaultMfaMethod")
PEOPLE = 100  # at one customer
_SAID = re.compile(r"seconds (\S+) matched (\d+) megabytes (\S+)")
_SNAPSHOT = """
INSERT INTO snapshot (source, file_name, file_hash, taken_at, imported_at, imported_by,
    rows_in, accepted, rejected, matched, rejections)
VALUES ('bench', 'bench', 'bench', '2026-01-01', '2026-01-01', 'bench', 0, 0, 0, 0, '{}')
RETURNING id
"""
_MERGE = """
INSERT INTO standing (contact_id, evidence, level, taken_at, snapshot_id)
SELECT contact.id, 'mfa', {level}, '2026-01-01', {snapshot} FROM contact {rows}
ON CONFLICT (contact_id, evidence) DO UPDATE
SET level = excluded.level, taken_at = excluded.taken_at, snapshot_id = excluded.snapshot_id
WHERE standing.taken_at < excluded.taken_at
"""


@dataclass(frozen=True)
class Run:
    """One import: rows a second, and the most memory its process held."""

    rows: int
    seconds: float
    megabytes: float = 0.0

    @property
    def rate(self) -> float:
        return self.rows / self.seconds


def measure(bench: Bench) -> Iterator[Figure]:
    """Every figure of the import, on both engines."""
    small, large = bench.sizes.evidence
    for engine in ENGINES:
        for rows, rounds in ((small, bench.sizes.rounds), (large, 1)):
            yield from _import(bench, engine, rows, rounds)


def _import(bench: Bench, engine: str, rows: int, rounds: int) -> Iterator[Figure]:
    url, path = crowded(bench, engine, rows)
    contenders: dict[str, Callable[[], Run]] = {
        "ours": partial(whole, bench, url, path),
        BARE[engine]: partial(_bare, bench, url, path, rows),
    }
    done = alternate(rounds, contenders, bench.say)
    bench.databases.drop(url)
    name = f"import {rows:,} rows of evidence, {engine}"
    yield compared(
        done,
        GROUP,
        name,
        "rows/s",
        ("ours", BARE[engine]),
        lambda run: run.rate,
        AT_LEAST,
        TARGET[engine],
        "" if rounds > 1 else "one round",
    )
    memory = done.median("ours", lambda run: run.megabytes)
    # Only the large file has a target; the small one shows how it grows.
    bound = {"bound": AT_MOST, "target": FLOOR_MB} if rounds == 1 else {}
    yield Figure(GROUP, f"memory while importing {rows:,} rows, {engine}", "MB", memory, **bound)  # type: ignore[arg-type]


def crowded(bench: Bench, engine: str, rows: int) -> tuple[str, Path]:
    """A database with that many people, and a file that names each of them once."""
    url, path = bench.databases.blank(engine), bench.folder / f"evidence{rows}.csv"
    with opened(url) as store:
        crowd.settle_in(store, crowd.Size(max(1, rows // PEOPLE), min(rows, PEOPLE)))
        with store.reading() as session, path.open("w", newline="") as file:
            found = session.execute(text("SELECT email FROM contact ORDER BY id"))
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for number, (email,) in enumerate(found):
                writer.writerow(_line(number, email))
    return url, path


def _line(number: int, email: str) -> tuple[str, ...]:
    if number % 3 == 0:
        return email, "Not Capable", "", ""
    return email, "Capable", "Authenticator app, SMS", "Authenticator app"


def whole(bench: Bench, url: str, path: Path) -> Run:
    """The product's import, in a fresh process. Raises RuntimeError where a row is unmatched."""
    with path.open() as file:
        rows = sum(1 for _ in file) - 1
    with bench.databases.using(url) as copy:
        env = bench.environment(
            ROLLOUT_DATABASE_URL=copy, ROLLOUT_SECRET_KEY=crowd.SECRET, ROLLOUT_MAIL="mailbox:"
        )
        command = (sys.executable, "-m", "tests.bench.import_once", str(path))
        process = Process(command, env, bench.folder)
        process.finish()
    found = _SAID.search(process.said())
    assert found, process.said()
    if int(found[2]) != rows:
        raise RuntimeError(f"{found[2]} of {rows} rows were matched.")
    return Run(rows, float(found[1]), float(found[3]))


def _bare(bench: Bench, url: str, path: Path, rows: int) -> Run:
    """The same words about the same people, without anything that makes them trustworthy."""
    levels = [
        (line["userPrincipalName"], 2 if line["mfaCapable"] == "Capable" else 0)
        for line in csv.DictReader(path.open())
    ]
    merge = _copy_and_merge if url.startswith("postgresql") else _upsert
    with bench.databases.using(url) as copy, opened(copy) as store:
        took = seconds(lambda: merge(store, levels))
        with store.reading() as session:
            stored = session.execute(text("SELECT count(*) FROM standing")).scalar_one()
    if stored != rows:
        raise RuntimeError(f"{stored} of {rows} rows were merged.")
    return Run(rows, took)


def _copy_and_merge(store: Store, levels: list[tuple[str, int]]) -> None:
    with store.writing() as session:
        snapshot = session.execute(text(_SNAPSHOT)).scalar_one()
        driver = cast("Connection[Any]", session.connection().connection.driver_connection)
        driver.execute("CREATE TEMPORARY TABLE words (upn text, level int) ON COMMIT DROP")
        with driver.cursor() as cursor, cursor.copy("COPY words FROM STDIN") as copy:
            for row in levels:
                copy.write_row(row)
        driver.execute(
            _MERGE.format(level="level", snapshot=snapshot, rows="JOIN words ON words.upn = email")
        )


def _upsert(store: Store, levels: list[tuple[str, int]]) -> None:
    with store.writing() as session:
        snapshot = session.execute(text(_SNAPSHOT)).scalar_one()
        driver = cast("Any", session.connection().connection.driver_connection)
        statement = _MERGE.format(level="?2", snapshot=snapshot, rows="WHERE email = ?1")
        driver.executemany(statement, levels)
