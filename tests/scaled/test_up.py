"""`rollout up`: everything in one process, started, stopped and started again."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import migrations
from campaigns.store import Store
from tests.kit import NOW, add_customer, fresh_office, open_campaign
from tests.scaled.scaled_kit import Installation, answer, within
from tests.services.process import free_port

SETTINGS = {"ROLLOUT_CLOCK": f"{NOW:%Y-%m-%dT%H:%MZ}@1", "ROLLOUT_SWEEP_SECONDS": "0.5"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Installation]:
    """A provider with a customer and a campaign that runs; its first letter is due."""
    made = Installation(tmp_path, SETTINGS)
    (tmp_path / "data").mkdir()
    store = Store(f"sqlite:///{tmp_path / 'data' / 'rollout.db'}", durable=False)
    migrations.upgrade(store.engine)
    office = fresh_office(store)
    add_customer(office)
    open_campaign(office)
    store.close()
    yield made
    made.end()


def test_it_sends_what_is_due_by_its_own_beat_and_ends_at_ctrl_c_twice(house: Installation) -> None:
    port = free_port()
    for _ in range(2):
        up = house.start("up", "--port", str(port))
        within(20, lambda: answer(port, "/healthz") == 200, "the pages answer")
        within(20, house.letters, "the invitation leaves")
        assert answer(port, "/readyz") == 200
        assert up.stop(signal.SIGINT, within=5.0) == 0, up.said()
        assert up.said().splitlines()[-1] == "Stopping."
        assert [line.split(":")[0] for line in up.said().splitlines()] == [
            "Board",
            "Press Ctrl-C to stop.",
            "Stopping.",
        ]
    assert [str(letter["X-Rollout-Step"]) for letter in house.letters()] == ["invite"]
    assert f"http://127.0.0.1:{port}/c/" in house.letters()[0].as_string()


def test_a_second_one_on_the_same_data_is_refused_with_one_line(house: Installation) -> None:
    port = free_port()
    up = house.start("up", "--port", str(port))
    within(20, lambda: answer(port, "/healthz") == 200, "the pages answer")
    said = house.refused("up", "--port", str(free_port()))
    assert len(said.splitlines()) == 1
    assert "serves" in said
    assert up.stop(signal.SIGTERM, within=5.0) == 0, up.said()


def test_a_port_that_is_taken_is_said_in_one_line(house: Installation) -> None:
    port = free_port()
    house.start("up", "--port", str(port))
    within(20, lambda: answer(port, "/healthz") == 200, "the pages answer")
    said = house.refused("up", "--port", str(port), "--data", str(house.folder / "other"))
    assert len(said.splitlines()) == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in said
