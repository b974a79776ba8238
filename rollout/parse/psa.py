"""Tickets in the JSON of the common PSA systems (facts B6).

Work time comes in decimal hours and leaves in minutes. Time that a ticket merely
lay open is waiting, never work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from campaigns.rules.records import TicketRecord
from rollout.parse.cells import CellError, one_line, shown
from rollout.parse.documents import Item, folded, number_of, text_of
from rollout.parse.timestamps import instant, real_instant

MAX_MINUTES = 60 * 24 * 366
MAX_WAITING = MAX_MINUTES * 30
MAX_SUMMARY = 500
MAX_NAME = 200


@dataclass(frozen=True)
class Desk:
    """One system: how its tickets are recognised by folded keys, and how one is read."""

    name: str
    recognises: Callable[[frozenset[str]], bool]
    record: Callable[[Item], TicketRecord]
    note: str = ""


def part(item: Item, name: str) -> Mapping[str, object]:
    """The folded fields of a nested object; empty where there is none."""
    value = item.fields.get(name)
    return folded(value) if isinstance(value, Mapping) else {}


def minutes(value: object, factor: float, what: str, limit: float) -> float | None:
    """A duration in minutes from a number of another unit; None where nothing stands there.

    Raises CellError for what is no number, below zero or beyond `limit` minutes.
    """
    if value is None or value == "":
        return None
    number = number_of(value)
    if number is None or number < 0 or number * factor > limit:
        raise CellError(f"The {what} {shown(text_of(value))} is not a length of time.")
    return round(number * factor, 2)


def hours(value: object) -> float | None:
    """Decimal hours of work, in minutes. Raises CellError."""
    return minutes(value, 60, "work time", MAX_MINUTES)


def ticket(
    *,
    reference: object,
    customer: object,
    opened: object,
    closed: object,
    work: float | None = None,
    waiting: float | None = None,
    summary: object = "",
    topic: object = "",
) -> TicketRecord:
    """A ticket from the values of one record. Raises CellError."""
    written = text_of(opened)
    start = real_instant(written)
    if start is None:
        raise CellError(f"The opening time {shown(written)} is not a date. Write 2026-10-05 08:12.")
    return TicketRecord(
        reference=one_line(text_of(reference))[:MAX_NAME],
        customer=one_line(text_of(customer))[:MAX_NAME],
        opened=start,
        closed=_end(start, text_of(closed)),
        work_minutes=work,
        waiting_minutes=waiting,
        summary=one_line(text_of(summary))[:MAX_SUMMARY],
        topic=one_line(text_of(topic))[:MAX_NAME] or None,
    )


def _end(start: datetime, written: str) -> datetime | None:
    """The closing time; None for an empty one and for 1899, 1900 and their like."""
    if written and instant(written) is None:
        raise CellError(f"The closing time {shown(written)} is not a date. Write 2026-10-05 08:12.")
    end = real_instant(written)
    if end is not None and end < start:
        raise CellError(f"The ticket is closed at {shown(written)}, before it was opened.")
    return end


def connectwise(item: Item) -> TicketRecord:
    """A ConnectWise Manage `service/tickets` entry. Raises CellError."""
    company, info = part(item, "company"), part(item, "info")
    closed = item.fields.get("closeddate") or item.fields.get("dateresolved")
    return ticket(
        reference=item.fields.get("id"),
        customer=company.get("name") or company.get("identifier"),
        opened=info.get("dateentered") or item.fields.get("dateentered"),
        closed=closed if item.fields.get("closedflag") is not False else "",
        work=hours(item.fields.get("actualhours")),
        summary=item.fields.get("summary"),
        topic=part(item, "type").get("name"),
    )


def autotask(item: Item) -> TicketRecord:
    """An Autotask tickets/query item; its work time lies in the time entries. Raises CellError."""
    fields = item.fields
    return ticket(
        reference=fields.get("ticketnumber") or fields.get("id"),
        customer=fields.get("companyname") or fields.get("companyid"),
        opened=fields.get("createdate"),
        closed=fields.get("completeddate") or fields.get("resolveddatetime"),
        work=hours(fields.get("hoursworked")),
        summary=fields.get("title"),
    )


def halopsa(item: Item) -> TicketRecord:
    """A HaloPSA ticket. Raises CellError."""
    fields = item.fields
    return ticket(
        reference=fields.get("id"),
        customer=fields.get("clientname") or fields.get("clientid"),
        opened=fields.get("dateoccurred"),
        closed=fields.get("dateclosed") if fields.get("hasbeenclosed") is not False else "",
        work=hours(fields.get("timetaken")),
        summary=fields.get("summary"),
        topic=fields.get("category1"),
    )


def zendesk(item: Item) -> TicketRecord:
    """A Zendesk ticket metric: elapsed time only, no work and no customer. Raises CellError."""
    resolution = part(item, "fullresolutiontimeinminutes")
    return ticket(
        reference=item.fields.get("ticketid") or item.fields.get("id"),
        customer="",
        opened=item.fields.get("createdat"),
        closed=item.fields.get("solvedat"),
        waiting=minutes(resolution.get("calendar"), 1, "waiting time", MAX_WAITING),
    )


DESKS = (
    Desk(
        "connectwise",
        lambda keys: "company" in keys and bool(keys & {"info", "dateentered"}),
        connectwise,
    ),
    Desk(
        "autotask",
        lambda keys: {"companyid", "createdate"} <= keys,
        autotask,
        "Autotask gives company numbers in place of names, and no work time: that is in its "
        "time entries.",
    ),
    Desk("halopsa", lambda keys: "dateoccurred" in keys, halopsa),
    Desk(
        "zendesk",
        lambda keys: "createdat" in keys and "fullresolutiontimeinminutes" in keys,
        zendesk,
        "Zendesk's metrics name no customer and hold waiting time only, no work.",
    ),
)
