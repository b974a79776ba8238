"""The end of a letter may announce the one after it (RFC 2920): a turn of the wire is saved."""

from collections.abc import Sequence
from threading import Semaphore

import pytest

from tests.services import PythonSink, Step
from workers.mail import Envelope, MailSession, SmtpMailer
from workers.wire import Replies

DROP = Step(drop=True)
OK = Step()


def to(sink: PythonSink) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=10.0)


def letter(name: str) -> Envelope:
    message = f"X-Rollout-Delivery: {name}\r\n\r\n".encode()
    return Envelope("a@msp.example", f"{name}@customer.example", message, name)


def send(session: MailSession, names: Sequence[str], announced: str | None = None) -> list[str]:
    """Send letters, each announcing the next; the last announces `announced`."""
    kinds = []
    for name, following in zip(names, [*names[1:], announced], strict=True):

        def mark(following: str | None = following) -> bool:
            session.follow(letter(following) if following else None)
            return True

        kinds.append(session.send(letter(name), mark).kind)
    return kinds


def recipients(sink: PythonSink) -> list[str]:
    return [one.recipients[0].partition("@")[0] for one in sink.received]


def test_the_next_letter_is_announced_before_it_is_sent() -> None:
    announced = Semaphore(0)

    def watch(phase: str) -> None:
        if phase == "MAIL":
            announced.release()

    with PythonSink(pipelining=True, watch=watch) as sink, to(sink).session() as session:
        assert send(session, ["d1"], announced="d2") == ["accepted"]
        assert announced.acquire(timeout=5)
        assert announced.acquire(timeout=5)
        assert send(session, ["d2"]) == ["accepted"]
    assert recipients(sink) == ["d1", "d2"]
    assert sink.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 2, "QUIT"]


def test_an_announced_letter_that_does_not_come_is_not_handed_over() -> None:
    with PythonSink(pipelining=True) as sink, to(sink).session() as session:
        assert send(session, ["d1"], announced="d2") == ["accepted"]
    assert recipients(sink) == ["d1"]
    assert b"".join(sink.unfinished) == b""  # whether or not the sink came so far
    assert "QUIT" not in sink.verbs()


def test_another_letter_than_the_announced_one_goes_over_a_connection_of_its_own() -> None:
    with PythonSink(pipelining=True) as sink, to(sink).session() as session:
        assert send(session, ["d1"], announced="d2") == ["accepted"]
        assert send(session, ["d3"]) == ["accepted"]
    assert recipients(sink) == ["d1", "d3"]
    assert sink.connections == 2


@pytest.mark.parametrize("goodbye", [Step(421, drop=True), DROP])
def test_a_server_that_leaves_after_a_letter_gets_the_announced_one_anew(goodbye: Step) -> None:
    with (
        PythonSink({"MAIL": [OK, goodbye]}, pipelining=True) as sink,
        to(sink).session() as session,
    ):
        assert send(session, ["d1", "d2", "d3"]) == ["accepted"] * 3
    assert recipients(sink) == ["d1", "d2", "d3"]
    assert sink.connections == 2


def test_an_announced_recipient_who_is_refused_troubles_nobody_else() -> None:
    with (
        PythonSink({"RCPT": [OK, Step(550)]}, pipelining=True) as sink,
        to(sink).session() as session,
    ):
        assert send(session, ["d1", "d2", "d3"]) == ["accepted", "refused", "accepted"]
    assert recipients(sink) == ["d1", "d3"]


def test_a_letter_that_is_refused_at_its_end_does_not_take_the_next_with_it() -> None:
    with (
        PythonSink({".": [Step(554)]}, pipelining=True) as sink,
        to(sink).session() as session,
    ):
        assert send(session, ["d1", "d2"]) == ["refused", "accepted"]
    assert sink.connections == 1


def test_a_server_without_pipelining_hears_one_thing_at_a_time() -> None:
    with PythonSink(pipelining=False) as sink, to(sink).session() as session:
        assert send(session, ["d1"], announced="d2") == ["accepted"]
        assert sink.verbs().count("MAIL") == 1
        assert send(session, ["d2"]) == ["accepted"]


class _Says:
    """A connection that says this, and then nothing more."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts)

    def recv(self, most: int) -> bytes:
        return self.parts.pop(0)[:most] if self.parts else b""


def test_replies_that_come_together_are_read_one_by_one() -> None:
    replies = Replies(_Says(b"250 o", b"k\r\n250 yes\r\n354 g"))  # type: ignore[arg-type]
    assert not replies.waiting
    assert replies.readline(100) == b"250 ok\r\n"
    assert replies.waiting
    assert replies.readline(100) == b"250 yes\r\n"
    assert not replies.waiting
    assert replies.readline(100) == b"354 g"
    assert replies.readline(100) == b""


def test_a_reply_without_an_end_is_cut() -> None:
    replies = Replies(_Says(b"x" * 50, b"x" * 50 + b"\n"))  # type: ignore[arg-type]
    assert replies.readline(60) == b"x" * 60


def test_a_reply_that_nobody_asked_for_is_not_taken_for_the_next_one() -> None:
    """Else every answer would be read as that to the command before it."""
    with PythonSink({".": [Step(250, "kept\r\n250 and once more")]}) as sink:
        with to(sink).session() as session:
            kinds = send(session, ["d1", "d2", "d3"])
        connections = sink.connections
    assert kinds == ["accepted"] * 3
    assert recipients(sink) == ["d1", "d2", "d3"]
    assert connections == 2
