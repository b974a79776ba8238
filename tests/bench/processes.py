"""Commands as processes of their own, and the processor time that each of them took."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.shared import ROOT

# The command whatever it is installed as, on the code of this very tree.
ROLLOUT = (sys.executable, "-c", "from rollout.cli import main; main()")
_TICK = os.sysconf("SC_CLK_TCK")


class Process:
    """One command; what it says goes to a file."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self.command = tuple(command)
        self.log = folder / f"log-{time.monotonic_ns()}"
        self.usage: tuple[float, int] | None = None
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=dict(env),
                cwd=folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def tell(self, line: str) -> None:
        """One line to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def megabytes(self) -> float:
        """What it holds in memory now (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1]) / 1024

    def until(self, ready: Callable[[], object], within: float = 60.0, pause: float = 0.01) -> None:
        """Wait until `ready()`. Raises RuntimeError with what it said where it ends before."""

        def look() -> object:
            if not ready() and self.ended() and not ready():
                raise RuntimeError(f"{self.command} ended: {self.said()[-2000:]}")
            return ready()

        until(look, within, f"{self.command}; it said {self.said()[-1500:]}", pause)

    def until_says(self, word: str, within: float = 60.0) -> None:
        self.until(lambda: word in self.said(), within)

    def seconds(self) -> float:
        """Processor time so far, its ended children's included."""
        if self.usage is not None:
            return self.usage[0]
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / _TICK

    def ended(self) -> bool:
        """Whether it has ended; its usage is known from then on."""
        if self.usage is None:
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self._process.returncode = os.waitstatus_to_exitcode(status)
                self.usage = (usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
        return self.usage is not None

    def wait(self, within: float = 60.0) -> int:
        """Its exit code."""
        until(self.ended, within, f"{self.command} ends; it said {self.said()[-1500:]}")
        return int(self._process.returncode)

    def finish(self) -> None:
        """As `wait`; an exit code other than 0 is a fault of the bench or the product."""
        if code := self.wait(1200.0):
            raise RuntimeError(f"{self.command} ended with {code}: {self.said()[-2000:]}")

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that is not heeded in 15 s; collected in any case."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        try:
            self.wait(15.0)
        except TimeoutError:
            self.kill()

    def kill(self) -> None:
        if not self.ended():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def until(ready: Callable[[], object], within: float, what: str, pause: float = 0.01) -> None:
    """Wait until `ready()`. Raises TimeoutError that says what was waited for."""
    deadline = time.monotonic() + within
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {within} s: {what}")
        time.sleep(pause)


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What a command needs to run on the code of this tree, and nothing else."""
    plain = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}
    return {**plain, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}
