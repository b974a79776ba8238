"""No secret reaches a log line, and nothing in a field begins a line or moves a cursor."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from gunicorn.config import Config

from rollout.access import GunicornLogger
from rollout.logs import clean, formatter, plain
from tests.shared import ROOT

SECRETS = {
    "a link": "GET https://rollout.example/c/hunter2hunter2?x=1",
    "an encoded link": "/sign-in?next=%2Fg%2Fhunter2hunter2",
    "a sign-in link": "/sign-in/hunter2hunter2",
    "a password": "password=hunter2hunter2 is wrong",
    "a quoted secret": "{'secret_key': 'hunter2hunter2', 'n': 1}",
    "JSON": '{"api_key":"hunter2hunter2"}',
    "a cookie": "Cookie: rollout-staff=hunter2hunter2; other=hunter2hunter2",
    "a set cookie": "Set-Cookie: __Host-rollout-staff=hunter2hunter2; Path=/",
    "a login": "smtp://it:hunter2hunter2@mail.example:587?tls=starttls",
    "a login without a name": "redis://:hunter2hunter2@redis:6379/0",
    "credentials": "Authorization: Basic aHVudGVyMjpodW50ZXIy hunter2hunter2",
    "a bearer": "refused Bearer hunter2hunter2",
    "a token of a form": "csrf_token=hunter2hunter2&name=x",
    "the values of a statement": "oops\n[SQL: INSERT]\n[parameters: {'address': 'hunter2hunter2'}]",
}
HOSTILE = 'ok\r\n{"event": "forged"}\x1b[2J\x00\x85\u2028\u202e\x9b31m'


def written(**event: object) -> str:
    return json.dumps(clean(None, "info", dict(event)))


@pytest.mark.parametrize("what", SECRETS)
def test_a_secret_in_any_text_is_left_out(what: str) -> None:
    line = written(event=SECRETS[what], inner={"deep": [SECRETS[what]]})
    assert "hunter2" not in line
    assert "aHVudGVy" not in line


@pytest.mark.parametrize(
    "name", ["password", "secret_key", "csrf_token", "Cookie", "authorization", "form_nonce"]
)
def test_a_field_that_is_named_like_a_secret_is_left_out(name: str) -> None:
    assert "hunter2" not in written(**{name: "hunter2", "facts": {name: ["hunter2"]}})


def test_no_field_forges_a_line_or_moves_a_cursor() -> None:
    line = written(event=HOSTILE, reply=HOSTILE, more={HOSTILE: [HOSTILE]})
    assert json.loads(line)
    plain_line = json.loads(line)["reply"]
    assert plain_line.isprintable()
    assert plain_line.startswith("ok\\x0d\\x0a")


def test_ids_and_figures_stay_as_they_are() -> None:
    event = {"event": "letter", "delivery": "b3d2847f34fe530d", "code": 250, "ours": True}
    assert clean(None, "info", dict(event)) == event


def test_a_long_text_is_cut_and_an_odd_one_is_quick() -> None:
    assert len(plain("x" * 1_000_000)) < 5000
    assert len(plain("-a" * 1_000_000)) < 5000


def test_what_the_libraries_say_passes_through_as_well() -> None:
    try:
        raise ValueError(SECRETS["a login"])
    except ValueError:
        record = logging.LogRecord(
            "celery", logging.ERROR, "x.py", 1, "%s", (HOSTILE,), sys.exc_info()
        )
    line = formatter().format(record)
    assert "hunter2" not in line
    assert "\n" not in line
    assert json.loads(line)["logger"] == "celery"


def test_the_web_servers_lines_carry_no_tokens(tmp_path: Path) -> None:
    config = Config()
    config.set("errorlog", str(tmp_path / "error.log"))
    logger = GunicornLogger(config)
    logger.error("Error handling request %s", f"/c/hunter2hunter2{HOSTILE}")
    for handler in logger.error_log.handlers:
        handler.close()
    logger.error_log.handlers.clear()
    [line] = (tmp_path / "error.log").read_text().splitlines()
    assert "hunter2" not in line
    assert json.loads(line)["level"] == "error"


SCRIPT = """
import migrations
from campaigns.store import Store
from rollout.logs import configure
from tests.kit import add_customer, fresh_office, open_campaign
from workers.steward import tick

configure()
store = Store("sqlite://")
migrations.upgrade(store.engine)
office = fresh_office(store)
add_customer(office)
open_campaign(office)
tick(office.rt)
tick(office.rt)
"""


def test_each_outcome_is_one_line_with_its_ids() -> None:
    """In a process of its own: how a process logs is settled once."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    [line] = [json.loads(line) for line in done.stderr.splitlines()]
    assert (line["event"], line["state"], line["code"]) == ("letter", "sent", 250)
    assert len(line["delivery"]) == 32
    assert line["step"] == "invite"
    assert "@" not in done.stderr
