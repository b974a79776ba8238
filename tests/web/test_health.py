"""Who watches the house sees whether letters leave; who may, lets them leave again."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from rollout.pulse import metrics_token
from rollout.settings import Settings
from tests.kit import Office, add_customer, open_campaign
from tests.web.board_kit import SECRET, at_work, rows_of, words_on
from tests.web.cli_kit import Shell
from workers.steward import tick

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="[a-z0-9_]+"\})? \d+(\.\d+)?$')


def waiting(office: Office) -> None:
    """A campaign's letters have waited for ten minutes, and nobody came."""
    add_customer(office)
    tick(office.rt)
    open_campaign(office)
    office.clock.move_to(office.now + timedelta(minutes=10))


def hold(office: Office) -> None:
    with office.store.writing() as session:
        session.execute(text("UPDATE installation SET held_why = 'The clock jumped by a day.'"))


def token() -> str:
    return metrics_token(Settings(secret_key=SECRET))


def test_an_outbox_that_moves_is_ready(office: Office, app: Flask) -> None:
    add_customer(office)
    open_campaign(office)
    tick(office.rt)
    found = app.test_client().get("/readyz")
    assert found.status_code == 200
    assert found.json == {
        "ready": True,
        "database": "ok",
        "outbox": {
            "sending": "on",
            "oldest_due_seconds": 0,
            "last_sweep_seconds": 0,
            "last_beat_seconds": None,
            "standing_still": False,
        },
    }


def test_an_outbox_that_stands_still_is_not_ready(office: Office, app: Flask) -> None:
    waiting(office)
    found = app.test_client().get("/readyz")
    assert found.status_code == 503
    assert found.json is not None
    assert found.json["outbox"]["oldest_due_seconds"] == 600
    tick(office.rt)
    assert app.test_client().get("/readyz").status_code == 200


def test_what_is_held_on_purpose_still_shows_its_pages(office: Office, app: Flask) -> None:
    waiting(office)
    hold(office)
    found = app.test_client().get("/readyz")
    assert found.status_code == 200
    assert found.json is not None
    assert found.json["outbox"]["sending"] == "held"


def test_strangers_learn_no_figures(office: Office, app: Flask) -> None:
    browser = app.test_client()
    for given in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Basic {token()}"},
                  {"Authorization": "Bearer \xe9"}, {"X-Forwarded-For": "127.0.0.1"}):  # fmt: skip
        found = browser.get("/metrics", headers=given)
        assert found.status_code == 401
        assert "rollout_" not in found.text
    assert "uncertain" not in browser.get("/readyz").text


def test_prometheus_reads_the_figures_with_its_token(office: Office, app: Flask) -> None:
    waiting(office)
    found = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {token()}"})
    assert found.status_code == 200
    assert found.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in found.text.splitlines() if not line.startswith("#")]
    assert all(LINE.match(line) for line in lines)
    assert "rollout_outbox_oldest_due_seconds 600" in lines
    assert "rollout_outbox_standing_still 1" in lines
    assert "rollout_sending_armed 1" in lines
    assert 'rollout_letters{state="uncertain"} 0' in lines


def test_the_board_is_quiet_while_all_is_well(office: Office, app: Flask) -> None:
    add_customer(office)
    open_campaign(office)
    tick(office.rt)
    words = words_on(at_work(office, app, "Dana").get("/"))
    assert "Sending is on. A worker looked just now. Nothing waits." in words
    assert "rollout tick" not in words


def test_the_board_says_that_nobody_comes_and_what_to_do(office: Office, app: Flask) -> None:
    waiting(office)
    words = words_on(at_work(office, app, "Dana").get("/"))
    assert "No worker has looked for letters for 10 minutes." in words
    assert "Start a worker, or run rollout tick from cron." in words


def test_an_administrator_lets_it_send_and_the_journal_says_who(office: Office, app: Flask) -> None:
    waiting(office)
    hold(office)
    ada = at_work(office, app, "Ada")
    assert "Nothing is sent. The clock jumped by a day." in words_on(ada.get("/"))
    assert tick(office.rt).sent == 0
    assert ada.post("/sending/arm").status_code == 422
    assert tick(office.rt).sent == 0
    assert "Sending goes on." in words_on(ada.follow("/sending/arm", sure="yes"))
    assert tick(office.rt).sent == 1
    query = "SELECT who FROM journal_entry WHERE what = 'sending_armed'"
    assert rows_of(office, query) == [("ada@harbor.example",)]
    assert ada.post("/sending/arm", sure="yes").status_code == 409


def test_who_may_not_confirm_is_told_who_may(office: Office, app: Flask) -> None:
    hold(office)
    dana = at_work(office, app, "Dana")
    page = dana.get("/")
    assert "An administrator can confirm it here." in words_on(page)
    assert "/sending/arm" not in page.text
    assert dana.post("/sending/arm", sure="yes").status_code == 403


def test_a_copied_installation_says_so_on_the_command_line_and_is_armed_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "home").mkdir()
    home = Shell(tmp_path / "home")
    home.quick("staff", "add", "ada@harbor.example", "--role", "admin")
    assert home.quick("tick", "--json")["not_sending"] is None
    shutil.copytree(tmp_path / "home", tmp_path / "copy")
    copy, ada = Shell(tmp_path / "copy"), ("--as", "ada@harbor.example")
    assert "copied" in copy.quick("tick", "--json")["not_sending"]
    doctor = copy.run("doctor")
    assert doctor.returncode == 1
    assert "rollout arm --yes" in doctor.stdout
    asked = copy.run("arm", *ada)
    assert (asked.returncode, len(asked.stderr.strip().splitlines())) == (1, 1)
    assert copy.run("arm", "--yes", *ada).returncode == 0
    assert copy.quick("tick", "--json")["not_sending"] is None
    assert "nothing to confirm" in copy.run("arm", "--yes", *ada).stderr
    assert "rollout_sending_armed 1" in copy.quick("metrics")
    assert len(copy.quick("metrics", "--token").strip()) == 64
