"""Reading JSON exports: envelopes, bare lists and single objects alike."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from campaigns.errors import Invalid
from campaigns.rules.records import Rejected
from rollout.parse.cells import trimmed
from rollout.parse.upload import Upload

SURROGATE = re.compile("[\ud800-\udfff]")
MORE_PAGES = ("odatanextlink", "nextpagetoken", "nextpageurl")


@dataclass(frozen=True, slots=True)
class Item:
    """One record of a file: its number (or line), its fields by folded name, and as written."""

    line: int
    fields: Mapping[str, object]
    raw: Mapping[str, object]


@dataclass(frozen=True)
class Document:
    """A JSON file: its records, and whether it says that further pages exist."""

    records: Sequence[object]
    has_more: bool

    def items(self) -> Iterator[Item | Rejected]:
        """The records that are objects, numbered from 1; everything else is rejected."""
        for number, record in enumerate(self.records, start=1):
            if isinstance(record, Mapping):
                yield Item(number, folded(record), record)
            else:
                yield Rejected(number, "This record is not an object with named fields.")

    def keys(self) -> frozenset[str]:
        """The folded field names of the first records, by which a format is recognised."""
        sample = (record for record in self.records[:50] if isinstance(record, Mapping))
        return frozenset(name for record in sample for name in folded(record))


def document_of(upload: Upload, envelopes: Iterable[str] = ("value",)) -> Document:
    """The records of a JSON file; `envelopes` are the keys under which a list may lie.

    Raises Invalid, with line and column, where the file is not JSON.
    """
    content = parsed(upload)
    if isinstance(content, list):
        return Document(content, has_more=False)
    if not isinstance(content, Mapping):
        raise Invalid(
            f"{upload.name} is JSON, but holds no records. Export the list again.",
            code="no_records",
        )
    fields = folded(content)
    has_more = _has_more(fields)
    for key in envelopes:
        inner = fields.get(fold(key))
        if isinstance(inner, list):
            return Document(inner, has_more)
        if isinstance(inner, Mapping) and len(fields) == 1:
            return Document([inner], has_more)
    return Document([content], has_more=False)


def _has_more(fields: Mapping[str, object]) -> bool:
    page = fields.get("pagedetails")
    nested = folded(page) if isinstance(page, Mapping) else {}
    return any(fields.get(key) or nested.get(key) for key in MORE_PAGES)


def parsed(upload: Upload) -> object:
    """The content of a JSON file. Raises Invalid with line and column."""
    data = upload.whole()
    try:
        text = data.decode(json.detect_encoding(data))
    except UnicodeDecodeError:
        _refuse(upload, "it is not readable as UTF-8")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _refuse(upload, f"line {error.lineno}, column {error.colno}: {error.msg}")
    except (ValueError, RecursionError):
        _refuse(upload, "it holds a number or a nesting that cannot be read")


def _refuse(upload: Upload, why: str) -> NoReturn:
    raise Invalid(f"{upload.name} is not valid JSON: {why}. Export it again.", code="not_json")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def fold(name: str) -> str:
    """A field name without case, spaces, separators and what stands in brackets."""
    return re.sub(r"[^0-9a-z]+", "", re.sub(r"\[[^\]]*\]", "", name.casefold()))


def folded(record: Mapping[str, object]) -> dict[str, object]:
    """The fields by folded name; of two that fold alike the first stays."""
    fields: dict[str, object] = {}
    for name, value in record.items():
        fields.setdefault(fold(str(name)), value)
    return fields


def text_of(value: object) -> str:
    """A scalar as trimmed text that a database can store; empty for null and containers."""
    if isinstance(value, bool) or value is None or isinstance(value, (Mapping, list)):
        return ""
    text = trimmed(str(value).replace("\0", ""))
    return SURROGATE.sub("\ufffd", text) if SURROGATE.search(text) else text


def texts_of(value: object) -> tuple[str, ...]:
    """The non-empty texts of a list; nothing for anything else."""
    if not isinstance(value, list):
        return ()
    return tuple(text for entry in value if (text := text_of(entry)))


def number_of(value: object) -> float | None:
    """A finite number, also from text; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value) if isinstance(value, (int, float)) else float(text_of(value))
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
