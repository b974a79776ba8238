"""What is known of a letter after each thing that a mail server can do to it."""

import socket

import pytest

from tests.services import PythonSink, Step
from workers.mail import Envelope, Outcome, SmtpMailer

LETTER = b"Subject: Tuesday\r\n\r\nHello Kim,\r\n.a line with a dot\r\n"
DROP = Step(drop=True)
SILENCE = Step(wait=60)
USUAL = Step()
PIPELINING = pytest.mark.parametrize("pipelining", [False, True], ids=["one by one", "pipelined"])


class Mark:
    """The mark before the dot: how often it was asked for, and what it says."""

    def __init__(self, answer: bool = True) -> None:
        self.asked = 0
        self.answer = answer

    def __call__(self) -> bool:
        self.asked += 1
        return self.answer


def letter(delivery: str = "d1", recipient: str = "kim@customer.example") -> Envelope:
    return Envelope("bounce+d1@msp.example", recipient, LETTER, delivery)


def to(sink: PythonSink, timeout: float = 10.0) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", sink.port, tls="none", timeout=timeout)


def send_one(sink: PythonSink, mark: Mark, step: Step = USUAL) -> Outcome:
    """Patience is short only where the server was told to be silent."""
    with to(sink, timeout=0.3 if step == SILENCE else 10.0).session() as session:
        return session.send(letter(), mark)


@PIPELINING
def test_an_accepted_letter_arrives_once_and_whole(pipelining: bool) -> None:
    mark = Mark()
    with PythonSink(pipelining=pipelining) as sink:
        outcome = send_one(sink, mark)
    assert outcome == Outcome("accepted", 250, "kept")
    [got] = sink.accepted
    assert (got.sender, got.recipients) == ("bounce+d1@msp.example", ("kim@customer.example",))
    assert got.message == LETTER
    assert mark.asked == 1


BEFORE_THE_MARK = [
    ("CONNECT", Step(421, drop=True), "host_down", 421),
    ("CONNECT", Step(450), "host_down", 450),
    ("CONNECT", Step(554), "host_down", 554),
    ("CONNECT", DROP, "host_down", None),
    ("CONNECT", SILENCE, "host_down", None),
    ("EHLO", Step(421, drop=True), "host_down", None),
    ("EHLO", DROP, "host_down", None),
    ("MAIL", Step(421, drop=True), "host_down", 421),
    ("MAIL", Step(451), "later", 451),
    ("MAIL", Step(550), "host_down", 550),
    ("MAIL", Step(530), "host_down", 530),
    ("MAIL", DROP, "later", None),
    ("MAIL", Step(777), "later", 777),
    ("RCPT", Step(450), "later", 450),
    ("RCPT", Step(550), "refused", 550),
    ("RCPT", Step(421, drop=True), "host_down", 421),
    ("RCPT", DROP, "later", None),
    ("RCPT", SILENCE, "later", None),
    ("DATA", Step(451), "later", 451),
    ("DATA", Step(554), "refused", 554),
    ("DATA", DROP, "later", None),
    ("DATA", SILENCE, "later", None),
    ("DATA", Step(250), "later", 250),
]


@PIPELINING
@pytest.mark.parametrize(("phase", "step", "kind", "code"), BEFORE_THE_MARK)
def test_trouble_before_the_mark_is_never_uncertain(
    phase: str, step: Step, kind: str, code: int | None, pipelining: bool
) -> None:
    mark = Mark()
    with PythonSink({phase: step}, pipelining=pipelining) as sink:
        outcome = send_one(sink, mark, step)
    assert (outcome.kind, outcome.code) == (kind, code)
    assert outcome.reply
    assert mark.asked == 0
    assert sink.received == []


AFTER_THE_MARK = [
    (Step(450), "later", 450),
    (Step(550), "refused", 550),
    (Step(530), "refused", 530),
    (Step(421, drop=True), "host_down", 421),
    (DROP, "uncertain", None),
    (SILENCE, "uncertain", None),
    (Step(354), "uncertain", 354),
    (Step(250, drop=True), "accepted", 250),
]


@PIPELINING
@pytest.mark.parametrize(("step", "kind", "code"), AFTER_THE_MARK)
def test_after_the_mark_only_a_reply_makes_an_outcome_certain(
    step: Step, kind: str, code: int | None, pipelining: bool
) -> None:
    mark = Mark()
    with PythonSink({".": step}, pipelining=pipelining) as sink:
        outcome = send_one(sink, mark, step)
    assert (outcome.kind, outcome.code) == (kind, code)
    assert mark.asked == 1
    assert [got.message for got in sink.received] == [LETTER]


@pytest.mark.parametrize("step", [DROP, SILENCE, Step(421, drop=True), Step(500)])
def test_a_failed_goodbye_after_acceptance_is_still_accepted(step: Step) -> None:
    with PythonSink({"QUIT": step}) as sink:
        assert send_one(sink, Mark(), step).kind == "accepted"


def test_nobody_listening_is_the_hosts_trouble() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with SmtpMailer("127.0.0.1", port, tls="none").session() as session:
            outcome = session.send(letter(), Mark())
    assert (outcome.kind, outcome.code) == ("host_down", None)
    assert f"127.0.0.1:{port}" in outcome.reply


@PIPELINING
def test_a_letter_stopped_at_the_mark_is_not_handed_over(pipelining: bool) -> None:
    with PythonSink(pipelining=pipelining) as sink, to(sink).session() as session:
        stopped = session.send(letter("d1"), Mark(answer=False))
        after = session.send(letter("d2"), Mark())
    assert (stopped.kind, after.kind) == ("aborted", "accepted")
    assert sink.unfinished == [LETTER]
    assert len(sink.received) == 1
    assert sink.connections == 2


def test_a_mark_that_fails_stops_the_letter_and_is_heard() -> None:
    def broken() -> bool:
        raise ConnectionError("the database is gone")

    with PythonSink() as sink, to(sink).session() as session, pytest.raises(ConnectionError):
        session.send(letter(), broken)
    assert sink.received == []
    assert sink.unfinished == [LETTER]


@pytest.mark.parametrize(
    ("step", "kind"), [(Step(552), "refused"), (Step(452), "later"), (DROP, "later")]
)
def test_a_server_that_interrupts_the_letter_is_heard_before_the_mark(
    step: Step, kind: str
) -> None:
    mark = Mark()
    long = (b"x" * 900 + b"\r\n") * 20_000
    with PythonSink({"BODY": step}) as sink, to(sink).session() as session:
        outcome = session.send(Envelope("a@msp.example", "b@x.example", long, "d1"), mark)
    assert outcome.kind == kind
    assert mark.asked == 0
    assert sink.received == []


@pytest.mark.parametrize(
    "recipient",
    [
        "kim@customer.example>\r\nRCPT TO:<eve@evil.example",
        "kim@customer.example\nDATA",
        "kim@customer.example,eve@evil.example",
        "kim@customer.example eve@evil.example",
        "Kim <kim@customer.example>",
        "kím@customer.example",
        "kim@cust\0omer.example",
        "kim@" + "a." * 130 + "example",
        "kim",
        "@customer.example",
        "kim@.example",
        "",
    ],
)
def test_an_address_that_is_not_exactly_one_is_refused_without_a_word(recipient: str) -> None:
    with PythonSink() as sink, to(sink).session() as session:
        assert session.send(letter(recipient=recipient), Mark()).kind == "refused"
        assert sink.connections == 0


def test_an_international_domain_travels_in_its_ascii_form() -> None:
    with PythonSink() as sink, to(sink).session() as session:
        session.send(letter(recipient="kim@zahnärzte.example"), Mark())
        assert sink.received[0].recipients == ("kim@xn--zahnrzte-3za.example",)


def test_a_letter_may_have_no_return_path() -> None:
    with PythonSink() as sink, to(sink).session() as session:
        session.send(Envelope("", "kim@customer.example", LETTER, "d1"), Mark())
        assert sink.received[0].sender == ""


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        (b"a\nb\rc\r\nd", b"a\r\nb\r\nc\r\nd\r\n"),
        (
            b"one\n.\nMAIL FROM:<eve@evil.example>\n",
            b"one\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n",
        ),
        (b".\r\n..\r\n...", b".\r\n..\r\n...\r\n"),
    ],
)
def test_no_line_break_or_dot_can_end_a_letter_early(written: bytes, arrives: bytes) -> None:
    with PythonSink() as sink, to(sink).session() as session:
        envelope = Envelope("a@msp.example", "kim@customer.example", written, "d1")
        assert session.send(envelope, Mark()).kind == "accepted"
    assert [got.message for got in sink.received] == [arrives]
    assert "MAIL" not in sink.verbs()[sink.verbs().index("DATA") :]
