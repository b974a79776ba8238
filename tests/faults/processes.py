"""Commands of ours as processes of their own group, to be shot at any moment."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.services.process import free_port
from tests.shared import ROOT

# On the code of this very tree; the kernel ends it when the test run is killed (prctl(2), 1).
FOLLOW = "import ctypes; getattr(ctypes.CDLL(None), 'prctl', int)(1, 9)"
COMMAND = (sys.executable, "-c", f"{FOLLOW}; from rollout.cli import main; main()")


class Process:
    """`rollout WORDS` until it is told to stop; what it says goes to a file."""

    def __init__(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        folder: Path,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.words = tuple(words)
        self.log = folder / f"{words[0]}-{free_port()}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *words],
                env=dict(env),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs, -9 after a kill."""
        return self._process.poll()

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to it and all that it started; once more does no harm."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self, within: float = 30.0) -> int:
        """SIGTERM; its exit code. Fails where it does not end in time."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.words} goes on after {within} s") from None

    def said(self) -> str:
        """The last lines that it wrote."""
        return self.log.read_text(errors="replace")[-2000:]

    def memory(self) -> int:
        """The kilobytes that it holds in memory now (Linux)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if "VmRSS" in line).split()[1])


def run(
    words: Sequence[str],
    env: Mapping[str, str],
    folder: Path,
    command: Sequence[str] = COMMAND,
    within: float = 120.0,
) -> str:
    """One command to its end; what it printed. Fails where it is refused."""
    done = subprocess.run(
        [*command, *words],
        env=dict(env),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=within,
        check=False,
    )
    assert done.returncode == 0, (words, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What a command needs to run on the code of this tree, and nothing else."""
    plain = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder)}
    return {**plain, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}
