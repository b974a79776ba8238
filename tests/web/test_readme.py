"""The first steps of the README work as they are printed."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.shared import ROOT

README = (ROOT / "README.md").read_text()
# One Python for all commands: each is what its own process would be, without its start.
DRIVER = """
import json, os, sys
from rollout.cli import main
for words in json.load(sys.stdin):
    if words[0] == "export":
        name, _, value = words[1].partition("=")
        os.environ[name] = value
        continue
    print("$", *words, flush=True)
    sys.argv = words
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
    sys.stdout.flush()
"""


def first_steps() -> list[list[str]]:
    """The commands of the one shell block, as a shell would split them."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    lines = (shlex.split(line, comments=True) for line in blocks[0].splitlines())
    return [words for words in lines if words]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("readme")
    (folder / "docs").symlink_to(ROOT / "docs")
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ROLLOUT_")}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input=json.dumps(first_steps()),
        env=inherited | {"ROLLOUT_CLOCK": "2026-11-22T08:00Z@0", "PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert (folder / "value.pdf").read_bytes().startswith(b"%PDF")
    return done.stdout


def test_every_command_of_the_first_steps_is_one_of_ours() -> None:
    assert {words[0] for words in first_steps()} == {"rollout", "export"}


def test_the_first_steps_run_from_an_empty_folder_to_the_report(printed: str) -> None:
    assert printed.count("$ rollout ") == sum(words[0] == "rollout" for words in first_steps())
    assert "Sign in once with:" in printed
    assert "customers: 3 new" in printed
    assert "contacts: 14 new" in printed
    assert "Northwind Dental: Tue 25 May 2027, 18:00 Europe/Berlin." in printed
    assert "5 accepted, 5 matched to people" in printed
    assert "3 of 13 ready, 8 unknown" in printed


def test_every_file_that_the_readme_links_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_screenshot_is_small_enough_to_load_at_once() -> None:
    assert (ROOT / "docs" / "screenshot.png").stat().st_size < 300_000
