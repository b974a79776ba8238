"""What lies in the repository: no addresses of this machine, no secrets, no links to an index."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import kept_files
from tests.shared import ROOT

LOCKS = (
    "requirements.txt",
    "requirements-build.txt",
    "requirements-dev.txt",
    "tests/bench/requirements-peers.txt",
)
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", re.MULTILINE)
# Folders of whoever built this; every machine has others.
OF_A_MACHINE = re.compile(rb"(?<![\w./])/(?:home|root|Users|work|mnt)/[\w.]+")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def plain(requirement: str) -> str:
    """The name in `Name[extra]>=1`, as the index writes it."""
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(group: str) -> set[str]:
    names = set()
    for entry in PROJECT["dependency-groups"][group]:
        names |= asked(entry["include-group"]) if isinstance(entry, dict) else {plain(entry)}
    return names


def pinned(lock: str) -> set[str]:
    return {plain(name) for name in PINNED.findall((ROOT / lock).read_text())}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links)", text, re.MULTILINE)
    for entry in re.split(r"\n(?=\S)", text):
        if PINNED.match(entry):
            assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    base = {plain(entry) for entry in PROJECT["project"]["dependencies"]}
    assert base - pinned("requirements.txt") == set()
    assert base | asked("dev") <= pinned("requirements-dev.txt")
    assert asked("build") <= pinned("requirements-build.txt")


def test_no_kept_file_names_a_folder_of_one_machine() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match.group().decode()}"
        for path in kept_files()
        if path != Path(__file__).resolve()
        for match in OF_A_MACHINE.finditer(path.read_bytes())
    }
    assert found == set()


def test_the_licence_is_mit() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License")
    assert PROJECT["project"]["license"] == "MIT"
