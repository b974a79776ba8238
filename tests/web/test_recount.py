"""The doctor looks at the counters of people, and one command sets them right."""

import sqlite3
from pathlib import Path

from tests.web.cli_kit import Shell

ADA = ("--as", "ada@harbor.example")
CUSTOMERS = "name,domain,timezone,country\nAlpha,alpha.example,Europe/Berlin,DE\n"
CONTACTS = "customer,name,email,role\nAlpha,Kim Lee,kim@alpha.example,decision_maker\n"
RIGHT = "The counters of people equal a recount."


def test_the_doctor_finds_counters_that_differ_and_a_recount_mends_them(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    shell.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    shell.quick(*ADA, "customers", "import", shell.file("c.csv", CUSTOMERS))
    shell.quick(*ADA, "contacts", "import", shell.file("p.csv", CONTACTS))
    assert RIGHT in shell.by_the_door("doctor").stdout
    [database] = (tmp_path / "data").glob("*.db")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE headcount SET people = 7")
    connection.close()
    ill = shell.by_the_door("doctor")
    assert ill.returncode == 1
    assert "1 customer's counters of people differ from a recount." in ill.stdout
    assert "rollout customers recount" in ill.stdout
    assert "1 customer recounted." in shell.quick(*ADA, "customers", "recount")
    assert RIGHT in shell.by_the_door("doctor").stdout
