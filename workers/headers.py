"""Header fields as ASCII lines: what could become a second header is refused, the rest encoded.

Sources: RFC 5322 (fields, 998 bytes a line), RFC 2047 (encoded words), RFC 5890 (domains).
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

LONGEST_LINE = 998
GOOD_LINE = 76
LONGEST_PLAIN_NAME = 200
LONGEST_ADDRESS = 254

_UNSAFE = re.compile(r"[\r\n\0\ud800-\udfff]|=\?")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@"
    r"[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*"
)
_MAILBOX = re.compile(r"\s*(?:(?P<name>.*?)\s*<(?P<inner>[^<>]*)>|(?P<bare>[^<>]*))\s*")
_OURS = re.compile(r"date|mime-version|cc|bcc|(?:content|resent)-.*", re.IGNORECASE)
_PEOPLE = frozenset({"from", "to", "reply-to", "sender"})


class Mailbox(NamedTuple):
    """A person's name (may be empty) and address."""

    name: str
    address: str


HeaderValue = str | Mailbox


def mailbox(text: str) -> Mailbox:
    """Read `Kim Lee <kim@example.com>` or `kim@example.com`. Raises ValueError."""
    found = _MAILBOX.fullmatch(text)
    if found is None:
        raise ValueError(f'"{text}" is not an address. Write it as name@example.com.')
    name = found["name"] or ""
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    return Mailbox(name, ascii_address((found["inner"] or found["bare"] or "").strip()))


def ascii_address(address: str) -> str:
    """The address as it travels: an international domain becomes its xn-- form.

    Raises ValueError when it is not one plain address (quoted local parts, lists, letters
    outside ASCII before the @).
    """
    local, _, domain = address.rpartition("@")
    travelling = f"{local}@{domain if domain.isascii() else _punycode(domain)}"
    long = len(travelling) > LONGEST_ADDRESS
    if long or "=?" in travelling or not _ADDRESS.fullmatch(travelling):
        raise ValueError(f"{address!r} is not an address that mail can be sent to.")
    return travelling


def _punycode(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def fields(headers: Mapping[str, HeaderValue]) -> Iterator[str]:
    """Each header as `Name: value`, folded where it must be, without the final line break.

    Raises ValueError naming the header when a value holds CR, LF, NUL or an encoded word, when a
    name is not allowed here, or when a value cannot be written.
    """
    for name, value in headers.items():
        yield _field(name, value)


@lru_cache(maxsize=4096)  # half of a letter's headers are those of the letter before it
def _field(name: str, value: HeaderValue) -> str:
    if not _NAME.fullmatch(name) or _OURS.fullmatch(name):
        raise ValueError(f"The header {name!r} cannot be set here.")
    for part in (value,) if isinstance(value, str) else value:
        if _UNSAFE.search(part):
            raise ValueError(
                f"The header {name} holds a line break, a NUL or an encoded word (=?). "
                "Take it out of the name or title that it comes from."
            )
    return f"{name}: {_written(name, value)}"


def _written(name: str, value: HeaderValue) -> str:
    lower = name.lower()
    if lower in _PEOPLE:
        return _person(name, mailbox(value) if isinstance(value, str) else value)
    if isinstance(value, Mailbox):
        raise ValueError(f"The header {name} takes text, not a person.")
    if lower == "subject" or lower.startswith("x-"):
        return _prose(name, value)
    if not _PLAIN.fullmatch(value) or len(name) + 2 + len(value) > LONGEST_LINE:
        raise ValueError(f"The header {name} must be plain ASCII on one line of 998 bytes.")
    return value


def _person(header: str, person: Mailbox) -> str:
    try:
        address = ascii_address(person.address)
    except ValueError as wrong:
        raise ValueError(f"The header {header}: {wrong}") from None
    return f"{_phrase(header, person.name)} <{address}>" if person.name else address


@lru_cache(maxsize=512)
def _phrase(header: str, name: str) -> str:
    short = len(name) <= LONGEST_PLAIN_NAME
    if short and _PHRASE.fullmatch(name):
        return name
    if short and _PLAIN.fullmatch(name):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return _encoded_words(header, name)


def _prose(header: str, text: str) -> str:
    if not text:
        return ""
    if not _PLAIN.fullmatch(text):
        return _encoded_words(header, text)
    room = GOOD_LINE - len(header) - 2
    if len(text) <= room:
        return text
    words = text.split(" ")
    if not all(words) or max(map(len, words)) > GOOD_LINE // 2:
        return _encoded_words(header, text)
    return "\r\n ".join(_lines(words, room))


def _lines(words: Iterable[str], room: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            yield line
            line, room = word, GOOD_LINE - 1
        else:
            line = f"{line} {word}" if line else word
    yield line


def _encoded_words(header: str, text: str) -> str:
    """RFC 2047 section 2: words of at most 75 characters, lines of at most 76, whole letters."""
    most = max((GOOD_LINE - len(header) - 2 - len("=?utf-8?b??=")) // 4 * 3, 12)
    raw = text.encode()
    words, start = [], 0
    while start < len(raw):
        end = start + most
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        words.append(f"=?utf-8?b?{b2a_base64(raw[start:end], newline=False).decode()}?=")
        start = end
    return "\r\n ".join(words)


def check_section(section: bytes, names: Iterable[str]) -> None:
    """Read the header section back: exactly these names in this order, and no stray line break.

    Raises ValueError. This is the last guard in front of a header that nobody intended.
    """
    lines = section.split(b"\r\n")
    found = [line.partition(b":")[0] for line in lines if line[:1] not in (b" ", b"\t")]
    if found != [name.encode("ascii") for name in names]:
        raise ValueError("The letter's headers are not the intended ones; it was not written.")
    for line in lines:
        if len(line) > LONGEST_LINE or b"\r" in line or b"\n" in line or b"\0" in line:
            raise ValueError("A header line is too long or broken; the letter was not written.")
