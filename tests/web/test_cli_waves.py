"""`rollout campaigns waves`: added, held, released, listed."""

from pathlib import Path

from tests.web.cli_kit import Shell

ADA = ("--as", "ada@harbor.example")
NAME = "MFA everyone"
CUSTOMERS = (
    "name,domain,timezone,country\nAlpha,alpha.example,Europe/Berlin,DE\n"
    "Beta,beta.example,Europe/Berlin,DE\n"
)


def test_waves_are_added_held_and_released_by_command(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    shell.quick(*ADA, "customers", "import", shell.file("customers.csv", CUSTOMERS))
    shell.quick(*ADA, "campaigns", "open", "--change", "ms-azure-mfa-phase1", "--name", NAME)
    waves = (*ADA, "campaigns", "waves", NAME)
    assert shell.quick(*waves).startswith("No waves")
    pilot = shell.file("pilot.csv", "customer\nAlpha\n")
    shell.quick(*waves, "--add", "Pilot", "--customers", pilot, "--exit-days", "3")
    found = shell.quick(*waves, "--add", "Rest", "--customers", "all", "--json")["waves"]
    assert [(row["name"], row["customers"]) for row in found] == [("Pilot", 1), ("Rest", 1)]
    assert found[0]["closed"] is None
    assert 'The wave "Pilot" comes first' in found[1]["closed"]
    assert "on hold: printers" in shell.quick(*waves, "--hold", "Pilot", "--why", "printers")
    assert "verified  Open." in shell.quick(*waves, "--release", "Pilot", "--why", "mended")
    refused = shell.by_the_door(*waves, "--release", "Pilot", "--why", "again")
    assert refused.returncode == 1
    assert refused.stderr.strip() == 'The wave "Pilot" is not on hold.'
    assert shell.by_the_door(*waves, "--add", "Third").returncode == 2
    shown = shell.quick("campaigns", "show", NAME, "--json")["waves"]
    assert [(row["name"], row["exit_days"]) for row in shown] == [("Pilot", 3), ("Rest", 0)]
    shell.quick(*waves, "--remove", "Pilot", "--why", "one is enough")
    (last,) = shell.quick(*waves, "--json")["waves"]
    assert (last["name"], last["closed"]) == ("Rest", None)
