"""Both engines for every station, started once a session and emptied for each test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import text

import migrations
from campaigns.models import Base
from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.kit import Office, fresh_office
from tests.services import Postgres, postgres

pin_time_zones()
# The machine is shared: a slow moment is no fault of the code under test.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
ENGINES = ("sqlite", "postgresql")


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


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated database of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path / "rollout.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        opened = Store(f"sqlite:///{path}", durable=False)
        yield opened
        opened.close()
        return
    opened = Store(request.getfixturevalue("postgres_database"))
    yield opened
    tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with opened.writing() as session:
        session.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    opened.close()


@pytest.fixture
def office(store: Store) -> Office:
    """A provider with staff, a clock turned by hand, mail kept in memory."""
    return fresh_office(store)
