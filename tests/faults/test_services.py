"""The servers that tests bring along start, stop, and die with who started them."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from kombu import Connection

from tests.services import Postgres, Redis, postgres, redis, smtp_sink
from workers.mail import Envelope, SmtpMailer

ROOT = Path(__file__).resolve().parents[2]
LETTER = b"Message-ID: <one@rollout.example>\r\n\r\nHello\r\n"

STARTER = """
import sys
from tests.services import postgres, redis
with postgres(own=True) as database, redis(own=True) as store:
    print(database.pid, store.pid, flush=True)
    print(database.folder, store.folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres(own=True) as server:
        yield server


@pytest.fixture(scope="module")
def store() -> Iterator[Redis]:
    with redis(own=True) as server:
        yield server


def connect(database: Postgres, name: str) -> psycopg.Connection:
    return psycopg.connect(database.url(name).replace("+psycopg", ""), autocommit=True)


def test_a_database_can_be_copied_from_a_template_and_dropped(database: Postgres) -> None:
    database.create("pattern")
    with connect(database, "pattern") as session:
        session.execute("CREATE TABLE customer AS SELECT 'Ünïted' AS name")
    database.create("copy", template="pattern")
    with connect(database, "copy") as session:
        assert session.execute("SELECT lower(name) FROM customer").fetchone() == ("ünïted",)
        database.drop("copy")
    database.drop("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(database, "copy")


def test_a_postgres_that_is_shot_keeps_what_was_committed() -> None:
    with postgres(own=True, durable=True) as server:
        with connect(server, "postgres") as session:
            session.execute("CREATE TABLE kept AS SELECT 1 AS one")
            server.restart("immediate")
        with connect(server, "postgres") as session:
            assert session.execute("SELECT one FROM kept").fetchone() == (1,)
            assert session.execute("SHOW fsync").fetchone() == ("on",)


def test_postgres_listens_on_no_network(database: Postgres) -> None:
    with connect(database, "postgres") as session:
        assert session.execute("SHOW listen_addresses").fetchone() == ("",)


def test_redis_forgets_when_flushed_and_when_restarted(store: Redis) -> None:
    for lose in (store.flush, store.restart):
        with store.client() as client:
            client.set("doorbell", "rung")
            lose()
            assert client.get("doorbell") is None


def test_celery_reaches_redis_by_port_and_by_socket(store: Redis) -> None:
    assert store.socket_url is not None
    for url in (store.url, store.socket_url):
        with Connection(url) as connection:
            assert connection.ensure_connection(max_retries=1).connected


def test_a_server_that_the_environment_names_is_not_ours_to_stop(
    monkeypatch: pytest.MonkeyPatch, database: Postgres, store: Redis
) -> None:
    monkeypatch.setenv("ROLLOUT_TEST_POSTGRES_URL", database.url("postgres"))
    monkeypatch.setenv("ROLLOUT_TEST_REDIS_URL", store.url)
    with postgres() as named:
        assert named.url("other") == database.url("other")
        with pytest.raises(RuntimeError, match="not ours"):
            named.stop()
    with redis() as named_store:
        assert named_store.url == store.url
        with pytest.raises(RuntimeError, match="not ours"):
            named_store.stop()


def test_servers_die_with_a_killed_test_run_and_the_next_clears_up() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        servers = [os.pidfd_open(int(pid)) for pid in run.stdout.readline().split()]
        folders = [Path(os.fsdecode(name)) for name in run.stdout.readline().split()]
        run.send_signal(signal.SIGKILL)
    for server in servers:
        ended, _, _ = select.select([server], [], [], 20)
        assert ended, "a server outlived the test run that started it"
        os.close(server)
    with redis(own=True):
        assert not [folder for folder in folders if folder.exists()]


# The rows of outcomes with the switch of smtp-sink that makes each one.
SINK_ROWS = [
    ((), "accepted", 250),
    (("-r", "RCPT"), "later", 450),
    (("-f", "RCPT"), "refused", 500),
    (("-r", "."), "later", 450),
    (("-f", "."), "refused", 500),
    (("-r", "CONNECT"), "host_down", 450),
    (("-f", "CONNECT"), "host_down", 500),
    (("-Q", "MAIL"), "host_down", 421),
    (("-q", "RCPT"), "later", None),
    (("-q", "DATA"), "later", None),
    (("-q", "."), "uncertain", None),
    (("-q", "QUIT"), "accepted", 250),
    (("-W", "DATA:3"), "later", None),
]


@pytest.mark.parametrize(("switches", "kind", "code"), SINK_ROWS)
def test_smtp_sink_makes_each_outcome(
    switches: tuple[str, ...], kind: str, code: int | None
) -> None:
    with smtp_sink(*switches) as sink:
        patience = 0.5 if "-W" in switches else 10.0
        mailer = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=patience)
        with mailer.session() as session:
            envelope = Envelope("from@msp.example", "to@customer.example", LETTER, "one")
            outcome = session.send(envelope, lambda: True)
        sink.stop()
        handed_over = kind in ("accepted", "uncertain") or "." in switches
        assert (outcome.kind, outcome.code) == (kind, code)
        assert sink.message_ids() == ["<one@rollout.example>"] * handed_over
