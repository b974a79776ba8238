"""What somebody typed into a form or an address, checked; refusals name the field."""

import unicodedata
from collections.abc import Collection
from typing import BinaryIO, cast
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import FileStorage

from campaigns.errors import Invalid

FORBIDDEN = ("Cc", "Cs")  # control characters and halves of surrogate pairs


def line(name: str, label: str, longest: int, *, required: bool = False) -> str:
    """One line without needless blanks. Raises Invalid."""
    return _checked(" ".join(request.form.get(name, "").split()), name, label, longest, required)


def block(name: str, label: str, longest: int, *, required: bool = False) -> str:
    """Several lines; line ends are `\\n`. Raises Invalid."""
    text = request.form.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return _checked(text, name, label, longest, required)


def one_of(name: str, label: str, words: Collection[str], usual: str = "") -> str:
    """One of the words. Raises Invalid."""
    word = request.form.get(name, usual)
    if word not in words:
        raise Invalid(f"{label}: choose one of {', '.join(words)}.", "bad_choice", name)
    return word


def file(name: str, what: str) -> FileStorage:
    """The file that was sent. Raises Invalid where none was chosen."""
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        raise Invalid(f"Choose {what} first.", "no_file", name)
    return sent


def stream(sent: FileStorage) -> BinaryIO:
    """The bytes of a file that was sent."""
    return cast("BinaryIO", sent.stream)


def asked(name: str, longest: int = 200) -> str:
    """A word of the query string, cut and without control characters."""
    text = " ".join(request.args.get(name, "").split())[:longest]
    return "".join(c for c in text if unicodedata.category(c) not in FORBIDDEN)


def page_number() -> int:
    """`?page=`, counted from 1; anything else is the first page."""
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text[:7]) <= 10**6 else 1


def address(path: str, **asked_for: str | int | None) -> str:
    """A path with those parameters that say something."""
    query = urlencode({name: value for name, value in asked_for.items() if value})
    return f"{path}?{query}" if query else path


def _checked(text: str, name: str, label: str, longest: int, required: bool) -> str:
    if required and not text:
        raise Invalid(f"{label} is missing.", "missing", name)
    if len(text) > longest:
        raise Invalid(
            f"{label} has {len(text)} characters. Use at most {longest}.", "too_long", name
        )
    if any(unicodedata.category(c) in FORBIDDEN and c not in "\n\t" for c in text):
        raise Invalid(f"{label} holds a control character. Type it anew.", "bad_text", name)
    return text
