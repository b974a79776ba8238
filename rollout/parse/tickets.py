"""Help-desk tickets, the yardstick for what a change would have cost (facts B6)."""

from dataclasses import dataclass
from typing import BinaryIO

from campaigns.errors import Invalid
from campaigns.rules.records import Parsed, TicketRecord
from rollout.parse import ticket_table
from rollout.parse.documents import Document, Item, document_of
from rollout.parse.psa import DESKS, Desk
from rollout.parse.sift import sift
from rollout.parse.table import listed, table_of
from rollout.parse.upload import Upload

SOURCES = (*(desk.name for desk in DESKS), "freshdesk", "csv")
ENVELOPES = ("tickets", "items", "ticket_metrics", "ticket_metric", "value")

UNDERSTOOD = (
    "Understood are ticket exports of ConnectWise, Autotask, HaloPSA and Zendesk (JSON), and CSV "
    "files with the columns customer, opened, closed, work_minutes, waiting_minutes, summary and "
    "reference."
)
ENTRIES = "It holds time entries, not tickets. Export the tickets."
MERGED = "Some tickets have others merged into them: their work may be counted twice."
MORE = "The file says that more pages follow. Import those as well."
NO_ZONE = "Times without a zone were read as UTC."


@dataclass(frozen=True)
class TicketFile:
    """One import of tickets; `source` is one of SOURCES."""

    source: str
    parsed: Parsed[TicketRecord]


def tickets(stream: BinaryIO, name: str, source: str = "auto") -> TicketFile:
    """Reads a ticket export; `source` is one of SOURCES, or "auto" to recognise it.

    Raises Invalid where the file is none of the formats, or not the one that was named.
    """
    if source != "auto" and source not in SOURCES:
        raise Invalid(
            f'"{source[:40]}" is not a source. Use auto, {", ".join(SOURCES)}.',
            code="unknown_source",
            field="source",
        )
    upload = Upload(stream, name)
    return _document(upload, source) if upload.is_document else _table(upload, source)


def _document(upload: Upload, wanted: str) -> TicketFile:
    document = document_of(upload, ENVELOPES)
    desk = _desk(upload, document, wanted)
    seen = _Merged()

    def record(item: Item) -> TicketRecord:
        seen.look(item)
        return desk.record(item)

    def warnings() -> list[str]:
        return [desk.note] * bool(desk.note) + [MORE] * document.has_more + [MERGED] * seen.any

    return TicketFile(desk.name, sift(document.items(), record, warnings))


class _Merged:
    """Whether any ticket carries the work of others."""

    def __init__(self) -> None:
        self.any = False

    def look(self, item: Item) -> None:
        self.any = self.any or item.fields.get("hasmergedchildticketflag") is True


def _desk(upload: Upload, document: Document, wanted: str) -> Desk:
    keys = document.keys()
    entries = bool(keys & {"chargetoid", "hoursworked", "timespent"}) and not keys & {
        "createdate",
        "dateoccurred",
    }
    for desk in DESKS:
        if wanted in ("auto", desk.name) and desk.recognises(keys) and not entries:
            return desk
    what = "is not a known ticket export" if wanted == "auto" else f"is not a {wanted} export"
    fields = f"Its fields are: {listed(tuple(sorted(keys))) or 'none'}."
    raise Invalid(
        f"{upload.name} {what}. {ENTRIES if entries else fields} {UNDERSTOOD}",
        code="unknown_format",
    )


def _table(upload: Upload, wanted: str) -> TicketFile:
    table = table_of(upload)
    kind = ticket_table.kind_of(table)
    if wanted not in ("auto", "csv", kind):
        raise Invalid(
            f"{upload.name} is a CSV file, not a {wanted} export. {UNDERSTOOD}",
            code="unknown_format",
        )
    items = ticket_table.items(table)
    parsed = sift(items, ticket_table.record, lambda: (*table.warnings, NO_ZONE))
    return TicketFile(kind, parsed)
