"""The table of a run, for a terminal and for docs/faults.md."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.result import Result
from tests.faults.table import Entry
from tests.services.postgres_server import find_binaries
from tests.services.redis_server import find_binary
from tests.shared import ROOT

PAGE = ROOT / "docs" / "faults.md"
HEAD = ("fault", "what happens", "engine", "runs", "letters", "lost", "doubled", "uncertain",
        "recovery", "note")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One fault on one engine: the sum of its runs, or the first sentence of what broke."""

    entry: Entry
    engine: str
    result: Result | None
    broke: str = ""
    seconds: float = 0.0

    def cells(self) -> tuple[str, ...]:
        start = (self.entry.id, self.entry.title, self.engine)
        if self.result is None:
            return (*start, *["-"] * 6, f"broken: {self.broke}")
        found = self.result
        recovery = "-" if found.recovery is None else f"{found.recovery:.1f} s"
        counts = (found.runs, found.letters, found.lost, found.doubled, found.uncertain)
        return (*start, *map(str, counts), recovery, found.note)


def plain(lines: list[Line]) -> str:
    """For a terminal."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def page(lines: list[Line], seed: int, form: str) -> str:
    """docs/faults.md."""
    rows = [HEAD, ["---"] * len(HEAD), *(line.cells() for line in lines)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"""# Faults

<!-- Written by `make faults`. -->

What was done to the product while letters were leaving, and what came of it. Every letter was
counted twice: as a row of the database and as a file of the mail server. After each run the rows,
the files, the bookings and the journal were compared.

{table}

*lost*: letters that are neither with the mail server nor waiting nor explained. *doubled*: copies
beyond the first. *uncertain*: letters of which nobody can know; they wait for a person. *recovery*:
the longest time until the letters that the fault had caught were on their way again.

{form}, first seed {seed}, {datetime.now(UTC):%Y-%m-%d}, commit {_commit()}.
{machine()}.
"""


def write(lines: list[Line], seed: int, form: str) -> Path:
    PAGE.write_text(page(lines, seed, form))
    return PAGE


def machine() -> str:
    """What it ran on, without names."""
    postgres = _says(find_binaries() / "postgres", "--version")
    redis = _says(find_binary(), "--version")
    sink = "Postfix smtp-sink" if shutil.which("smtp-sink") else "smtp-sink"
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {postgres.split('(')[0].strip()}, "
        f"{' '.join(redis.split()[:3])}, {sink}"
    )


def _says(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _commit() -> str:
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT)]
    done = subprocess.run(
        [*git, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "unknown"
