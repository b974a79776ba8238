"""Tickets of every help desk give work and waiting apart, both in minutes."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns.errors import Invalid
from campaigns.rules.records import TicketRecord
from rollout.parse.tickets import TicketFile, tickets
from tests.shared import shared

CONNECTWISE: dict[str, Any] = {
    "id": 3186,
    "summary": "Cannot sign in",
    "company": {"id": 1, "identifier": "Example", "name": "Example Company"},
    "type": {"name": "Accounts"},
    "actualHours": 1.07,
    "closedFlag": True,
    "closedDate": "2018-08-10T17:39:20Z",
    "_info": {"dateEntered": "2018-08-09T15:22:36Z"},
}
HALO: dict[str, Any] = {
    "id": 40122,
    "dateoccurred": "2026-10-05T09:00:00.000Z",
    "summary": "Printer",
    "client_name": "Customer Ltd",
    "hasbeenclosed": False,
    "dateclosed": "1900-01-01T00:00:00",
    "timetaken": 0.33,
    "category_1": "Accounts>MFA",
}
AUTOTASK: dict[str, Any] = {
    "ticketNumber": "T20240115.0023",
    "title": "Mail",
    "companyID": 29683451,
    "createDate": "2024-01-15T12:00:00Z",
    "resolvedDateTime": "2024-01-15T13:00:00Z",
    "completedDate": None,
}
ZENDESK: dict[str, Any] = {
    "ticket_id": 4343,
    "created_at": "2009-07-20T22:55:29Z",
    "solved_at": "2011-05-09T10:38:52Z",
    "full_resolution_time_in_minutes": {"business": 737, "calendar": 2391},
}


def read(content: Any, name: str = "tickets", source: str = "auto") -> TicketFile:
    text = content if isinstance(content, str) else json.dumps(content)
    return tickets(io.BytesIO(text.encode()), name, source)


def ticket(content: Any) -> TicketRecord:
    found = read(content).parsed
    assert found.rejected == []
    return found.accepted[0][1]


def reason(content: Any) -> str:
    found = read(content).parsed
    assert (found.rows, len(found.accepted)) == (1, 0)
    return found.rejected[0].reason


@pytest.mark.parametrize("content", [CONNECTWISE, [CONNECTWISE]])
def test_connectwise_hours_become_minutes(content: Any) -> None:
    assert read(content).source == "connectwise"
    assert ticket(content) == TicketRecord(
        reference="3186",
        customer="Example Company",
        opened=datetime(2018, 8, 9, 15, 22, 36, tzinfo=UTC),
        closed=datetime(2018, 8, 10, 17, 39, 20, tzinfo=UTC),
        work_minutes=64.2,
        waiting_minutes=None,
        summary="Cannot sign in",
        topic="Accounts",
    )


def test_connectwise_may_have_its_opening_date_on_top() -> None:
    fields = {name: value for name, value in CONNECTWISE.items() if name != "_info"}

    assert ticket(fields | {"dateEntered": "2018-08-09T15:22:36Z"}).opened.year == 2018


def test_merged_connectwise_tickets_are_mentioned() -> None:
    warnings = read([CONNECTWISE | {"hasMergedChildTicketFlag": True}]).parsed.warnings

    assert "counted twice" in warnings[0]


def test_the_empty_dates_of_halopsa_mean_still_open() -> None:
    found = ticket({"record_count": 1, "tickets": [HALO]})

    assert (found.closed, found.work_minutes, found.topic) == (None, 19.8, "Accounts>MFA")
    assert (
        ticket([HALO | {"hasbeenclosed": True, "dateclosed": "1899-12-30T00:00:00"}]).closed is None
    )


def test_autotask_names_companies_by_number_and_says_so() -> None:
    found = read({"items": [AUTOTASK], "pageDetails": {"nextPageUrl": "https://next"}})
    record = found.parsed.accepted[0][1]

    assert (found.source, record.customer, record.work_minutes) == ("autotask", "29683451", None)
    assert record.closed == datetime(2024, 1, 15, 13, tzinfo=UTC)
    assert "company numbers" in found.parsed.warnings[0]
    assert "more pages" in found.parsed.warnings[1]


def test_zendesk_minutes_are_waiting_and_never_work() -> None:
    found = ticket({"ticket_metric": ZENDESK})

    assert (found.work_minutes, found.waiting_minutes, found.customer) == (None, 2391, "")


CSV = "customer,opened,closed,work_minutes,waiting_minutes,summary,reference\n"


def test_our_own_columns_are_read_in_minutes() -> None:
    found = read(CSV + "Acme,2026-10-05 08:12,2026-10-05T09:12:00+02:00,12.5,,MFA,7\n")

    assert found.source == "csv"
    assert found.parsed.rejected[0].reason.startswith("The ticket is closed at")
    assert ticket(CSV + 'Acme,2026-10-05 08:12,2026-10-06,"12,5",60,MFA,7\n') == TicketRecord(
        reference="7",
        customer="Acme",
        opened=datetime(2026, 10, 5, 8, 12, tzinfo=UTC),
        closed=datetime(2026, 10, 6, tzinfo=UTC),
        work_minutes=12.5,
        waiting_minutes=60,
        summary="MFA",
    )


def test_freshdesk_writes_time_as_a_clock_does() -> None:
    text = (
        "Ticket ID,Subject,Created time,Resolved time,Closed time,Time tracked,"
        "Resolution time (in hrs),Company name\n"
        "12,Sign-in,2026-10-05 08:12:00,2026-10-05 10:00:00,,01:04,1:48:30,Acme\n"
    )
    found = ticket(text)

    assert read(text).source == "freshdesk"
    assert (found.work_minutes, found.waiting_minutes) == (64, 108.5)
    assert found.closed == datetime(2026, 10, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",2026-10-05,,,,,", "customer is missing"),
        ("Acme,,,,,,", "opening time"),
        ("Acme,05/10/2026,,,,,", "Write 2026-10-05 08:12"),
        ("Acme,2026-10-05,yesterday,,,,", "closing time"),
        ("Acme,2026-10-05,2026-13-45,,,,", "closing time"),
        ("Acme,2026-10-05,,1:04,,,", "not a number of minutes"),
        ("Acme,2026-10-05,,-5,,,", "not a number of minutes"),
        ('Acme,2026-10-05,,"1,500",,,', "not a number of minutes"),
        ("Acme,2026-10-05,,999999999,,,", "not a length of time"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row: str, words: str) -> None:
    assert words in reason(CSV + row + "\n")


@pytest.mark.parametrize("hours", [-1, "many", 1e12, True])
def test_work_that_is_no_length_of_time_is_refused(hours: object) -> None:
    assert "is not a length of time" in reason([CONNECTWISE | {"actualHours": hours}])


def test_time_entries_are_not_mistaken_for_tickets() -> None:
    with pytest.raises(Invalid, match="time entries, not tickets"):
        read([{"chargeToId": 1, "company": {}, "_info": {}, "actualHours": 1}])


@pytest.mark.parametrize(
    ("content", "source", "words"),
    [
        ([{"a": 1}], "auto", "Understood are"),
        ([HALO], "zendesk", "is not a zendesk export"),
        ("a,b\n1,2\n", "auto", 'no column "customer"'),
        (CSV, "halopsa", "is a CSV file"),
        (CSV, "magic", "Use auto, connectwise"),
    ],
)
def test_what_is_no_ticket_export_is_refused(content: Any, source: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        read(content, source=source)


SAMPLES = {
    "connectwise.service-ticket.json": ("connectwise", [64.2]),
    "autotask.tickets.query.json": ("autotask", [None]),
    "halopsa.tickets.json": ("halopsa", [19.8, 0.0]),
    "zendesk.ticket_metric.json": ("zendesk", [None]),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_is_recognised_and_read(name: str) -> None:
    path = shared("samples", "psa", name)
    if path is None:
        return
    with path.open("rb") as file:
        found = tickets(file, name)

    work = [record.work_minutes for _, record in found.parsed.accepted]
    assert (found.source, work, found.parsed.rejected) == (*SAMPLES[name], [])
