"""The laws of the house, read from its source."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import calls, modules
from tests.house.unused import unused
from tests.shared import ROOT

CLOCKS = {
    "date.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
DICE = ("random", "secrets", "uuid")


def test_nothing_imports_upward_and_siblings_do_not_meet() -> None:
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_clock_is_read_at_the_edge_only() -> None:
    found = [at for at, call in calls() if ast.unparse(call.func) in CLOCKS]
    assert [at for at in found if not at.startswith("rollout/wiring.py:")] == []


def test_transactions_begin_and_end_in_the_store_only() -> None:
    ending = ("begin", "commit", "rollback")
    found = [
        at
        for at, call in calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in ending
    ]
    allowed = ("campaigns/engine.py:", "campaigns/store.py:", "migrations/env.py:")
    assert [at for at in found if not at.startswith(allowed)] == []


def test_no_message_waits_in_the_broker() -> None:
    found = [at for at, call in calls() for k in call.keywords if k.arg in ("eta", "countdown")]
    assert found == []


def test_the_domain_throws_no_dice() -> None:
    rules = {name: tree for name, tree in modules().items() if name.startswith("campaigns/rules/")}
    found = [
        f"{name}:{node.lineno}"
        for name, tree in rules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and {alias.name.split(".")[0] for alias in node.names} & set(DICE)
    ]
    assert rules
    assert found == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_room_is_a_drawer_for_the_rest(word: str) -> None:
    assert [name for name in modules() if word in (*Path(name).parts, Path(name).stem)] == []


def test_everything_is_used_by_something() -> None:
    assert [f"{item.filename.name}:{item.first_lineno} {item.name}" for item in unused()] == []
