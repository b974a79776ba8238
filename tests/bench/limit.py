"""The reference of every hand-over: the plain Python limit on the same bytes."""

import sys
import time
from pathlib import Path

from tests.bench.bench import Bench
from tests.bench.couriers import Run
from tests.bench.processes import Process

PROCESSES = 4


def blast(
    bench: Bench, letters: Path, many: int, port: int, processes: int = PROCESSES, threads: int = 1
) -> Run:
    """smtplib on prebuilt bytes, timed from when all processes stand ready."""
    words = (str(port), str(letters), str(processes), str(threads))
    command = (sys.executable, "-m", "tests.bench.blast", *words)
    process = Process(command, bench.environment(), bench.folder)
    process.until_says("ready")
    began = time.monotonic()
    process.tell("go")
    process.until_says("done", 1200.0)
    seconds = time.monotonic() - began
    process.finish()
    process.kill()
    assert process.usage is not None
    return Run(many, seconds, 0.0, process.usage[0], 0.0)
