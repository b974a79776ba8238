"""What every play needs once: the database servers, emptied templates, the sinks, Redis."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import make_url

import migrations
from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.faults.house import Plan
from tests.faults.scene import Scene, Sink, scene
from tests.services import Postgres, Redis, postgres, redis, smtp_sink
from tests.services.folder import discard, home

ENGINES = ("postgresql", "sqlite")


@dataclass
class Stage:
    """Servers that are started when a play first asks for them and stopped at the end."""

    folder: Path
    _stack: ExitStack
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def postgres(self) -> Postgres:
        server = self._stack.enter_context(postgres())
        _migrated(server.create("faults_template"))
        self._stack.callback(server.drop, "faults_template")
        return server

    @cached_property
    def redis(self) -> Redis:
        """Our own in every case: it is flushed, shot and restarted."""
        return self._stack.enter_context(redis(own=True))

    @cached_property
    def _sqlite(self) -> Path:
        path = self.folder / "template.db"
        _migrated(f"sqlite:///{path}")
        return path

    def number(self) -> int:
        return next(self._numbers)

    @contextmanager
    def database(self, engine: str) -> Iterator[str]:
        """The address of a migrated, empty database of its own."""
        number = self.number()
        if engine == "sqlite":
            path = self.folder / f"house{number}" / "rollout.db"
            path.parent.mkdir()
            shutil.copy(self._sqlite, path)
            yield f"sqlite:///{path}"
            return
        name = f"faults_{number}"
        server = self.postgres
        server.drop(name)
        yield server.create(name, template="faults_template")
        server.drop(name)

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        """The same rows in another place: a database of its own, or a file in `folder`."""
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as source:
                source.execute("VACUUM INTO ?", (str(folder / "rollout.db"),))
            yield f"sqlite:///{folder / 'rollout.db'}"
            return
        name = f"faults_{self.number()}"
        yield self.postgres.create(name, template=str(make_url(url).database))
        self.postgres.drop(name)


def _migrated(url: str) -> None:
    store = Store(url)
    migrations.upgrade(store.engine)
    store.close()


@contextmanager
def stage() -> Iterator[Stage]:
    """A folder and servers, all gone afterwards."""
    pin_time_zones()
    folder = home("faults")
    try:
        with ExitStack() as stack:
            yield Stage(folder, stack)
    finally:
        discard(folder)


@dataclass(frozen=True)
class Play:
    """What one run of one fault is given: where, on which engine, how long, with which seed."""

    stage: Stage
    engine: str
    seed: int = 1
    long: bool = False

    @contextmanager
    def scene(
        self,
        plan: Plan,
        *switches: str,
        sink: Sink | None = None,
        url: Callable[[str], str] | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[Scene]:
        """A house on an empty database, with a smtp-sink of its own or the sink given.

        `url` changes the database's address for the processes alone, as for a proxy.
        """
        with ExitStack() as stack:
            database = stack.enter_context(self.stage.database(self.engine))
            place = self.stage.folder / f"scene{self.stage.number()}"
            place.mkdir()
            peer = sink or stack.enter_context(smtp_sink(*switches))
            self.stage.redis.flush()
            if url is not None:
                settings = {**settings, "ROLLOUT_DATABASE_URL": url(database)}
            yield stack.enter_context(
                scene(place, database, plan, peer, self.stage.redis, seed=self.seed, **settings)
            )
