"""When something is late or dies between two commits, no more letters are in doubt than said."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from campaigns.store import Store
from tests.kit import Office, rows_of
from tests.services.pysink import PythonSink, Step
from tests.workers.test_lanes import MARKED, courier, due, states
from workers.courier import deliver
from workers.smtp import SmtpMailer


def test_a_slow_connection_does_not_make_the_answer_on_another_late(office: Office) -> None:
    """One is answered to its dot while the thread reads another server's slow replies."""
    due(office, 2)
    script: dict[str, Step | list[Step]] = {
        "MAIL": [Step(), Step(wait=0.15)],
        ".": Step(wait=0.4),
        "RCPT": [Step(), Step(wait=0.9)],
        "DATA": [Step(), Step(wait=0.9)],
    }
    with PythonSink(script, pipelining=True) as sink:
        rt = courier(office, sink, connections=2)
        hasty = SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=1.0)
        tally = deliver(replace(rt, mailer=hasty), office.now)
    assert (tally.sent, tally.uncertain) == (2, 0)


class Killed(BaseException):
    """As if the process were gone: nothing catches it, and nothing is written any more."""


class Dying:
    """Lets a store write until two letters are marked; then the process dies."""

    def __init__(self, store: Store) -> None:
        self._store, self._dead = store, False

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    @contextmanager
    def at_once(self) -> Iterator[Session]:
        self._live()
        with self._store.at_once() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self._live()
        with self._store.writing() as session:
            yield session

    def _live(self) -> None:
        with self._store.reading() as session:
            marked = session.connection().exec_driver_sql(MARKED).scalar()
        self._dead = self._dead or int(marked or 0) > 1
        if self._dead:
            raise Killed


def test_a_kill_leaves_one_letter_in_doubt_when_the_one_before_was_put_off(office: Office) -> None:
    due(office, 3)
    with PythonSink({".": [Step(452)]}) as sink:
        rt = courier(office, sink, connections=1)
        deliver(replace(rt, store=Dying(rt.store)), office.now)  # type: ignore[arg-type]
    assert states(office) == {"due": 1, "sent": 2}


class Forgetful(threading.Thread):
    """Offers PIPELINING, but forgets what came together with a final dot."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.connections = self.letters = 0

    def __enter__(self) -> "Forgetful":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def run(self) -> None:
        while True:
            try:
                one, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(one,), daemon=True).start()

    def _talk(self, one: socket.socket) -> None:
        one.sendall(b"220 hello\r\n")
        data, letter = b"", False
        while more := one.recv(65536):
            data += more
            while b"\r\n" in data:
                if letter:
                    if b"\r\n.\r\n" not in data:
                        break
                    time.sleep(0.05)
                    data, letter, answer = b"", False, b"250 kept"
                    self.letters += 1
                else:
                    line, _, data = data.partition(b"\r\n")
                    letter = line == b"DATA"
                    answer = b"250-me\r\n250 PIPELINING" if line[:4] == b"ehlo" else b"250 ok"
                one.sendall((b"354 go on" if letter else answer) + b"\r\n")
        one.close()


def test_a_server_that_forgets_what_came_with_the_dot_is_waited_for_once(office: Office) -> None:
    due(office, 6)
    with Forgetful() as server:
        mailer = SmtpMailer("127.0.0.1", server.port, tls="none", timeout=0.5)
        rt = replace(office.rt, mailer=mailer, connections=1)
        tally = deliver(rt, office.now)
    assert tally.sent == server.letters == 6
    assert server.connections == 2


@pytest.mark.parametrize("words", ["452 come\0back", "552 no\0room"])
def test_no_words_of_a_server_keep_its_outcome_from_being_written(
    office: Office, words: str
) -> None:
    """Postgres keeps no NUL in a text."""
    due(office, 1)
    code, _, text = words.partition(" ")
    with PythonSink({".": [Step(int(code), text)]}) as sink:
        deliver(courier(office, sink), office.now)
    [(state, reply)] = rows_of(office, "SELECT state, reply FROM delivery")
    assert state == ("due" if code == "452" else "failed")
    assert "\0" not in reply
