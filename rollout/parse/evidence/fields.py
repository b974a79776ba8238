"""The fields of one person in one vendor's export, whatever the vendor calls them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from rollout.parse.cells import CellError, one_line, trimmed
from rollout.parse.documents import SURROGATE, Item, text_of, texts_of

YES = frozenset({"true", "yes", "1", "capable", "registered", "enabled"})
NO = frozenset(
    {"false", "no", "0", "not capable", "not registered", "not enabled", "notcapable",
     "notregistered", "notenabled", "disabled"}
)  # fmt: skip
NONE_WORDS = frozenset({"", "-", "none", "null", "[]"})
NET_ARRAY = re.compile(r"System\.\w+\[\]")  # what Export-Csv writes in place of a list

# a password, a phone, another way to reach the person, a home: not ours to keep
PRIVATE = re.compile(
    r"password(?!less)|phone|recovery|secondary\s*email|e-?mails$|mfaemail|addresses$"
    r"|(?:home|work)\s*address|^ims$|hashfunction|birth",
    re.IGNORECASE,
)
CLEAN = re.compile("[!-~]+")  # as most identifiers are: nothing to trim or to take out
MAX_ID = 320
MAX_TEXT = 2_000
MAX_METHODS = 50
MAX_DEPTH = 6

LOST = (
    "Methods are not in this file: Export-Csv wrote System.String[] in their place. "
    "Levels are not affected."
)


class Says(NamedTuple):
    """What a row says of a person, whoever it is: thousands of rows say the same."""

    level: int | None
    required: bool | None
    admin: bool | None
    kind: str | None
    active: bool | None
    methods: tuple[str, ...] = ()
    reason: str = ""


class Who(NamedTuple):
    """The folded names of the fields that tell who is meant; the first that is filled counts."""

    external_id: tuple[str, ...] = ()
    upn: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    tenant: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """One format: how it is recognised and how a person is read from it.

    `recognises` gets the folded column names or keys; `rows` is "table", "document"
    or "both"; `says` is shown the fields named in `said` and no others; `moment` reads the
    field lastUpdatedDateTime, the instant at which a row was true; `dated_name` finds
    the day in a file name.
    """

    name: str
    rows: str
    recognises: Callable[[frozenset[str]], bool]
    who: Who
    said: tuple[str, ...]
    says: Callable[[Item], Says]
    moment: Callable[[str], datetime | None] | None = None
    dated_name: re.Pattern[str] | None = None
    note: str = ""


def flag(value: object) -> bool | None:
    """Yes or no in any vendor's words; None for anything else, which is unknown."""
    if isinstance(value, bool):
        return value
    word = text_of(value).casefold()
    return True if word in YES else False if word in NO else None


def line_of(value: object) -> str:
    """A field as text on one line."""
    if isinstance(value, str) and CLEAN.fullmatch(value):
        return value
    return one_line(text_of(value))


def word(item: Item, *names: str) -> str:
    """The first of these fields that holds something, on one line."""
    for name in names:
        text = line_of(item.fields.get(name))
        if text:
            return text
    return ""


def identity(text: str) -> str | None:
    """An identifier, or None. Raises CellError where it is too long to be one."""
    if len(text) > MAX_ID:
        raise CellError(f"An identifier here has {len(text)} characters. Use at most {MAX_ID}.")
    return text or None


def methods(value: object) -> tuple[str, ...]:
    """Method words as the vendor writes them, known or not; lists, JSON text, or `a, b`."""
    if isinstance(value, str):
        value = _listed(trimmed(value))
    found = (one_line(text)[:100] for text in texts_of(value))
    return tuple(text for text in found if text.casefold() not in NONE_WORDS)[:MAX_METHODS]


def _listed(text: str) -> list[str]:
    if NET_ARRAY.fullmatch(text):
        return []
    if text.startswith("["):
        try:
            return list(texts_of(json.loads(text)))
        except (ValueError, RecursionError):
            return [text]
    return [part.strip() for part in re.split(r"[,;|]", text)]


@lru_cache(maxsize=1024)
def private(name: str) -> bool:
    """Whether a field of this name is not ours to keep."""
    return bool(PRIVATE.search(name))


def kept(raw: Mapping[str, object]) -> Mapping[str, object]:
    """The row as the vendor wrote it, less what is private and what is empty."""
    return {
        stored(str(name)): _kept(value, 1)
        for name, value in raw.items()
        if value not in (None, "", [], {}) and not private(str(name))
    }


def _kept(value: object, depth: int) -> object:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (int, float)):
        # beyond 64 bit, and infinity, no database column takes
        return value if abs(value) < 2**63 else str(value)
    if depth >= MAX_DEPTH:
        return ""
    if isinstance(value, Mapping):
        return {
            stored(str(name)): _kept(inner, depth + 1)
            for name, inner in value.items()
            if not private(str(name))
        }
    if isinstance(value, list):
        return [_kept(inner, depth + 1) for inner in value[:MAX_METHODS]]
    return stored(str(value))


def stored(text: str) -> str:
    """As much of a text as is kept, without what no database takes."""
    return SURROGATE.sub("\ufffd", text.replace("\0", ""))[:MAX_TEXT]
