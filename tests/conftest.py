"""Both engines for every station, started once a session and emptied for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import migrations
from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.kit import Office, fresh_office
from tests.services import postgres

pin_time_zones()
# The machine is shared: a slow moment is no fault of the code under test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[object]:
    with postgres() as server:
        template = server.create("rollout_template")
        store = Store(template)
        migrations.upgrade(store.engine)
        store.close()
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "rollout.db"
    store = Store(f"sqlite:///{path}")
    migrations.upgrade(store.engine)
    store.close()
    return path


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated database of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "rollout.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        opened = Store(f"sqlite:///{path}")
        yield opened
        opened.close()
        return
    server = request.getfixturevalue("postgres_server")
    name = f"t{os.getpid()}_{abs(hash(request.node.nodeid)) % 10**9}"
    opened = Store(server.create(name, template="rollout_template"))
    yield opened
    opened.close()
    server.drop(name)


@pytest.fixture
def office(store: Store) -> Office:
    """A provider with staff, a clock turned by hand, mail kept in memory."""
    return fresh_office(store)
