"""Recognising an evidence file and reading it."""

from datetime import UTC, datetime

from campaigns.errors import Invalid
from campaigns.rules.records import EvidenceEnding, EvidenceFile
from rollout.parse.documents import Document, document_of, fold
from rollout.parse.evidence.cipp import CIPP
from rollout.parse.evidence.fields import LOST, Source
from rollout.parse.evidence.google import CONSOLE, SDK
from rollout.parse.evidence.microsoft import GET_MG, GRAPH, PORTAL
from rollout.parse.evidence.rows import Rows, Watch, of_document, of_table
from rollout.parse.sift import NO_ROWS
from rollout.parse.table import Table, listed, table_of
from rollout.parse.upload import Readable, Upload

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


def evidence(stream: Readable, name: str, source: str = "auto") -> EvidenceFile:
    """Opens an evidence export; `source` is one of SOURCES, or "auto" to recognise it.

    The rows are read as they are asked for: `stream` must stay open as long. `taken_at` is
    then the newest instant the rows name (UTC), else the day in the file's name, else None.
    Raises Invalid where the file is none of the formats, or not the one that was named.
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
        watch = Watch(found)
        return _file(found, of_document(document, found, watch), watch, upload, document)
    table = table_of(upload)
    keys = tuple(fold(column) for column in table.columns)
    found = _format(upload, "table", keys, table.columns, source)
    watch = Watch(found)
    return _file(found, of_table(table, found, watch), watch, upload, table)


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
    source: Source, rows: Rows, watch: Watch, upload: Upload, read: Document | Table
) -> EvidenceFile:
    def ending() -> EvidenceEnding:
        taken_at = watch.latest or _day_in(upload.name, source)
        return EvidenceEnding(taken_at, _warnings(source, watch, read))

    return EvidenceFile(source.name, rows, ending)


def _warnings(source: Source, watch: Watch, read: Document | Table) -> list[str]:
    notes = list(read.warnings) if isinstance(read, Table) else [MORE] * read.has_more
    notes += [LOST] * watch.lost + [source.note] * bool(source.note)
    return notes if watch.rows else [*notes, NO_ROWS]


def _day_in(name: str, source: Source) -> datetime | None:
    match = source.dated_name.search(name) if source.dated_name else None
    if match is None:
        return None
    try:
        year, month, day = (int(part) for part in match.groups())
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None
