"""The mailbox in the browser: letters that were written to a folder instead of being sent."""

import email
import email.policy
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from campaigns.errors import NotFound

PAGE = 50
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")
HEADERS = BytesParser(policy=email.policy.default)
ENDING = ".eml"


@dataclass(frozen=True, slots=True)
class Envelope:
    """What stands on the outside of a letter; `at` is its Date header."""

    name: str
    to: str
    subject: str
    step: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of letters, the newest first; `newer` and `older` start the neighbours, if any."""

    letters: Sequence[Envelope]
    total: int
    newer: str
    older: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that travels with a letter."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter, opened."""

    envelope: Envelope
    headers: Sequence[tuple[str, str]]
    text: str
    html: str
    enclosures: Sequence[Enclosure]


def listing(folder: Path, start: int) -> Listing:
    """PAGE letters from the `start`-th on, counted from 0; a start beyond the end is empty."""
    found = _newest_first(folder)
    shown = found[start : start + PAGE]
    return Listing(
        letters=[_envelope(folder, name) for name in shown],
        total=len(found),
        newer=str(max(0, start - PAGE)) if start else "",
        older=str(start + PAGE) if start + PAGE < len(found) else "",
    )


def opened(folder: Path, name: str) -> Mail:
    """The letter of that name. Raises NotFound."""
    message = _read(folder, name)
    return Mail(
        envelope=_outside(name, message),
        headers=[(key, str(value)) for key, value in message.items()],
        text=_part(message, "plain"),
        html=_part(message, "html"),
        enclosures=[_enclosure(part) for part in message.iter_attachments() if _is_file(part)],
    )


def _newest_first(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            found = [
                (entry.stat().st_mtime_ns, entry.name.removesuffix(ENDING))
                for entry in entries
                if entry.name.endswith(ENDING) and not entry.name.startswith(".")
            ]
    except FileNotFoundError:
        return []
    return [name for _, name in sorted(found, reverse=True)]


def _envelope(folder: Path, name: str) -> Envelope:
    with (folder / f"{name}{ENDING}").open("rb") as file:
        return _outside(name, HEADERS.parse(file, headersonly=True))


def _outside(name: str, message: EmailMessage) -> Envelope:
    return Envelope(
        name=name,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "(no subject)")),
        step=str(message.get("X-Rollout-Step", "")),
        at=_date(str(message.get("Date", ""))),
    )


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _read(folder: Path, name: str) -> EmailMessage:
    path = folder / f"{name}{ENDING}"
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound("There is no such letter in the mailbox.", "no_mail")
    return HEADERS.parsebytes(path.read_bytes())


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a charset that nobody knows
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _is_file(part: EmailMessage) -> bool:
    return part.get_content_disposition() == "attachment"


def _enclosure(part: EmailMessage) -> Enclosure:
    content = part.get_payload(decode=True)
    return Enclosure(
        name=part.get_filename() or "attachment",
        kind=part.get_content_type(),
        content=content if isinstance(content, bytes) else b"",
    )
