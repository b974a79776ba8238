"""From outside: another release of the time-zone data, and what the commands make of it."""

import json
import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pytest

from tests.web.cli_kit import ROOT, Shell
from tests.zone_rules import tzif

ADA = ("--as", "ada@harbor.example")
BO = ("--as", "bo@harbor.example")
NAME = "MFA everyone"
CUSTOMERS = "name,domain,timezone,country\nAlpha,alpha.example,America/Vancouver,CA\n"
CONTACTS = "customer,name,email,role\nAlpha,Kim Lee,kim@alpha.example,decision_maker\n"
CHANGE = {
    "Id": "MC862873",
    "Title": "Microsoft Entra: second step required",
    "Body": {"ContentType": "text", "Content": "Everybody needs a second step."},
    "ActionRequiredByDateTime": "2027-01-20T00:00:00Z",
}
OFFSET = (
    "from rollout.wiring import pin_time_zones; from zoneinfo import ZoneInfo; "
    "from datetime import datetime, UTC; pin_time_zones(); "
    "print(datetime(2026, 12, 1, 20, tzinfo=UTC).astimezone(ZoneInfo('America/Vancouver')))"
)
OLD_RULE = "PST8PDT,M3.2.0,M11.1.0"


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder that holds the tzdata package from before British Columbia kept its clocks."""
    folder = tmp_path_factory.mktemp("older")
    shutil.copytree(str(files("tzdata")), folder / "tzdata")
    (folder / "tzdata" / "zoneinfo" / "America" / "Vancouver").write_bytes(tzif(OLD_RULE))
    return str(folder)


@pytest.fixture
def shell(tmp_path: Path, older: str) -> Shell:
    """Alpha in Vancouver has agreed 1 December 2026, under the older rules."""
    made = Shell(tmp_path)
    made.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    made.quick(*ADA, "staff", "add", "bo@harbor.example", "--role", "approver")
    made.quick(*ADA, "customers", "import", made.file("customers.csv", CUSTOMERS))
    made.quick(*ADA, "contacts", "import", made.file("contacts.csv", CONTACTS))
    change = made.file("change.json", json.dumps(CHANGE))
    made.quick(*ADA, "changes", "import", change)
    made.quick(
        *ADA, "campaigns", "open", "--change", "MC862873", "--playbook", "default", "--name", NAME
    )
    made.quick(*BO, "campaigns", "approve", NAME)
    made.quick(*ADA, "campaigns", "start", NAME)
    path = f"{older}:{ROOT}"
    done = made.run(*ADA, "agree", NAME, "Alpha", "2026-12-01", "18:00", PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    return made


def test_new_data_moves_what_the_older_data_had_planned(shell: Shell) -> None:
    before = shell.run("doctor")
    assert "rollout rezone --preview" in before.stdout
    ahead = shell.quick(*ADA, "rezone", "--preview", "--json")
    assert ahead["tzdata"] == version("tzdata")
    [date] = ahead["dates"]
    assert (date["customer"], date["date"], date["time"]) == ("Alpha", "2026-12-01", "18:00")
    assert (date["was"], date["now"]) == ("2026-12-02T02:00:00Z", "2026-12-02T01:00:00Z")
    assert {"today", "tomorrow"} <= {touch["step"] for touch in ahead["touches"]}
    done = shell.quick(*ADA, "rezone", "--json")
    assert done | {"preview": True} == ahead
    again = shell.quick(*ADA, "rezone")
    assert "0 agreed dates and 0 planned contacts moved" in again
    assert "rezone" not in shell.run("doctor").stdout


def test_what_moved_is_said_in_plain_words(shell: Shell) -> None:
    said = shell.quick(*ADA, "rezone")
    stands = "Alpha, MFA everyone: Tue 1 Dec 2026, 18:00 Vancouver stands; "
    assert f"{stands}Wed 2 Dec 2026 02:00 UTC becomes Wed 2 Dec 2026 01:00 UTC." in said


def test_vancouver_keeps_its_clocks_whatever_the_machine_says(tmp_path: Path, older: str) -> None:
    """The machine's own folder of zones, and PYTHONTZPATH, both say UTC-8 on 1 December 2026."""
    hostile = Path(older) / "tzdata" / "zoneinfo"
    done = subprocess.run(
        [sys.executable, "-c", OFFSET],
        env={"PYTHONPATH": str(ROOT), "PYTHONTZPATH": str(hostile), "TZ": "America/Vancouver"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "2026-12-01 13:00:00-07:00"
    shell = Shell(tmp_path)
    found = shell.run("doctor", PYTHONTZPATH=str(hostile))
    assert "Time-zone data is the packaged one." in found.stdout
    late = shell.run("doctor", PYTHONPATH=f"{older}:{ROOT}")
    assert "Reinstall tzdata" in late.stdout
    assert late.returncode == 1
