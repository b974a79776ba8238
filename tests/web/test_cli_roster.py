"""`rollout staff hours|off|skills` and `rollout limits`, from outside."""

from pathlib import Path

import pytest

from tests.web.cli_kit import Shell

ADA = ("--as", "ada@harbor.example")
TESS = "tess@harbor.example"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("roster"))
    made.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    made.quick(*ADA, "staff", "add", TESS, "--role", "technician")
    return made


def test_hours_are_shown_and_set(shell: Shell, tmp_path: Path) -> None:
    usual = shell.quick(*ADA, "staff", "hours", TESS, "--json")
    assert usual["week"] == [480, 480, 480, 480, 480, 0, 0]
    week = "480,240,0,480,480,0,60"
    made = shell.quick(*ADA, "staff", "hours", TESS, "--week", week, "--json")
    assert made["week"] == [480, 240, 0, 480, 480, 0, 60]
    assert "Wed 0" in shell.quick(*ADA, "staff", "hours", TESS)


def test_days_off_come_and_go(shell: Shell) -> None:
    days = ("2026-08-03", "2026-08-07")
    made = shell.quick(*ADA, "staff", "off", TESS, *days, "--reason", "leave", "--json")
    assert made["off"] == [{"first": days[0], "last": days[1], "reason": "leave"}]
    assert made["too_much"] == []
    assert "Off Mon 3 Aug 2026 to Fri 7 Aug 2026: leave" in shell.quick(*ADA, "staff", "off", TESS)
    assert shell.quick(*ADA, "staff", "off", TESS, *days, "--remove", "--json")["off"] == []


def test_skills_are_named(shell: Shell) -> None:
    made = shell.quick(*ADA, "staff", "skills", TESS, "auth", "expiry", "--json")
    assert made["skills"] == ["auth", "expiry"]
    assert "does everything" in shell.quick(*ADA, "staff", "skills", TESS, "--all")


def test_limits_are_shown_set_and_lifted(shell: Shell) -> None:
    none = {"campaign_day": None, "day": None, "day_minutes": None, "distance_days": 7}
    assert shell.quick("limits", "--json") == none
    set_ = ("--campaign-day", "4", "--day", "6", "--minutes", "900", "--distance", "14")
    made = shell.quick(*ADA, "limits", *set_, "--json")
    assert made == {"campaign_day": 4, "day": 6, "day_minutes": 900, "distance_days": 14}
    words = shell.quick(*ADA, "limits", "--day", "none", "--distance", "none")
    assert "Customers a day: no limit" in words
    assert "Customers a day and campaign: 4" in words
    assert shell.quick("limits", "--json")["distance_days"] == 0


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("staff", "hours", "sam@stranger.example"), 1, "no technician"),
        (("staff", "hours", TESS, "--week", "1,2"), 1, "seven numbers"),
        (("staff", "hours", TESS, "--week", "a,b"), 1, "seven numbers"),
        (("staff", "off", TESS, "2026-08-03"), 1, "Write why"),
        (("staff", "off", TESS, "2026-08-04", "--remove"), 1, "no such days off"),
        (("staff", "off", TESS, "--remove"), 2, "Name the first day"),
        (("staff", "skills", TESS, "juggling"), 1, "no category"),
        (("staff", "skills", TESS, "auth", "--all"), 2, "or say --all"),
        (("limits", "--day", "many"), 1, "no whole number"),
        (("limits", "--day", "0"), 1, "from 1 to 10,000"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    shell: Shell, words: tuple[str, ...], code: int, said: str
) -> None:
    done = shell.by_the_door(*ADA, *words)
    assert done.returncode == code
    assert said in done.stderr
    assert code == 2 or len(done.stderr.strip().splitlines()) == 1
