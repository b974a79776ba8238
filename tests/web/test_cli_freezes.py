"""`rollout freezes` and `rollout hours`, from outside."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.web.cli_kit import Shell

ADA = ("--as", "ada@harbor.example")
FIRMS = ("Northwind Dental", "Harbour Legal")


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Two customers that have agreed on 15 September, by phone."""
    made = Shell(tmp_path_factory.mktemp("freezes"))
    made.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    made.quick(*ADA, "staff", "add", "bo@harbor.example", "--role", "approver")
    rows = "".join(f"{name},{name.split()[0]}.example,Europe/Berlin,DE,BY\n" for name in FIRMS)
    file = made.file("customers.csv", f"name,domain,timezone,country,subdivision\n{rows}")
    made.quick(*ADA, "customers", "import", file)
    opened = ("--change", "ms-exo-smtp-auth-basic", "--playbook", "default", "--name", "MFA")
    made.quick(*ADA, "campaigns", "open", *opened, "--customers", "all")
    made.quick("--as", "bo@harbor.example", "campaigns", "approve", "MFA")
    made.quick(*ADA, "campaigns", "start", "MFA")
    for name in FIRMS:
        made.quick(*ADA, "agree", "MFA", name, "2026-09-15 18:00")
    return made


def agreed(shell: Shell) -> dict[str, str]:
    shown = shell.quick(*ADA, "campaigns", "show", "MFA", "--json")
    return {one["customer"]: one["agreed"]["date"] for one in shown["customers"]}


def test_a_freeze_is_added_looked_at_and_approved(shell: Shell) -> None:
    days = ("--from", "2026-09-14", "--to", "2026-09-16", "--reason", "stocktaking")
    made = shell.quick(*ADA, "freezes", "add", *days, "--json")
    assert made["customer"] is None
    assert made["days"] == "Mon 14 Sep 2026 to Wed 16 Sep 2026"
    assert {one["customer"] for one in made["agreed"]} == set(FIRMS)
    number = str(made["id"])
    assert shell.quick(*ADA, "freezes", "impact", number, "--json") == made
    words = shell.quick(*ADA, "freezes", "impact", number)
    assert "Tue 15 Sep 2026, 18:00 Berlin could move to" in words
    assert "Nothing has moved." in words
    assert set(agreed(shell).values()) == {"2026-09-15"}
    kept = shell.quick(*ADA, "freezes", "keep", number, "harbour legal", "--why", "asked", "--json")
    assert [one["kept"] for one in kept["agreed"]] == ["asked", None]
    moved = shell.quick(*ADA, "freezes", "approve", number, "--json")
    assert [one["customer"] for one in moved["moved"]] == ["Northwind Dental"]
    new = moved["moved"][0]["new_date"]
    assert abs(date.fromisoformat(new) - date(2026, 9, 15)) > timedelta(days=1)
    assert agreed(shell) == {"Northwind Dental": new, "Harbour Legal": "2026-09-15"}
    assert shell.quick(*ADA, "freezes", "approve", number, "--json")["moved"] == []
    gone = shell.quick(*ADA, "freezes", "remove", number, "--json")
    assert gone["removed"] is True


def test_freezes_come_back_and_are_listed(shell: Shell) -> None:
    end = ("--from", "2026-01-01", "--repeats", "month_end", "--workdays", "3")
    whose = ("--customer", FIRMS[0], "--campaign", "MFA")
    made = shell.quick(*ADA, "freezes", "add", *end, "--reason", "payroll", *whose, "--json")
    assert (made["customer"], made["campaign"]) == (FIRMS[0], "MFA")
    (one,) = shell.quick("freezes", "list", "--customer", FIRMS[0], "--json")
    said = "the last 3 working days of every month, from Thu 1 Jan 2026"
    assert one["days"] == said
    days = ("--from", "2026-12-20", "--to", "2027-01-06", "--repeats", "yearly")
    number = str(made["id"])
    shell.quick(*ADA, "freezes", "change", number, *days, "--reason", "Christmas")
    listed = shell.quick("freezes", "list")
    assert "every year, 20 December to 6 January, from Sun 20 Dec 2026: Christmas" in listed
    assert f'for {FIRMS[0]}, in "MFA"' in listed
    shell.quick(*ADA, "freezes", "remove", number)
    assert "There is no freeze." in shell.quick("freezes", "list")


def test_hours_are_shown_set_and_given_back(shell: Shell) -> None:
    assert shell.quick("hours", "--json")["week"] == "mon-fri 08:00-18:00"
    own = ("hours", "--customer", FIRMS[0])
    made = shell.quick(*ADA, *own, "--week", "mon-thu 8-18, fri 8-12", "--json")
    assert made == {
        "customer": FIRMS[0],
        "set": True,
        "week": "mon-thu 08:00-18:00, fri 08:00-12:00",
    }
    shell.quick(*ADA, "hours", "--week", "mon-sat 7-20")
    assert "mon-sat 07:00-20:00" in shell.quick("hours")
    other = shell.quick("hours", "--customer", FIRMS[1], "--json")
    assert (other["set"], other["week"]) == (False, "mon-sat 07:00-20:00")
    shell.quick(*ADA, "hours", "--usual")
    assert shell.quick(*ADA, *own, "--usual", "--json")["week"] == "mon-fri 08:00-18:00"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("freezes", "impact", "77"), 1, "no freeze 77"),
        (("freezes", "approve", "77"), 1, "no freeze 77"),
        (("freezes", "add", "--from", "soon", "--reason", "x"), 1, "is not a date"),
        (("freezes", "add", "--from", "2026-09-01"), 2, "--reason"),
        (("freezes", "add", "--from", "2026-09-01", "--reason", "x", "--customer", "Z"), 1, "Z"),
        (("hours", "--week", "always"), 1, '"always" is no working time. Write mon-thu'),
        (("hours", "--week", "mon 9-25"), 1, '"25" is no time of day'),
        (("hours", "--week", "mon 9-8"), 1, "after opening time"),
        (("hours", "--week", "mon 8-9", "--usual"), 2, "not both"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    shell: Shell, words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = shell.by_the_door(*ADA, *words)
    assert done.returncode == code
    assert said in done.stderr
    assert code == 2 or len(done.stderr.strip().splitlines()) == 1
