"""A worker that has gone deaf to its broker is noticed within two minutes, and no other one is."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from campaigns.models import Installation
from tests.kit import Office
from tests.services import Redis, redis
from tests.services.process import free_port
from workers.app import beat_table, make_app
from workers.hearing import PATIENCE, QUIET, Hearing
from workers.tasks import Nudger, Sweeper, add_tasks, listener, ring

LOOK = 5.0


def looks(hearing: Hearing, seconds: float, *, arrived: bool = True, hears: float = 1e9) -> float:
    """Look every five seconds; when it was found deaf, or infinity. It hears rings from `hears`."""
    now = 0.0
    while now < seconds:
        now += LOOK
        if hearing.should_ring(now):
            hearing.rang(now, arrived=arrived)
            if arrived and now >= hears:
                hearing.heard(now)
        if hearing.deaf(now):
            return now
    return float("inf")


def test_a_deaf_worker_is_noticed_within_two_minutes() -> None:
    assert QUIET + PATIENCE <= looks(Hearing(0.0), 600) < 120


def test_a_worker_that_hears_its_own_ring_goes_on() -> None:
    assert looks(Hearing(0.0), 86_400, hears=0) == float("inf")


def test_while_the_broker_is_away_nobody_is_deaf() -> None:
    assert looks(Hearing(0.0), 86_400, arrived=False) == float("inf")


def test_it_is_given_time_to_reconnect_when_the_broker_is_back() -> None:
    hearing = Hearing(0.0)
    looks(hearing, 600, arrived=False)
    hearing.rang(605.0, arrived=True)
    assert not hearing.deaf(660.0)
    hearing.heard(661.0)
    assert not hearing.deaf(10_000.0)


def test_full_hands_are_not_deaf(office: Office) -> None:
    left: list[int] = []
    app = make_app("memory://", 5.0)
    sweeper = Sweeper(lambda: office.rt)
    listen = listener(app, sweeper, lambda: left.append(1))
    sweeper.hearing.heard_at = time.monotonic() - 1000
    sweeper.hearing.unanswered_since = time.monotonic() - 1000
    sweeper._running = 1
    listen()
    assert left == []
    sweeper._running = 0
    sweeper.hearing.unanswered_since = time.monotonic() - 1000
    listen()
    assert left == [1]


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with redis(own=True) as running:
        yield running


def test_a_ring_arrives_or_it_does_not(server: Redis) -> None:
    assert ring(make_app(server.url, 5.0)) is True
    assert ring(make_app(f"redis://127.0.0.1:{free_port()}/0", 5.0)) is False


def test_rings_that_the_broker_did_not_take_are_counted() -> None:
    nudge = Nudger(make_app(f"redis://127.0.0.1:{free_port()}/0", 5.0))
    nudge()
    deadline = time.monotonic() + 20
    while not nudge.lost and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    assert nudge.lost == 1


def test_the_beat_says_that_it_is_the_beat_and_a_worker_notes_it(office: Office) -> None:
    sweeper = add_tasks(make_app("memory://", 5.0), lambda: office.rt)
    sweeper.rung()
    with office.store.reading() as session:
        assert session.get_one(Installation, 1).beat_at is None
    sweeper.rung(**beat_table(5.0)["sweep"]["kwargs"])
    with office.store.reading() as session:
        row = session.get_one(Installation, 1)
    assert row.beat_at == row.swept_machine_at == office.now


def test_a_sweep_that_fails_leaves_the_hands_free(office: Office) -> None:
    calls: list[int] = []

    def fails() -> object:
        calls.append(1)
        raise RuntimeError("the database is away")

    sweeper = Sweeper(fails)  # type: ignore[arg-type]
    sweeper()
    sweeper()
    assert len(calls) == 2
    assert not sweeper.busy
    sweeper.runtime = lambda: replace(office.rt)
    sweeper()


def test_the_task_takes_the_ring_of_the_beat_as_of_anybody(office: Office) -> None:
    app = make_app("memory://", 5.0)
    add_tasks(app, lambda: office.rt)
    app.tasks["rollout.sweep"].apply()
    app.tasks["rollout.sweep"].apply(kwargs=beat_table(5.0)["sweep"]["kwargs"])
    with office.store.reading() as session:
        assert session.get_one(Installation, 1).beat_at == office.now
