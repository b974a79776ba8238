"""Making a record of each row of an evidence file, whether a table's or a document's."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from campaigns.rules.records import EvidenceRecord, Rejected
from rollout.parse.cells import CellError
from rollout.parse.documents import Document, Item, fold, text_of
from rollout.parse.evidence.fields import (
    MAX_TEXT,
    NET_ARRAY,
    Says,
    Source,
    identity,
    kept,
    line_of,
    private,
    stored,
)
from rollout.parse.table import Table

MOMENT = "lastupdateddatetime"
KNOWN = 4096  # different things that rows of one file say; thousands of people share a few
Rows = Iterator[EvidenceRecord | Rejected]
_Names = Sequence[tuple[int, Sequence[Any]]]
_Identity = tuple[str | None, str | None, str | None, str | None]
_as_json = json.JSONEncoder().encode


class Watch:
    """Notes, while rows pass, how many there are, when the file was taken and what was lost."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._moment = lru_cache(maxsize=KNOWN)(source.moment) if source.moment else None
        self.rows = 0
        self.latest: datetime | None = None
        self.lost = False

    def says(self, item: Item) -> Says:
        """What the row says, from the fields of which the source reads it."""
        fields = {name: item.fields[name] for name in self._source.said if name in item.fields}
        self.lost = self.lost or bool(NET_ARRAY.fullmatch(text_of(fields.get("methodsregistered"))))
        return self._source.says(Item(item.line, fields, fields))

    def note(self, moment: object) -> None:
        """A row was taken that was true at this moment, as the vendor writes it."""
        found = self._moment(text_of(moment)) if self._moment else None
        if found is not None and (self.latest is None or found > self.latest):
            self.latest = found


def of_table(table: Table, source: Source, watch: Watch) -> Rows:
    """The rows of a table: columns are found once, by name, and cells by their place."""
    columns = _Columns(table.columns, source, watch)
    for row in table.cells():
        watch.rows += 1
        if isinstance(row, Rejected):
            yield row
            continue
        try:
            record = columns.record(row.line, row.cells)
        except CellError as bad:
            yield Rejected(row.line, str(bad))
            continue
        if columns.moment is not None:
            watch.note(row.cells[columns.moment])
        yield record


def of_document(document: Document, source: Source, watch: Watch) -> Rows:
    """The records of a JSON file."""
    names = _filled(source.who)
    for item in document.items():
        watch.rows += 1
        if isinstance(item, Rejected):
            yield item
            continue
        try:
            external_id, upn, address, tenant = _who(item.fields.get, names)
            says, raw = watch.says(item), json.dumps(kept(item.raw))
            record = EvidenceRecord(external_id, upn, address, tenant, *says, raw)
        except CellError as bad:
            yield Rejected(item.line, str(bad))
            continue
        watch.note(item.fields.get(MOMENT))
        yield record


class _Columns:
    """Which cell of a row is what, and what the cells so far have said."""

    def __init__(self, columns: Sequence[str], source: Source, watch: Watch) -> None:
        places: dict[str, int] = {}
        for place, column in enumerate(columns):
            places.setdefault(fold(column), place)
        self._watch = watch
        self._who = _filled([[places[n] for n in names if n in places] for names in source.who])
        self._said = [(name, places[name]) for name in source.said if name in places]
        self._kept = [
            (place, f"{_as_json(stored(column))}: ")
            for place, column in enumerate(columns)
            if not private(column)
        ]
        self._known: dict[tuple[str, ...], Says] = {}
        self.moment = places.get(MOMENT)

    def record(self, line: int, cells: Sequence[str]) -> EvidenceRecord:
        """The record of one row. Raises CellError."""
        external_id, upn, address, tenant = _who(cells.__getitem__, self._who)
        said = tuple([cells[place] for _, place in self._said])
        says = self._known.get(said)
        if says is None:
            says = self._learn(line, said)
        # What comes out of a table is text without NUL characters and halves of pairs.
        fields = [
            start + _as_json(cells[place][:MAX_TEXT]) for place, start in self._kept if cells[place]
        ]
        raw = "{" + ", ".join(fields) + "}"
        return EvidenceRecord(external_id, upn, address, tenant, *says, raw)

    def _learn(self, line: int, said: tuple[str, ...]) -> Says:
        fields = {name: cell for (name, _), cell in zip(self._said, said, strict=True)}
        says = self._watch.says(Item(line, fields, fields))
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known[said] = says
        return says


def _filled(names: Sequence[Sequence[Any]]) -> _Names:
    """The ways in which a file names people: external id, sign-in name, address, tenant."""
    return [(number, each) for number, each in enumerate(names) if each]


def _who(cell: Callable[[Any], object], names: _Names) -> _Identity:
    """What `cell` gives for these names or places, in lower case. Raises CellError."""
    who: list[str | None] = [None, None, None, None]
    for number, each in names:
        for name in each:
            if text := line_of(cell(name)):
                who[number] = identity(text)
                break
    external_id, upn, address, tenant = who
    if not (external_id or upn or address):
        raise CellError("Nothing in this row says who is meant: no id, user name or address.")
    return external_id, _lower(upn), _lower(address), _lower(tenant)


def _lower(text: str | None) -> str | None:
    """Names of accounts and tenants are compared without case."""
    return text.lower() if text else None
