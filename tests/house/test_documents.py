"""What is written about the product says what the product does."""

import re

from rollout import docs
from rollout.settings import PREFIX, Settings
from tests.shared import ROOT


def test_the_pages_of_commands_and_settings_are_in_step() -> None:
    assert docs.stale() == [], "run `make docs`"


def test_every_setting_has_a_meaning_and_a_line() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert f"| `{PREFIX}{name.upper()}` |" in text


def test_every_command_says_what_it_does() -> None:
    parts = re.split(r"^#+ ", docs.commands(), flags=re.MULTILINE)
    helps = [part for part in parts if part.startswith("rollout")]
    assert len(helps) > 20
    for part in helps:
        name, text = part.split("\n", 1)
        words = re.search(r"Usage: .*?\n\n  (\w.*)", text, re.DOTALL)
        assert words, name


def test_every_target_of_make_has_a_line_in_its_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    told = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    assert sorted(told) == sorted(phony[1].split())


def test_the_version_stands_in_the_list_of_changes() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    version = re.search(r'^version = "(.*)"$', project, re.MULTILINE)
    assert version
    first = re.search(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert first
    assert first[1] == version[1]
