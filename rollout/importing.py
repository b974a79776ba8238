"""Files that people send: what an import would do, tried and undone, and what it did."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from rollout.desk import Desk
from rollout.parse.moment import parse_instant

KINDS = ("customers", "contacts", "evidence", "tickets")
LISTED = 500  # rejected rows that are kept with a preview
Summary = dict[str, Any]


class _Undone(Exception):
    """Ends a trial: the transaction is rolled back."""


@dataclass(frozen=True)
class Trial(Desk):
    """A desk at which everything is done and nothing is kept."""

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with suppress(_Undone), self.rt.store.writing() as session:
            yield session
            raise _Undone


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, with what was chosen beside it."""

    kind: str
    name: str
    content: bytes
    options: Mapping[str, str]


def preview(desk: Desk, sent: Sent) -> Summary:
    """What taking in the good rows would do. Raises Invalid for a file that is none of its kind."""
    return take_in(Trial(desk.rt, desk.who), sent, accept_good_rows=True)


def take_in(desk: Desk, sent: Sent, *, accept_good_rows: bool) -> Summary:
    """Import the file: counts, rejected rows with line and reason, warnings; JSON-able.

    `stored` is False where a rejected row kept the file out. Raises Invalid, NotFound.
    """
    result = _STATIONS[sent.kind](desk, sent, accept_good_rows)
    rejected = result["rejected"]
    return result | {"rejected": rejected[:LISTED], "rejected_count": len(rejected)}


def _customers(desk: Desk, sent: Sent, good: bool) -> Summary:
    stream = io.BytesIO(sent.content)
    return desk.import_customers(stream, sent.name, accept_good_rows=good).as_json()


def _contacts(desk: Desk, sent: Sent, good: bool) -> Summary:
    stream = io.BytesIO(sent.content)
    return desk.import_contacts(stream, sent.name, accept_good_rows=good).as_json()


def _tickets(desk: Desk, sent: Sent, good: bool) -> Summary:
    stream = io.BytesIO(sent.content)
    source = sent.options.get("source", "auto")
    return desk.import_tickets(stream, sent.name, source=source, accept_good_rows=good).as_json()


def _evidence(desk: Desk, sent: Sent, _good: bool) -> Summary:
    """Good rows of evidence are always taken; the same file again changes nothing."""
    taken_at = sent.options.get("taken_at")
    found = desk.import_evidence(
        io.BytesIO(sent.content),
        sent.name,
        source=sent.options.get("source", "auto"),
        customer=sent.options.get("customer") or None,
        taken_at=parse_instant(taken_at) if taken_at else None,
    ).as_json()
    return found | {"stored": True}


_STATIONS: Mapping[str, Callable[[Desk, Sent, bool], Summary]] = {
    "customers": _customers,
    "contacts": _contacts,
    "evidence": _evidence,
    "tickets": _tickets,
}
