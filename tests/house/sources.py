"""The product's own source, parsed once, for tests that hold its laws."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.shared import ROOT

ROOMS = ("campaigns", "guides", "migrations", "rollout", "workers")


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the five rooms, by its path from the root."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    }


def calls() -> Iterator[tuple[str, ast.Call]]:
    """(`file:line`, call) of every call."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{name}:{node.lineno}", node


def kept_files() -> list[Path]:
    """The files that git keeps, or would keep at the next commit."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]
