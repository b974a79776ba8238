"""One connection for many letters, and what happens when it ends in between."""

from functools import partial

import pytest

from tests.services import PythonSink, Step
from workers.mail import Envelope, MailSession, SmtpMailer

DROP = Step(drop=True)
PIPELINING = pytest.mark.parametrize("pipelining", [False, True], ids=["one by one", "pipelined"])


def to(sink: PythonSink) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=10.0)


def mark_in(marks: list[bool]) -> bool:
    marks.append(True)
    return True


def send(session: MailSession, *deliveries: str) -> list[str]:
    """Send letters one after another; each must ask for its mark once, if it comes so far."""
    kinds: list[str] = []
    for delivery in deliveries:
        marks: list[bool] = []
        message = f"X-Rollout-Delivery: {delivery}\r\n\r\n".encode()
        envelope = Envelope("a@msp.example", "kim@customer.example", message, delivery)
        outcome = session.send(envelope, partial(mark_in, marks))
        assert len(marks) == (outcome.kind == "accepted")
        kinds.append(outcome.kind)
    return kinds


@PIPELINING
def test_one_connection_carries_many_letters_without_idle_talk(pipelining: bool) -> None:
    with PythonSink(pipelining=pipelining) as sink, to(sink).session() as session:
        assert send(session, "d1", "d2", "d3") == ["accepted"] * 3
    assert sink.verbs() == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]


@PIPELINING
def test_one_refused_recipient_does_not_trouble_the_next(pipelining: bool) -> None:
    with (
        PythonSink({"RCPT": [Step(550)]}, pipelining=pipelining) as sink,
        to(sink).session() as session,
    ):
        assert send(session, "d1", "d2") == ["refused", "accepted"]
    assert sink.connections == 1
    assert sink.verbs().count("RSET") == 1


def test_a_server_that_wants_a_letter_for_nobody_is_left() -> None:
    script = {"RCPT": [Step(550)], "DATA": [Step(354)]}
    with PythonSink(script, pipelining=True) as sink, to(sink).session() as session:
        assert send(session, "d1", "d2") == ["refused", "accepted"]
    assert (sink.connections, len(sink.received)) == (2, 1)
    assert sink.unfinished == [b""]


@pytest.mark.parametrize("goodbye", [Step(421, drop=True), DROP])
def test_the_connection_is_reopened_after_a_server_ends_it(goodbye: Step) -> None:
    with PythonSink({"RCPT": [goodbye]}) as sink, to(sink).session() as session:
        first, second = send(session, "d1", "d2")
    assert first in ("host_down", "later")
    assert second == "accepted"
    assert sink.connections == 2


@PIPELINING
@pytest.mark.parametrize(
    "script",
    [
        {".": [Step(250, drop=True)]},
        {"MAIL": [Step(), Step(421, drop=True)]},
        {"MAIL": [Step(), DROP]},
    ],
    ids=["closed while idle", "said goodbye", "closed at MAIL"],
)
def test_a_kept_connection_that_went_stale_costs_nothing(
    script: dict[str, list[Step]], pipelining: bool
) -> None:
    with PythonSink(script, pipelining=pipelining) as sink, to(sink).session() as session:
        assert send(session, "d1", "d2") == ["accepted", "accepted"]
    assert (sink.connections, len(sink.accepted)) == (2, 2)


@pytest.mark.parametrize("phase", ["RCPT", "DATA"])
def test_a_connection_lost_in_the_middle_is_not_mistaken_for_a_stale_one(phase: str) -> None:
    with PythonSink({phase: [Step(), DROP]}) as sink, to(sink).session() as session:
        assert send(session, "d1", "d2") == ["accepted", "later"]
        assert sink.connections == 1


def test_a_reset_that_is_refused_ends_the_connection() -> None:
    with (
        PythonSink({"RCPT": [Step(550)], "RSET": Step(500)}) as sink,
        to(sink).session() as session,
    ):
        assert send(session, "d1", "d2") == ["refused", "accepted"]
    assert sink.connections == 2
