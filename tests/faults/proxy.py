"""A way to Postgres that dies in the middle of a commit."""

import random
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import make_url

from tests.services.folder import discard, home

NAME = ".s.PGSQL.5432"
COMMIT = b"COMMIT\x00"
CHANCE = 0.3


class Cutter:
    """`with Cutter(folder of the server's socket, seed) as cutter:` listens on a socket of its own.

    After `cut(n)` the next n of some commits end with the connection closed: half of them
    before the server hears of it, half after it has done it.
    """

    def __init__(self, server: Path, seed: int) -> None:
        self.done = 0
        self._left = 0
        self._dice = random.Random(seed)
        self._lock = threading.Lock()
        self._to = str(server / NAME)
        self._folder = home("cut")
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / NAME))
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def address(self, url: str) -> str:
        """The database's address by way of here."""
        return (
            make_url(url)
            .update_query_dict({"host": str(self._folder)})
            .render_as_string(hide_password=False)
        )

    def cut(self, times: int) -> None:
        with self._lock:
            self._left = times

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        discard(self._folder)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pair, args=(client,), daemon=True).start()

    def _pair(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(self._to)
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            while data := client.recv(65536):
                if COMMIT in data and self._strike():
                    self._end(data, client, server)
                    break
                server.sendall(data)
            _hang_up(client, server)
            back.join(5)

    def _strike(self) -> bool:
        with self._lock:
            if self._left <= 0 or self._dice.random() > CHANCE:
                return False
            self._left -= 1
            self.done += 1
            return True

    def _end(self, data: bytes, client: socket.socket, server: socket.socket) -> None:
        """Every other time the server still gets the commit; the answer never comes through."""
        client.shutdown(socket.SHUT_RDWR)
        if self.done % 2:
            server.sendall(data)
            # It is done when the server has answered; the pump reads that to the end.
            server.shutdown(socket.SHUT_WR)
            threading.Event().wait(0.05)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            with suppress(OSError):
                target.sendall(data)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
