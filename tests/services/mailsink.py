"""Postfix's smtp-sink: the fast peer for fault and bench runs, one file a message."""

import re
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.services.folder import discard, home
from tests.services.process import Child, ServiceFailed, free_port

_MISSING = "No smtp-sink for these tests: install the Debian package postfix."
_PLACES = (
    "/usr/sbin/smtp-sink",
    "/usr/lib/postfix/sbin/smtp-sink",
    "/usr/libexec/postfix/smtp-sink",
)
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_TRIES = 5


@dataclass(frozen=True)
class SmtpSink:
    """A running smtp-sink; what it receives lies in `folder`, one file a message."""

    port: int
    folder: Path
    process: Child

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?tls=none"

    def messages(self) -> list[bytes]:
        """Every message that came with its final dot, refused or not, in no order.

        LF lines, with the sink's own X- lines on top.
        """
        return [path.read_bytes() for path in self.folder.glob("mail.*")]

    def message_ids(self) -> list[str]:
        """The Message-ID of every message, doubles included: the oracle for duplicates."""
        found = (_MESSAGE_ID.search(message) for message in self.messages())
        return [match[1].decode("ascii") for match in found if match]

    def stop(self) -> None:
        self.process.stop(signal.SIGTERM)


def find_sink() -> Path:
    """Raises RuntimeError that names the Debian package."""
    for place in (shutil.which("smtp-sink"), *_PLACES):
        if place and Path(place).exists():
            return Path(place)
    raise RuntimeError(_MISSING)


@contextmanager
def smtp_sink(*switches: str, port: int | None = None, backlog: int = 128) -> Iterator[SmtpSink]:
    """A running smtp-sink, told further `switches` such as `-r RCPT` (4xx) or `-q .` (drop).

    Raises RuntimeError when it is not installed, ServiceFailed when it does not start.
    """
    sink = _start(find_sink(), switches, port, backlog)
    try:
        yield sink
    finally:
        sink.stop()
        discard(sink.folder)


def _start(binary: Path, switches: tuple[str, ...], port: int | None, backlog: int) -> SmtpSink:
    folder = home("sink")
    for attempt in range(1, _TRIES + 1):
        chosen = port or free_port()
        where = (f"127.0.0.1:{chosen}", str(backlog))
        child = Child((binary, "-d", f"{folder}/mail.", *switches, *where), folder)
        try:
            child.until(partial(_listens, chosen))
        except ServiceFailed:
            if attempt == _TRIES or port is not None:
                raise
        else:
            return SmtpSink(chosen, folder, child)
    raise AssertionError


def _listens(port: int) -> bool:
    """Whether somebody listens, without connecting: the sink may be counting sessions."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
