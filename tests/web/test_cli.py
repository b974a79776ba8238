"""The command `rollout`: exit codes, one clear line for what is refused, the JSON that stays."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rollout.cli import cli
from tests.web.cli_kit import Shell

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = "name,domain,timezone,country\nAlpha,alpha.example,Europe/Berlin,DE\n"
CONTACTS = (
    "customer,name,email,role\nAlpha,Kim Lee,kim@alpha.example,decision_maker\n"
    "Alpha,Eve One,eve@alpha.example,user\n"
)
NAME = "MFA everyone"


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Ada administers, Bo approves, Otto audits; Alpha is a customer of a running campaign."""
    made = Shell(tmp_path_factory.mktemp("cli"))
    made.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    for who, role in (("bo", "approver"), ("otto", "auditor")):
        made.quick("--as", "ada@harbor.example", "staff", "add", f"{who}@harbor.example",
                   "--role", role)  # fmt: skip
    return made


ADA, BO, OTTO = (("--as", f"{name}@harbor.example") for name in ("ada", "bo", "otto"))


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from commands(command, (*path, name))


def refused(done: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """The one clear line of a refusal."""
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    assert "unexpected" not in done.stderr
    if code == 1:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr.strip()


@pytest.mark.parametrize("words", list(commands(cli)), ids=" ".join)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    found = CliRunner().invoke(cli, [*words, "--help"])
    assert found.exit_code == 0
    assert "Usage:" in found.output
    assert len(found.output.split("\n\n")) > 1


def test_the_commands_that_were_promised_are_there() -> None:
    promised = """up migrate web worker beat doctor staff customers contacts changes campaigns
        agree rehearse evidence tickets report tick settings"""
    assert set(promised.split()) <= set(cli.commands)


def test_the_list_of_commands_says_of_each_what_its_own_help_says() -> None:
    context = click.Context(cli)
    for name, listed in cli.commands.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert listed.get_short_help_str(1000) == command.get_short_help_str(1000)


def test_help_loads_no_command() -> None:
    script = "import sys; from rollout.cli import cli; cli(['--help'], standalone_mode=False); "
    script += "print([name for name in ('sqlalchemy', 'pydantic', 'flask') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_who_acts_has_to_be_said(shell: Shell) -> None:
    line = refused(shell.run("customers", "import", shell.file("c.csv", CUSTOMERS)))
    assert "--as" in line


def test_an_auditor_may_only_read_and_a_stranger_nothing(shell: Shell) -> None:
    path = shell.file("c.csv", CUSTOMERS)
    assert "auditor" in refused(shell.run(*OTTO, "customers", "import", path))
    stranger = shell.run("--as", "sam@stranger.example", "customers", "import", path)
    assert "staff list" in refused(stranger)


def test_wrong_usage_is_exit_two(shell: Shell) -> None:
    for words in (("nonsense",), ("customers", "import"), ("campaigns", "open", "--foo")):
        assert CliRunner().invoke(cli, words).exit_code == 2
    refused(shell.run("report", "everything"), code=2)


def test_bad_input_is_one_clear_line(shell: Shell) -> None:
    picture = shell.folder / "picture.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00" * 50)
    bad = [
        (*ADA, "customers", "import", str(shell.folder / "not there.csv")),
        (*ADA, "customers", "import", str(picture)),
        (*ADA, "changes", "import", shell.file("m.json", "{not json")),
        (*ADA, "evidence", "import", shell.file("e.csv", "a,b\n1,2\n")),
        (*ADA, "campaigns", "start", "no such campaign"),
        (*ADA, "agree", "no such campaign", "Alpha", "2026-09-08"),
        ("rehearse", "no such campaign"),
    ]
    for words in bad:
        refused(shell.by_the_door(*words))
    refused(shell.run(*bad[0]))


def test_a_bad_row_is_named_and_keeps_the_file_out(shell: Shell) -> None:
    path = shell.file("bad.csv", CUSTOMERS + "Beta,beta.example,Europe/Berln,DE\n")
    done = shell.run(*ADA, "customers", "import", path, "--json")
    facts = json.loads(done.stdout)
    assert done.returncode == 1
    assert (facts["rows"], facts["accepted"]) == (2, 1)
    assert facts["rejected"][0]["line"] == 3
    assert "Europe/Berlin" in facts["rejected"][0]["reason"]
    assert "line 3" in done.stderr


def test_the_river_from_the_command_line_keeps_its_shapes(shell: Shell) -> None:
    imported = shell.quick(*ADA, "customers", "import", shell.file("c.csv", CUSTOMERS), "--json")
    assert {"rows", "accepted", "rejected", "created", "updated", "unchanged"} <= set(imported)
    shell.quick(*ADA, "contacts", "import", shell.file("p.csv", CONTACTS), "--json")
    changes = shell.quick(*ADA, "changes", "import", "library", "--json")["changes"]
    names = {"id", "vendor", "title", "date_needed", "milestones", "revision"}
    assert all(names <= set(change) for change in changes)
    dates = {"date", "precision", "kind", "zone", "source"}
    assert all(dates <= set(m) for change in changes for m in change["milestones"])
    change = next(c["id"] for c in changes if not c["date_needed"])
    shell.quick(*ADA, "campaigns", "open", "--change", change, "--name", NAME, "--json")
    refused(shell.run(*ADA, "campaigns", "approve", NAME))
    shell.quick(*BO, "campaigns", "approve", NAME, "--json")
    shell.quick(*ADA, "campaigns", "start", NAME, "--json")
    ahead = shell.quick("rehearse", NAME, "--until", "2026-06-20", "--json")
    assert {"campaign", "from", "until", "events"} <= set(ahead)
    everything = shell.quick("rehearse", "--all", "--until", "2026-06-20", "--json")
    assert everything["events"] == ahead["events"]
    plan = shell.file("plan.json", json.dumps(ahead))
    later = ("rehearse", NAME, "--until", "2026-06-01", "--against", plan)
    gone = sum(event["at"] > "2026-06-02" for event in ahead["events"])
    assert shell.quick(*later, "--json")["removed"] == gone > 0
    assert f"0 added, {gone} removed, 0 moved." in shell.quick(*later)
    refused(shell.run("rehearse", NAME, "--against", shell.file("no.json", "[]")))
    assert shell.run("rehearse").returncode == shell.run("rehearse", NAME, "--all").returncode == 2
    ticked = shell.quick("tick", "--until", "2026-06-02T12:00Z", "--json")
    assert {"now", "due", "sent", "skipped", "failed", "uncertain", "held"} <= set(ticked)
    assert ticked["sent"] == 1
    assert len(list((shell.folder / "mail").glob("*.eml"))) == 1
    assert shell.quick("tick", "--json")["sent"] == 0
    shown = shell.quick("campaigns", "show", NAME, "--json")
    assert {"name", "state", "change", "playbook", "customers"} <= set(shown)
    [row] = shown["customers"]
    assert {"customer", "state", "agreed", "next_touch", "people"} <= set(row)
    assert set(row["people"]) >= {"total", "done", "not_done", "unknown", "excepted"}
    value = shell.quick("report", "value", "--json")
    assert {"campaign", "grade", "window", "customers", "total", "assumptions"} <= set(value)
    adoption = shell.quick("report", "adoption", "--json")
    assert {"campaign", "as_of", "customers", "total"} <= set(adoption)


def test_the_settings_hide_their_secrets(shell: Shell) -> None:
    secret = "a-very-secret-word-of-more-than-32-letters"
    done = shell.run(
        "settings",
        ROLLOUT_SECRET_KEY=secret,
        ROLLOUT_CLOCK="real",
        ROLLOUT_MAIL="smtp://user:hush-hush@mail.example:587",
        ROLLOUT_DATABASE_URL="postgresql://rollout:pass-word@db.example/rollout",
    )
    assert done.returncode == 0
    assert "ROLLOUT_SECRET_KEY" in done.stdout
    for word in (secret, "hush-hush", "pass-word"):
        assert word not in done.stdout + done.stderr


def test_a_driven_clock_is_refused_where_letters_could_leave(shell: Shell) -> None:
    line = refused(shell.run("tick", ROLLOUT_MAIL="smtp://mail.example"))
    assert "ROLLOUT_CLOCK" in line


def test_a_database_that_is_away_is_one_line(shell: Shell) -> None:
    line = refused(
        shell.run(
            "tick",
            ROLLOUT_DATABASE_URL="postgresql://nobody:pass-word@127.0.0.1:9/none",
            ROLLOUT_SECRET_KEY="x" * 40,
        )
    )
    assert "cannot be reached" in line
    assert "pass-word" not in line
