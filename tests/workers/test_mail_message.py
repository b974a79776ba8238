"""Letters as bytes, read back by Python's own mail parser."""

import email
import re
from base64 import b64decode
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.headers import HeaderValue, Mailbox, mailbox
from workers.message import build, message_id

NOON = datetime(2026, 12, 8, 12, 0, tzinfo=UTC)
ICS = b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
HEADERS: dict[str, HeaderValue] = {
    "From": Mailbox("Dana Reyes", "dana@msp.example"),
    "To": Mailbox("Kim Lee", "kim@customer.example"),
    "Subject": "Your sign-in changes on Tue 8 December: 5 minutes before then",
    "Message-ID": "<abc@msp.example>",
}
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LONG_TEXT = st.lists(st.sampled_from("aé =\t.€\n-_😀") | st.characters(exclude_categories=["Cs"]))
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])).filter(
    lambda text: "=?" not in text
)


def parse(raw: bytes) -> EmailMessage:
    parsed = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not [part.defects for part in parsed.walk() if part.defects]
    return parsed


def part(letter: EmailMessage, kind: str) -> str:
    body = letter.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(text=ANY_TEXT | LONG_TEXT.map("".join), html=ANY_TEXT)
def test_text_and_html_come_back_exactly(text: str, html: str) -> None:
    raw = build(HEADERS, text, html, date=NOON)
    letter = parse(raw)
    assert lines(part(letter, "plain")) == lines(text)
    assert lines(part(letter, "html")) == lines(html)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw)


@given(subject=TITLES | st.text(st.sampled_from("ab  é"), min_size=60, max_size=200))
def test_a_subject_comes_back_exactly(subject: str) -> None:
    raw = build({**HEADERS, "Subject": subject}, "t", "h", date=NOON)
    assert parse(raw)["Subject"] == subject
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@given(name=TITLES)
def test_a_name_comes_back_exactly_and_names_one_person(name: str) -> None:
    raw = build({**HEADERS, "To": Mailbox(name, "kim@customer.example")}, "t", "h", date=NOON)
    assert [person.addr_spec for person in parse(raw)["To"].addresses] == ["kim@customer.example"]
    # Not display_name: Python 3.11 puts a space between two encoded words of a name.
    written, _ = parseaddr(str(email.message_from_bytes(raw)["To"]))
    assert str(make_header(decode_header(written))) == name


def test_headers_stand_in_the_given_order_then_ours() -> None:
    letter = parse(build({**HEADERS, "X-Rollout-Step": "invite"}, "t", "h", date=NOON))
    ours = ["Date", "MIME-Version", "Content-Type"]
    assert letter.keys() == [*HEADERS, "X-Rollout-Step", *ours]
    assert letter["Date"].datetime == NOON


def test_a_long_unsubscribe_line_stays_whole() -> None:
    link = "<https://rollout.msp.example/u/" + "a" * 700 + ">"
    raw = build({**HEADERS, "List-Unsubscribe": link}, "t", "h", date=NOON)
    assert f"\r\nList-Unsubscribe: {link}\r\n".encode() in raw


def test_a_long_plain_subject_is_folded_and_not_encoded() -> None:
    subject = "What changes on Tuesday and what you need for it " * 4 + "end"
    raw = build({**HEADERS, "Subject": subject}, "t", "h", date=NOON)
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]
    assert parse(raw)["Subject"] == subject


def test_a_long_row_of_spaces_in_a_subject_survives() -> None:
    subject = "now" + " " * 120 + "then  and  again"
    raw = build({**HEADERS, "Subject": subject}, "t", "h", date=NOON)
    assert parse(raw)["Subject"] == subject
    assert not re.search(rb"\n\s+\r\n", raw.partition(b"\r\n\r\n")[0])


def test_every_encoded_word_is_whole_by_itself() -> None:
    raw = build({**HEADERS, "Subject": "aé€😀" * 60}, "t", "h", date=NOON)
    words = re.findall(rb"=\?utf-8\?b\?([^?]*)\?=", raw)
    assert "".join(b64decode(word).decode() for word in words) == "aé€😀" * 60
    assert len(words) > 1


def test_a_calendar_entry_is_shown_and_attached() -> None:
    letter = parse(build(HEADERS, "text", "<p>html</p>", (ICS * 20, "PUBLISH"), date=NOON))
    assert letter.get_content_type() == "multipart/mixed"
    assert [found.get_content_type() for found in letter.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, shown, attached = letter.walk()
    assert shown.get_param("method") == "PUBLISH"
    assert attached.get_filename() == "appointment.ics"
    assert shown.get_payload(decode=True) == attached.get_payload(decode=True) == ICS * 20
    assert (part(letter, "plain"), part(letter, "html")) == ("text", "<p>html</p>")


def test_the_original_recipient_of_a_redirected_letter_is_kept() -> None:
    headers = {**HEADERS, "X-Rollout-Original-To": "kim@customer.example"}
    letter = parse(build(headers, "t", "h", date=NOON))
    assert letter["X-Rollout-Original-To"] == "kim@customer.example"


@pytest.mark.parametrize("missing", ["From", "To", "Subject", "Message-ID"])
def test_a_letter_without_its_four_headers_is_refused(missing: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != missing}
    with pytest.raises(ValueError, match=f"(?i){missing}"):
        build(headers, "t", "h", date=NOON)


@pytest.mark.parametrize(
    "name", ["Bcc", "cc", "Date", "Content-Type", "MIME-Version", "Resent-To", "X:Y", "X Y", ""]
)
def test_headers_that_are_not_the_callers_to_set_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be set"):
        build({**HEADERS, name: "x"}, "t", "h", date=NOON)


def test_a_second_from_under_another_spelling_is_refused() -> None:
    with pytest.raises(ValueError, match="From exactly once"):
        build({**HEADERS, "FROM": "eve@evil.example"}, "t", "h", date=NOON)


@pytest.mark.parametrize("name", ["List-Unsubscribe", "Message-ID", "List-Id"])
@pytest.mark.parametrize("value", ["<ü@x>", "<" + "a" * 1000 + ">", " <a@b>", ""])
def test_a_machine_header_is_plain_and_on_one_line(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        build({**HEADERS, name: value}, "t", "h", date=NOON)


def test_a_date_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        build(HEADERS, "t", "h", date=NOON.replace(tzinfo=None))


def test_the_date_keeps_its_zone() -> None:
    berlin = datetime(2026, 12, 8, 18, 0, tzinfo=timezone(timedelta(hours=1)))
    letter = parse(build(HEADERS, "t", "h", date=berlin))
    assert str(letter["Date"]) == "Tue, 08 Dec 2026 18:00:00 +0100"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("kim@customer.example", Mailbox("", "kim@customer.example")),
        (" Kim Lee <kim@customer.example> ", Mailbox("Kim Lee", "kim@customer.example")),
        ('"Lee, Kim \\"K\\"" <kim@x.example>', Mailbox('Lee, Kim "K"', "kim@x.example")),
        (
            "Eve <eve@evil.example> <kim@x.example>",
            Mailbox("Eve <eve@evil.example>", "kim@x.example"),
        ),
        ("kim@zahnärzte.example", Mailbox("", "kim@xn--zahnrzte-3za.example")),
    ],
)
def test_a_person_can_be_written_as_text(text: str, person: Mailbox) -> None:
    assert mailbox(text) == person


@pytest.mark.parametrize("text", ["", "kim", "a@b.example, c@d.example", "<a@b.example", "a b@c.d"])
def test_what_is_not_one_person_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="address"):
        mailbox(text)


def test_a_message_id_is_stable_secret_and_its_own() -> None:
    one = message_id(b"secret", "17", "msp.example")
    assert one == message_id(b"secret", "17", "msp.example")
    assert re.fullmatch(r"<[a-z2-7]{26}@msp\.example>", one)
    assert (
        len(
            {one, message_id(b"secret", "18", "msp.example"), message_id(b"x", "17", "msp.example")}
        )
        == 3
    )


@pytest.mark.parametrize("domain", ["", "a b", "a>\r\nBcc: x", "ü.example", "a..b"])
def test_a_message_id_needs_a_domain(domain: str) -> None:
    with pytest.raises(ValueError, match="domain"):
        message_id(b"secret", "17", domain)
