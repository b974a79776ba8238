"""Importing has no effects: no file, no thread, no socket, no process, no warning."""

import subprocess
import sys
from pathlib import Path

from tests.house.sources import modules
from tests.shared import ROOT

# The two entries whose import is their work, and Alembic's, which runs inside a migration.
ENTRIES = {"rollout.wsgi", "rollout.worker", "migrations.env"}
WATCH = """
import importlib, os, sys, threading

effects = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def watch(event, arguments):
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING:
        effects.append(f"{event} {arguments[0]}")
    elif event in ("os.mkdir", "os.rename", "os.remove", "socket.connect", "socket.bind",
                   "subprocess.Popen", "os.fork", "sqlite3.connect"):
        effects.append(f"{event} {arguments}")

sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
    if effects or threading.active_count() > 1:
        sys.exit(f"Importing {name}: {effects} {threading.enumerate()}")
"""


def dotted(path: str) -> str:
    parts = Path(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_importing_any_module_does_nothing_else(tmp_path: Path) -> None:
    names = [name for name in map(dotted, modules()) if name not in ENTRIES]
    assert len(names) > 150
    done = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", WATCH, *names],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(tmp_path.iterdir()) == []
