"""Where the letters go: smtp-sink without files for speed, with files to count them."""

import pickle
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services import SmtpSink, smtp_sink
from tests.services.folder import discard, home
from tests.services.mailsink import find_sink
from tests.services.process import Child, ServiceFailed, free_port

_OWN = re.compile(rb"\A(?:X-[A-Za-z]+-[A-Za-z]+: ?.*\n|Received:.*\n(?:[ \t].*\n)*)+")
_MAIL = re.compile(rb"^X-Mail-Args: ?<([^>]*)>", re.MULTILINE)
_RCPT = re.compile(rb"^X-Rcpt-Args: ?<([^>]*)>", re.MULTILINE)
_ID = re.compile(rb"^Message-ID:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_TRIES = 5


@dataclass(frozen=True)
class Letter:
    """A letter as it went over the wire: CRLF lines."""

    sender: str
    recipient: str
    message: bytes

    @property
    def message_id(self) -> bytes:
        found = _ID.search(self.message)
        return found[1] if found else b""


@contextmanager
def fast_sink() -> Iterator[int]:
    """smtp-sink that takes everything and keeps nothing; its port."""
    folder = home("sink")
    try:
        child, port = _start(folder)
        try:
            yield port
        finally:
            child.kill()
    finally:
        discard(folder)


def _start(folder: Path) -> tuple[Child, int]:
    for _ in range(_TRIES):
        port = free_port()
        child = Child((find_sink(), f"127.0.0.1:{port}", "512"), folder)
        try:
            child.until(lambda port=port: answers(port))  # type: ignore[misc]  # bound as it is now
        except ServiceFailed:
            continue
        return child, port
    raise RuntimeError("smtp-sink does not start.")


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@contextmanager
def keeping_sink() -> Iterator[SmtpSink]:
    """smtp-sink with a file a message."""
    with smtp_sink(backlog=512) as sink:
        yield sink


def load(path: Path) -> list[Letter]:
    """The letters of a file that `blast.keep` wrote."""
    return [Letter(*parts) for parts in pickle.loads(path.read_bytes())]


def letters_in(sink: SmtpSink) -> list[Letter]:
    """What it took, as it was handed over."""
    return [_letter(dump) for dump in sink.messages()]


def _letter(dump: bytes) -> Letter:
    sender, recipient = _MAIL.search(dump), _RCPT.search(dump)
    assert sender
    assert recipient
    message = _OWN.sub(b"", dump, count=1).removesuffix(b"\n").replace(b"\n", b"\r\n")
    return Letter(sender[1].decode(), recipient[1].decode(), message)
