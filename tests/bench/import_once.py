"""One import in a process of its own: python -m tests.bench.import_once FILE prints its seconds
and the most memory that it held.

The settings are the environment's, as for a command; starting the process is not counted.
"""

import sys
from pathlib import Path

import click

from campaigns.journal import Actor
from rollout.cli.context import open_runtime
from rollout.desk import Desk
from tests.bench.timing import seconds


def main() -> None:
    desk = Desk(open_runtime(), Actor("ada@harbor.example", "admin"))
    path = Path(sys.argv[1])
    matched: list[int] = []

    def take_in() -> None:
        with path.open("rb") as stream:
            matched.append(desk.import_evidence(stream, path.name).matched)

    took = seconds(take_in)
    click.echo(f"seconds {took} matched {matched[0]} megabytes {_most()}")


def _most() -> float:
    """Since this program began (Linux); ru_maxrss counts the memory of who started it, too."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if "VmHWM" in line).split()[1]) / 1024


if __name__ == "__main__":
    main()
