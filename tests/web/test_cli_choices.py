"""Days proposed, moves granted and what is left to a customer, by command."""

import pytest

from tests.web.cli_kit import Shell
from tests.web.test_cli import ADA, refused

NAME = "MFA everyone"
CUSTOMERS = "name,domain,timezone,country\n" + "".join(
    f"{name},{name.lower()}.example,Europe/Berlin,DE\n" for name in ("Alpha", "Bravo", "Charlie")
)
CONTACTS = "customer,name,email,role\n" + "".join(
    f"{name},Kim Lee,kim@{name.lower()}.example,decision_maker\n"
    for name in ("Alpha", "Bravo", "Charlie")
)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    made = Shell(tmp_path_factory.mktemp("choices"))
    made.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    made.quick(*ADA, "staff", "add", "bo@harbor.example", "--role", "approver")
    made.quick(*ADA, "customers", "import", made.file("customers.csv", CUSTOMERS))
    made.quick(*ADA, "contacts", "import", made.file("contacts.csv", CONTACTS))
    made.quick(*ADA, "changes", "import", "library")
    change = "ms-exo-smtp-auth-basic"
    made.quick(*ADA, "campaigns", "open", "--change", change, "--name", NAME)
    made.quick("--as", "bo@harbor.example", "campaigns", "approve", NAME)
    made.quick(*ADA, "campaigns", "start", NAME)
    return made


def test_days_are_kept_for_all_for_some_or_for_one(shell: Shell) -> None:
    one = shell.quick(*ADA, "propose", NAME, "--accept", "--only", "alpha", "--json")
    assert one["accepted"] == 1
    rest = shell.quick(*ADA, "propose", NAME, "--accept", "--json")
    assert rest["accepted"] == 2
    why = refused(shell.by_the_door(*ADA, "propose", NAME, "--accept", "--only", "Nobody"))
    assert 'No day is proposed for "Nobody"' in why
    refused(shell.by_the_door(*ADA, "propose", NAME, "--only", "Alpha"), code=2)


def test_a_campaign_tells_its_outlook_and_each_customers_leeway(shell: Shell) -> None:
    shown = shell.quick("campaigns", "show", NAME, "--json")
    assert shown["outlook"]["undecided"] == 3
    assert shown["outlook"]["sentence"].startswith("3 undecided")
    for row in shown["customers"]:
        assert row["deferrals"] == {"used": 0, "allowed": 2}
        assert row["put_down"] is None
    assert "3 undecided" in shell.quick("campaigns", "show", NAME)


def test_one_more_move_is_granted_with_a_reason(shell: Shell) -> None:
    shell.quick(*ADA, "agree", NAME, "Bravo", "2026-08-12", "18:00")
    told = shell.quick(*ADA, "campaigns", "defer", NAME, "Bravo", "--why", "They move house.")
    assert "once more" in told
    shown = shell.quick("campaigns", "show", NAME, "--json")
    [bravo] = [row for row in shown["customers"] if row["customer"] == "Bravo"]
    assert bravo["deferrals"] == {"used": 0, "allowed": 3}
    refused(shell.by_the_door(*ADA, "campaigns", "defer", NAME, "Bravo"), code=2)
