"""Nothing that a person can type becomes a header, a recipient or a second letter."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Any
from urllib.parse import unquote

import pytest

from tests.services import PythonSink
from tests.shared import shared
from workers.headers import HeaderValue, Mailbox, check_section
from workers.mail import Envelope, SmtpMailer
from workers.message import build

NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)
OURS = ["Date", "MIME-Version", "Content-Type"]

ESSENTIAL = [
    "Kim\r\nBcc: eve@evil.example",
    "Kim\nBcc: eve@evil.example",
    "Kim\rBcc: eve@evil.example",
    "Kim\r\n\r\n<p>another letter</p>",
    "Kim\0",
    "Kim\r\n Bcc: folded@evil.example",
    "=?utf-8?q?a=0D=0ABcc:_x=40evil?=",
    "=?utf-8?B?YQ0KQmNjOiB4QGV2aWw=?=",
    "=?utf-8?q?=0A?= <eve@evil.example>",
    "Kim\u2028Bcc: eve@evil.example",
    "Kim\x85Bcc: eve@evil.example",
    "Kim\x0bBcc: eve@evil.example",
    "Kim\x1cBcc: eve@evil.example",
    "Kim, eve@evil.example",
    "Kim <eve@evil.example>",
    'Kim" <eve@evil.example>, "',
    "Kim\\",
    'Kim\\"',
    "eve@evil.example;",
    "group: eve@evil.example;",
    "(comment",
    "Kim ) (",
    "\ud800",
    " ",
    "?=",
    "=",
    "ü" * 500,
    "x" * 2000,
    "\u202ekim",
]


def hostile() -> Iterator[str]:
    yield from ESSENTIAL
    if naughty := shared("corpora", "naughty_strings", "blns.json"):
        yield from json.loads(naughty.read_text("utf-8"))
    if crlf := shared("corpora", "crlf_header", "patt", "crlfinjection.txt"):
        for line in crlf.read_text("utf-8").splitlines():
            yield from (line, unquote(line), unquote(unquote(line)))


def letter_with(text: str) -> dict[str, dict[str, HeaderValue]]:
    """The same letter with `text` in each place that a person can fill."""
    usual: dict[str, HeaderValue] = {
        "From": Mailbox("Dana Reyes", "dana@msp.example"),
        "To": Mailbox("Kim Lee", "kim@customer.example"),
        "Subject": "Your sign-in changes",
        "Message-ID": "<abc@msp.example>",
        "X-Rollout-Customer": "Northwind Dental",
    }
    return {
        "sender name": {**usual, "From": Mailbox(text, "dana@msp.example")},
        "contact name": {**usual, "To": Mailbox(text, "kim@customer.example")},
        "written person": {**usual, "To": f"{text} <kim@customer.example>"},
        "subject": {**usual, "Subject": text},
        "title in a subject": {**usual, "Subject": f"{text}: on Tuesday"},
        "customer name": {**usual, "X-Rollout-Customer": text},
    }


PLACES = {
    "sender name": "From",
    "contact name": "To",
    "written person": "To",
    "subject": "Subject",
    "title in a subject": "Subject",
    "customer name": "X-Rollout-Customer",
}


def addresses(letter: Message, header: str) -> list[str]:
    """Everyone that a reader of the header would see."""
    people: Any = letter[header]
    return [person.addr_spec for person in people.addresses]


def built(text: str) -> Iterator[tuple[dict[str, HeaderValue], bytes]]:
    for headers in letter_with(text).values():
        try:
            yield headers, build(headers, text, text, date=NOON)
        except ValueError as refused:
            words = str(refused)
            assert "header" in words


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", ESSENTIAL[:9])
def test_a_line_break_or_encoded_word_is_refused_by_name(place: str, text: str) -> None:
    with pytest.raises(ValueError, match=f"header {PLACES[place]} "):
        build(letter_with(text)[place], "t", "h", date=NOON)


def test_header_names_and_count_are_the_intended_ones() -> None:
    letters = 0
    for text in hostile():
        for headers, raw in built(text):
            letters += 1
            intended = [*headers, *OURS]
            assert BytesHeaderParser().parsebytes(raw).keys() == intended
            again = BytesHeaderParser(policy=policy.default).parsebytes(raw)
            assert again.keys() == intended
            assert addresses(again, "To") == ["kim@customer.example"], repr(text)
            assert addresses(again, "From") == ["dana@msp.example"], repr(text)
    assert letters > len(ESSENTIAL)


@pytest.mark.parametrize(
    "section",
    [
        b"To: kim@customer.example\r\nBcc: eve@evil.example\r\nSubject: x",
        b"To: kim@customer.example\r\nSubject: x\r\n\r\nanother letter",
        b"To: kim@customer.example\nBcc: eve@evil.example\r\nSubject: x",
        b"To: kim@customer.example\rBcc: eve@evil.example\r\nSubject: x",
        b"Subject: x\r\nTo: kim@customer.example",
        b"To: kim@customer.example",
        b"To: kim@customer.example\r\nSubject: " + b"x" * 998,
    ],
)
def test_the_last_guard_reads_the_headers_back(section: bytes) -> None:
    check_section(b"To: kim@customer.example\r\nSubject: x", ["To", "Subject"])
    with pytest.raises(ValueError, match="not written"):
        check_section(section, ["To", "Subject"])


def test_every_letter_has_one_recipient_and_ends_where_it_should() -> None:
    sent = []
    with (
        PythonSink(pipelining=True) as sink,
        SmtpMailer("127.0.0.1", sink.port, tls="none").session() as session,
    ):
        for number, text in enumerate(hostile()):
            for _, raw in built(text):
                sent.append(raw)
                envelope = Envelope("", "kim@customer.example", raw, f"d{number}")
                assert session.send(envelope, lambda: True).kind == "accepted"
    assert [got.message for got in sink.received] == sent
    assert {got.recipients for got in sink.received} == {("kim@customer.example",)}
    assert sink.verbs().count("RCPT") == len(sent)


def test_a_hostile_address_reaches_no_header_and_no_server() -> None:
    with PythonSink() as sink, SmtpMailer("127.0.0.1", sink.port, tls="none").session() as session:
        for text in hostile():
            for address in (f"{text}@customer.example", f"kim@{text}"):
                headers: dict[str, HeaderValue] = {
                    **letter_with("x")["subject"],
                    "To": Mailbox("Kim", address),
                }
                try:
                    raw = build(headers, "t", "h", date=NOON)
                except ValueError:
                    envelope = Envelope("", address, b"\r\n", "d1")
                    assert session.send(envelope, lambda: True).kind == "refused", address
                else:
                    session.send(Envelope("", address, raw, "d1"), lambda: True)
                    read = BytesHeaderParser(policy=policy.default).parsebytes(raw)
                    assert list(sink.received[-1].recipients) == addresses(read, "To")
