"""The databases that are measured: made once, seeded once, copied for each run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import migrations
from campaigns.store import Store
from tests.services import Postgres

SQLITE, POSTGRES = "sqlite", "postgresql"
ENGINES = (POSTGRES, SQLITE)
_numbers = count(1)


class Databases:
    """Both engines under one roof; `folder` holds the SQLite files."""

    def __init__(self, server: Postgres, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._blank: dict[str, str] = {}

    def blank(self, engine: str) -> str:
        """A new, migrated, empty database; its URL."""
        if engine not in self._blank:
            url = self._new(engine)
            store = Store(url)
            migrations.upgrade(store.engine)
            store.close()
            self._blank[engine] = url
        return self.copy(self._blank[engine])

    def empty(self) -> str:
        """A new Postgres database without any table; its URL."""
        return self._new(POSTGRES)

    def copy(self, url: str) -> str:
        """A copy of a database that nobody has open; its URL."""
        if url.startswith(SQLITE):
            fresh = self._new(SQLITE)
            shutil.copy2(path_of(url), path_of(fresh))
            return fresh
        return self.server.create(f"bench_{next(_numbers)}", template=name_of(url))

    def drop(self, url: str) -> None:
        """Away with it."""
        if url.startswith(SQLITE):
            for file in path_of(url).parent.glob(f"{path_of(url).name}*"):
                file.unlink()
        else:
            self.server.drop(name_of(url))

    @contextmanager
    def using(self, template: str) -> Iterator[str]:
        """A copy of `template` for as long as the block lasts."""
        url = self.copy(template)
        try:
            yield url
        finally:
            self.drop(url)

    def _new(self, engine: str) -> str:
        if engine == SQLITE:
            return f"sqlite:///{self.folder}/bench{next(_numbers)}.db"
        return self.server.create(f"bench_{next(_numbers)}")


def engine_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return SQLITE if url.startswith(SQLITE) else POSTGRES


def path_of(url: str) -> Path:
    """The file of a SQLite URL."""
    return Path(url.removeprefix("sqlite:///"))


def name_of(url: str) -> str:
    """The database's name in a Postgres URL."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """A store that is closed in the end; with its last connection SQLite folds in its log."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()
