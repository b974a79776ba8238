"""Both engines for every station, opened once a process and emptied for each test."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import migrations
from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.emptying import STORES, begin_anew, delete_all
from tests.kit import Office, fresh_office
from tests.services import Postgres, postgres

pin_time_zones()
# The machine is shared: a slow moment is no fault of the code under test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk over it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        template = server.create("rollout_template")
        store = Store(template)
        migrations.upgrade(store.engine)
        store.close()
        yield server


@pytest.fixture(scope="session")
def postgres_database(postgres_server: Postgres) -> str:
    """One migrated database a test process; each test leaves it empty."""
    return postgres_server.create(f"rollout_{os.getpid()}", template="rollout_template")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "rollout.db"
    store = Store(f"sqlite:///{path}", durable=False)
    migrations.upgrade(store.engine)
    store.close()
    return path


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One a process: what SQLAlchemy compiled for one test serves the next."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'rollout.db'}", durable=False)
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_store(postgres_database: str) -> Iterator[Store]:
    """One a process: its connections stay open from test to test."""
    store = Store(postgres_database)
    yield store
    store.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty, migrated database of each kind in turn."""
    opened: Store = request.getfixturevalue(STORES[request.param])
    if request.param == "sqlite":
        begin_anew(opened, request.getfixturevalue("sqlite_template").read_bytes())
        yield opened
        opened.close()
        return
    yield opened
    delete_all(opened)


@pytest.fixture
def office(store: Store) -> Office:
    """A provider with staff, a clock turned by hand, mail kept in memory."""
    return fresh_office(store)
