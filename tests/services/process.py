"""A server as a child process: own group, an ordinary user, gone when we are gone."""

import atexit
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.services.folder import ordinary_user

_PR_SET_PDEATHSIG = 1
_STARTING = 60.0
_STOPPING = 20.0


class ServiceFailed(RuntimeError):
    """A server did not start or stop; the message ends with the last lines that it wrote."""


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now; the start is retried if it gets taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: Sequence[str | Path], cwd: Path) -> None:
    """Run to the end as the ordinary user. Raises ServiceFailed with what it wrote."""
    user = ordinary_user()
    done = subprocess.run(
        command,
        cwd=cwd,
        env=_environment(cwd),
        user=user,
        group=_group(user),
        extra_groups=None if user is None else [],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServiceFailed(f"{Path(command[0]).name} failed: {done.stdout[-2000:]}")


class Child:
    """One server process, never as root."""

    def __init__(
        self,
        command: Sequence[str | Path],
        folder: Path,
        *,
        dies_with_us: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = Path(command[0]).name
        self._log = folder / "log"
        with self._log.open("ab") as log:
            self._process = self._spawn(command, folder, log, dies_with_us)
        atexit.register(self.kill)

    @staticmethod
    def _spawn(
        command: Sequence[str | Path],
        folder: Path,
        log: IO[bytes],
        dies_with_us: signal.Signals,
    ) -> subprocess.Popen[bytes]:
        user = ordinary_user()
        return subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            user=user,
            group=_group(user),
            extra_groups=None if user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            # After the change of user; one system call, no lock that another thread could hold.
            preexec_fn=_following(dies_with_us, os.getpid()),
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def until(self, ready: Callable[[], bool]) -> None:
        """Wait until `ready()`. Raises ServiceFailed when the process ends first, or in 60 s."""
        deadline = time.monotonic() + _STARTING
        while not ready():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.02)
                raise ServiceFailed(f"{self.name} ended at once: {self.last_words()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServiceFailed(f"{self.name} was not ready in time: {self.last_words()}")

    def stop(self, by: signal.Signals) -> None:
        """Signal the process and wait for its end; after 20 s its group is killed."""
        if self.alive():
            self._process.send_signal(by)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=_STOPPING)
        self.kill()

    def kill(self) -> None:
        """Kill the group, if the process still lives, and collect it."""
        if self.alive():
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        atexit.unregister(self.kill)

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""


def _group(user: str | None) -> int | None:
    return None if user is None else pwd.getpwnam(user).pw_gid


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}


def _following(by: signal.Signals, parent: int) -> Callable[[], None] | None:
    """Let the kernel send `by` to the child when we die, even by SIGKILL (Linux, prctl(2)).

    Runs in the child after the change of user, which would clear the wish again.
    """
    try:
        prctl = ctypes.CDLL(None).prctl
    except (AttributeError, OSError):
        return None

    def follow() -> None:
        prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), by)

    return follow
