"""`python -m tests.faults [--long] [--only F1,F5] [--seed N] [--engine E]`: play and print."""

import argparse
import sys
import time
import traceback

from tests.faults.report import Line, plain, write
from tests.faults.result import Result
from tests.faults.stage import ENGINES, Play, Stage, stage
from tests.faults.table import Entry, chosen


def main() -> int:
    """0 when every guarantee held, else 1."""
    told = _told()
    form = "Long form" if told.long else "Short form"
    print(f"{form}, first seed {told.seed}.", flush=True)  # noqa: T201
    with stage() as place:
        lines = [
            line
            for entry in chosen(told.only)
            for engine in (entry.engines if told.long else entry.short)
            if told.engine in ("", engine)
            for line in [_line(place, entry, engine, told)]
        ]
    print(f"\n{plain(lines)}")  # noqa: T201
    if not told.only and not told.engine:
        print(f"\nWritten to {write(lines, told.seed, form).name}.")  # noqa: T201
    return int(any(line.result is None for line in lines))


def _told() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--long", action="store_true", help="thousands of letters, three seeds")
    parser.add_argument("--only", default="", metavar="F1,F5")
    parser.add_argument("--engine", default="", choices=("", *ENGINES))
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _line(place: Stage, entry: Entry, engine: str, told: argparse.Namespace) -> Line:
    """All runs of one fault on one engine; what broke is printed whole and the rest goes on."""
    start, total = time.monotonic(), Result(0, 0, 0, 0, 0)
    for seed in range(told.seed, told.seed + (entry.seeds if told.long else 1)):
        try:
            total += entry.play(Play(place, engine, seed, told.long))
        except Exception as error:  # the one door: the table tells of it
            traceback.print_exc()
            words = str(error).splitlines() or [repr(error)]
            return _told_of(Line(entry, engine, None, words[0][:200], time.monotonic() - start))
    return _told_of(Line(entry, engine, total, seconds=time.monotonic() - start))


def _told_of(line: Line) -> Line:
    what = "held" if line.result else f"BROKEN: {line.broke}"
    name = f"{line.entry.id} {line.entry.title}, {line.engine}"
    print(f"{line.seconds:6.1f} s  {name}: {what}", flush=True)  # noqa: T201
    return line


if __name__ == "__main__":
    sys.exit(main())
