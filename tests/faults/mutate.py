"""`python -m tests.faults.mutate [--only WORDS] [--jobs N]`: does a test go red for each?

Every planted fault is put into a copy of the tree, and the tests that it names run there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.faults.mutation import Mutation
from tests.faults.mutations import MUTATIONS
from tests.shared import ROOT

ROOMS = ("campaigns", "guides", "migrations", "rollout", "workers", "tests", "docs")
FILES = ("pyproject.toml", "README.md", "Makefile", "docker-compose.yml")
TARGET = 0.95
PATIENCE = 1800.0
GREEN, RED = 0, 1  # pytest's exit codes


@dataclass(frozen=True)
class Found:
    """`caught`: a test failed. `odd`: pytest ended otherwise, so nothing is known."""

    mutation: Mutation
    caught: bool
    odd: str = ""
    by: str = ""


@contextmanager
def copies(many: int) -> Iterator[SimpleQueue[Path]]:
    """So many copies of the tree, to be taken and put back."""
    with tempfile.TemporaryDirectory(prefix="rollout-mutations-") as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(many):
            tree = Path(folder) / f"tree{number}"
            for room in ROOMS:
                ignored = shutil.ignore_patterns("__pycache__", "node_modules")
                shutil.copytree(ROOT / room, tree / room, ignore=ignored)
            for name in FILES:
                shutil.copy(ROOT / name, tree / name)
            trees.put(tree)
        yield trees


def pytest_in(tree: Path, words: Sequence[str]) -> tuple[int, str]:
    """Run tests of the copy on the copy; the exit code and the last lines."""
    options = ("-x", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--durations=0")
    env = {name: value for name, value in os.environ.items() if name != "ROLLOUT_NO_SKIPS"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *words],
            cwd=tree,
            env={**env, "PYTHONPATH": str(tree)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return RED, "FAILED: the tests did not end"
    return done.returncode, f"{done.stderr[-1000:]}{done.stdout[-4000:]}"


def red_already(tree: Path, mutations: Sequence[Mutation]) -> list[str]:
    """Tests that fail without any fault: they prove nothing and are left out."""
    words = sorted({word for mutation in mutations for word in mutation.tests})
    _, said = pytest_in(tree, ["--maxfail=1000", *words])
    lines = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return [line.split(" ")[1] for line in lines]


def plant(tree: Path, mutation: Mutation, left_out: Sequence[str]) -> Found:
    """Put it in, run its tests, take it out."""
    file = tree / mutation.file
    whole = file.read_text()
    assert whole.count(mutation.old) == 1, f"{mutation.file}: {mutation.old!r}"
    file.write_text(whole.replace(mutation.old, mutation.new))
    try:
        words = [*(f"--deselect={word}" for word in left_out), *mutation.tests]
        # What needs no server is asked first: most faults show there, in a tenth of the time.
        code, said = pytest_in(tree, ["-k", "not postgresql", *words])
        if code != RED:
            code, said = pytest_in(tree, words)
    finally:
        file.write_text(whole)
    red = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if code not in (GREEN, RED):
        return Found(mutation, False, f"pytest ended with {code}: {said.strip()[-300:]}")
    return Found(mutation, code == RED, by=red[0][:150] if red else "")


def main() -> int:
    """0 where at least 95 % are caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.mutate")
    parser.add_argument("--only", default="", help="words of the guard or its file")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--trust", action="store_true", help="take it that all tests are green")
    told = parser.parse_args()
    chosen = [m for m in MUTATIONS if told.only in m.guard or told.only in m.file]
    with copies(told.jobs) as trees, ThreadPoolExecutor(told.jobs) as crew:
        tree = trees.get()
        left_out = [] if told.trust else red_already(tree, chosen)
        trees.put(tree)
        print(f"Red without any fault, left out: {left_out or 'none'}", flush=True)  # noqa: T201

        def work(mutation: Mutation) -> Found:
            tree = trees.get()
            try:
                return plant(tree, mutation, left_out)
            finally:
                trees.put(tree)

        found = []
        for one in crew.map(work, chosen):
            found.append(one)
            word = "caught  " if one.caught else "BROKEN  " if one.odd else "SURVIVED"
            print(f"{word}  {one.mutation.guard}  {one.by}{one.odd}", flush=True)  # noqa: T201
    caught = sum(one.caught for one in found)
    share = caught / len(found) if found else 0.0
    print(f"{caught} of {len(found)} planted faults caught, {share:.0%}.")  # noqa: T201
    return int(share < TARGET)


if __name__ == "__main__":
    sys.exit(main())
