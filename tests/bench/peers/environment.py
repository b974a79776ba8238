"""The peers' own environment, built from their lock; never the product's."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.shared import ROOT

FOLDER = ROOT / ".work" / "bench-env"
LOCK = Path(__file__).parent.parent / "requirements-peers.txt"
STAMP = FOLDER / ".lock"


def peers_python(say: Callable[[str], None]) -> str:
    """The interpreter of the environment, built where it is missing or the lock has changed.

    Raises subprocess.CalledProcessError where pip cannot install it.
    """
    python = FOLDER / "bin" / "python"
    if not STAMP.exists() or STAMP.read_text() != LOCK.read_text():
        say("making the peers' environment")
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", "--without-pip", FOLDER], check=True
        )
        switches = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes")
        install = ("-m", "pip", "--python", python, "install", *switches, "-r", LOCK)
        subprocess.run([_with_pip(), *install], check=True)
        STAMP.write_text(LOCK.read_text())
    return str(python)


def _with_pip() -> str:
    """An interpreter that has pip: this one, or the one that it was made from."""
    for candidate in (sys.executable, sys._base_executable):  # type: ignore[attr-defined]
        done = subprocess.run(
            [candidate, "-m", "pip", "--version"], capture_output=True, check=False
        )
        if done.returncode == 0:
            return str(candidate)
    raise RuntimeError("No pip to install the peers with: install python3-pip.")
