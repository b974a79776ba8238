"""`python -m tests.faults.shifted FILE WORDS`: a command of ours on a clock that is set wrong.

FILE holds the seconds by which the machine's clock is off; it is read at every look, so the
clock can jump while the command runs. As faketime would do it, at the one door where the
product reads the clock, and on every machine.

`... FILE pass MINUTES`: sweeps as the minutes pass, one a minute, on a driven clock.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from rollout import wiring


def shift(file: Path) -> None:
    """From now on `machine_now` is off by what the file says."""
    right: Callable[[], datetime] = wiring.machine_now

    def wrong() -> datetime:
        return right() + timedelta(seconds=float(file.read_text()))

    wiring.machine_now = wrong


def sweep_each_minute(file: Path, minutes: int) -> None:
    """The machine's clock and the driven one go on together."""
    from rollout.cli.context import open_runtime
    from workers.steward import tick

    rt = open_runtime()
    start, before = rt.clock.now(), float(file.read_text())
    for minute in range(1, minutes + 1):
        file.write_text(str(before + 60 * minute))
        tick(rt, start + timedelta(minutes=minute))
    rt.store.close()


def main() -> None:
    file, words = Path(sys.argv[1]), sys.argv[2:]
    shift(file)
    if words[0] == "pass":
        sweep_each_minute(file, int(words[1]))
        return
    sys.argv[1:] = words
    from rollout.cli import main as rollout

    rollout()


if __name__ == "__main__":
    main()
