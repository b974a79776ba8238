"""Recognising an evidence file and reading it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from campaigns.errors import Invalid
from campaigns.rules.records import EvidenceFile, EvidenceRecord, Rejected
from rollout.parse.documents import Document, Item, document_of, fold, text_of
from rollout.parse.evidence.cipp import CIPP
from rollout.parse.evidence.fields import LOST, NET_ARRAY, Source
from rollout.parse.evidence.google import CONSOLE, SDK
from rollout.parse.evidence.microsoft import GET_MG, GRAPH, PORTAL
from rollout.parse.sift import sift
from rollout.parse.table import Row, Table, listed, table_of
from rollout.parse.upload import Upload

FORMATS = (GRAPH, GET_MG, CIPP, CONSOLE, SDK, PORTAL)
SOURCES = tuple(source.name for source in FORMATS)

UNDERSTOOD = (
    "Understood are: Microsoft Graph userRegistrationDetails (JSON), the Entra portal's "
    "exportUserRegistrationDetails (CSV), Get-MgReportAuthenticationMethodUserRegistrationDetail "
    "(Export-Csv), the CIPP MFA report (CSV or JSON), the Google admin console's user export "
    "(CSV) and the Admin SDK users.list (JSON)."
)
MORE = "The file says that more pages follow. People on those pages stay unknown until imported."
ENVELOPES = ("value", "users", "Results")


class _Watch:
    """Notes, while rows pass, when the file was taken and what was lost in it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.latest: datetime | None = None
        self.lost = False

    def record(self, item: Item) -> EvidenceRecord:
        record = self._source.record(item)
        moment = self._source.moment(item) if self._source.moment else None
        if moment is not None and (self.latest is None or moment > self.latest):
            self.latest = moment
        self.lost = self.lost or _is_lost(item)
        return record

    def taken_at(self, name: str) -> datetime | None:
        return self.latest or _day_in(name, self._source)


def _is_lost(item: Item) -> bool:
    return bool(NET_ARRAY.fullmatch(text_of(item.fields.get("methodsregistered"))))


def evidence(stream: BinaryIO, name: str, source: str = "auto") -> EvidenceFile:
    """Reads an evidence export; `source` is one of SOURCES, or "auto" to recognise it.

    `taken_at` is the newest instant the rows name (UTC), else the day in the file's
    name, else None. Raises Invalid where the file is none of the formats, or not
    the one that was named.
    """
    if source != "auto" and source not in SOURCES:
        raise Invalid(
            f'"{source[:40]}" is not a source. Use auto, {", ".join(SOURCES)}.',
            code="unknown_source",
            field="source",
        )
    upload = Upload(stream, name)
    if upload.is_document:
        document = document_of(upload, ENVELOPES)
        columns = tuple(sorted(document.keys()))
        found = _format(upload, "document", columns, columns, source)
        return _file(found, document.items(), upload, document)
    table = table_of(upload)
    keys = tuple(fold(column) for column in table.columns)
    found = _format(upload, "table", keys, table.columns, source)
    return _file(found, _items(table, keys), upload, table)


def _format(
    upload: Upload, rows: str, keys: tuple[str, ...], shown_as: tuple[str, ...], wanted: str
) -> Source:
    for source in FORMATS:
        asked_for = wanted in ("auto", source.name) and source.rows in (rows, "both")
        if asked_for and source.recognises(frozenset(keys)):
            return source
    fields = "columns" if rows == "table" else "fields"
    what = "is not a known evidence export" if wanted == "auto" else f"is not a {wanted} export"
    raise Invalid(
        f"{upload.name} {what}. Its {fields} are: {listed(shown_as) or 'none'}. {UNDERSTOOD}",
        code="unknown_format",
    )


def _file(
    source: Source, items: Iterable[Item | Rejected], upload: Upload, read: Document | Table
) -> EvidenceFile:
    watch = _Watch(source)
    parsed = sift(items, watch.record, lambda: _warnings(source, watch, read))
    return EvidenceFile(source.name, watch.taken_at(upload.name), parsed)


def _warnings(source: Source, watch: _Watch, read: Document | Table) -> list[str]:
    notes = list(read.warnings) if isinstance(read, Table) else [MORE] * read.has_more
    return notes + [LOST] * watch.lost + [source.note] * bool(source.note)


def _items(table: Table, keys: tuple[str, ...]) -> Iterator[Item | Rejected]:
    for row in table.rows():
        yield _item(row, keys) if isinstance(row, Row) else row


def _item(row: Row, keys: tuple[str, ...]) -> Item:
    fields: dict[str, object] = {}
    for key, cell in zip(keys, row.values.values(), strict=True):
        fields.setdefault(key, cell)
    return Item(row.line, fields, row.values)


def _day_in(name: str, source: Source) -> datetime | None:
    match = source.dated_name.search(name) if source.dated_name else None
    if match is None:
        return None
    try:
        year, month, day = (int(part) for part in match.groups())
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
