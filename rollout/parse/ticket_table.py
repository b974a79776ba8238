"""Tickets in a CSV file: our own columns, or a help desk's export such as Freshdesk's."""

import re
from collections.abc import Iterator, Mapping, Sequence

from campaigns.errors import Invalid
from campaigns.rules.records import Rejected, TicketRecord
from rollout.parse.cells import CellError, shown, trimmed
from rollout.parse.documents import Item, fold, text_of
from rollout.parse.psa import MAX_MINUTES, MAX_WAITING, minutes, ticket
from rollout.parse.table import Row, Table, listed

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "customer": ("customer", "company", "companyname", "client", "organization"),
    "opened": ("opened", "createdtime", "createdat", "created"),
    "closed": ("closed", "closedtime", "closedat", "resolvedtime", "resolvedat", "solvedat"),
    "work_minutes": ("workminutes",),
    "work_time": ("timetracked", "timespent", "worktime"),
    "waiting_minutes": ("waitingminutes",),
    "waiting_time": ("resolutiontimeinhrs", "waitingtime"),
    "summary": ("summary", "subject", "title"),
    "reference": ("reference", "ticketid", "id", "ticketnumber"),
    "topic": ("topic", "type", "category"),
}
REQUIRED = ("customer", "opened")
CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
NUMBER = re.compile(r"\d{1,9}(?:[.]\d+)?|\d{1,9},\d{1,2}", re.ASCII)


def kind_of(table: Table) -> str:
    """ "freshdesk" for a file with that product's columns, else "csv"."""
    keys = {fold(column) for column in table.columns}
    return "freshdesk" if {"ticketid", "createdtime"} <= keys else "csv"


def items(table: Table) -> Iterator[Item | Rejected]:
    """Rows with the fields named as in COLUMNS. Raises Invalid without customer or opened."""
    chosen = _chosen(table)

    def rows() -> Iterator[Item | Rejected]:
        for row in table.rows():
            if isinstance(row, Row):
                fields = {name: _first(row, headers) for name, headers in chosen.items()}
                yield Item(row.line, fields, row.values)
            else:
                yield row

    return rows()


def _first(row: Row, headers: Sequence[str]) -> str:
    """The first of these columns that holds something: a resolved ticket may not be closed."""
    return next((cell for header in headers if (cell := trimmed(row.values[header]))), "")


def _chosen(table: Table) -> dict[str, list[str]]:
    headers = {fold(column): column for column in reversed(table.columns)}
    chosen = {
        name: [headers[alias] for alias in aliases if alias in headers]
        for name, aliases in COLUMNS.items()
    }
    missing = [name for name in REQUIRED if not chosen[name]]
    if missing:
        raise Invalid(
            f'{table.name} has no column "{missing[0]}". It has: {listed(table.columns)}. '
            "Columns are customer, opened, closed, work_minutes, waiting_minutes, summary and "
            "reference.",
            code="missing_column",
            field=missing[0],
        )
    return chosen


def record(item: Item) -> TicketRecord:
    """The ticket of one row. Raises CellError."""
    fields = item.fields
    customer = text_of(fields.get("customer"))
    if not customer:
        raise CellError("The customer is missing.")
    return ticket(
        reference=fields.get("reference"),
        customer=customer,
        opened=fields.get("opened"),
        closed=fields.get("closed"),
        work=_duration(item, "work", MAX_MINUTES),
        waiting=_duration(item, "waiting", MAX_WAITING),
        summary=fields.get("summary"),
        topic=fields.get("topic"),
    )


def _duration(item: Item, what: str, limit: float) -> float | None:
    """Minutes as a number, or a clock reading (`1:04` is one hour and four minutes)."""
    text = text_of(item.fields.get(f"{what}_minutes"))
    if text:
        if not NUMBER.fullmatch(text):
            raise CellError(f"The {what} time {shown(text)} is not a number of minutes.")
        return minutes(text.replace(",", "."), 1, f"{what} time", limit)
    clock = text_of(item.fields.get(f"{what}_time"))
    match = CLOCK.fullmatch(clock)
    if clock and match is None:
        raise CellError(f"The {what} time {shown(clock)} is not hours and minutes such as 1:04.")
    if match is None:
        return None
    hours, mins, seconds = (int(digits or 0) for digits in match.groups())
    return minutes(hours * 60 + mins + seconds / 60, 1, f"{what} time", limit)
