"""The rehearsal lists beforehand what the run then sends, and touches nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns.errors import Conflict, NotFound
from campaigns.models import Base
from campaigns.rules.records import ChangeRecord
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id, sent
from tests.people_kit import change_contact, import_words, word_of
from workers.rehearse import Rehearsal, rehearse

NAME = "MFA for everyone"
Letters = set[tuple[str, str, str, str]]


def everything(office: Office) -> dict[str, list[object]]:
    """Every row of every table."""
    with office.store.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def rehearsed(result: Rehearsal) -> Letters:
    return {
        (event.step, address, event.at.isoformat(), event.subject)
        for event in result.events
        if event.kind == "mail"
        for address in event.recipients
    }


def run(office: Office, result: Rehearsal, already: int = 0) -> Letters:
    office.until(result.until + timedelta(days=1))
    return {
        (one.step, one.address, one.at.isoformat(), one.subject) for one in sent(office)[already:]
    }


def two_customers(office: Office) -> None:
    """Alpha will have agreed, Beta says nothing."""
    add_customer(office, "Alpha", people=2, zone="Australia/Sydney", country="AU")
    add_customer(office, "Beta", people=2, zone="America/New_York", country="US")
    import_words(office, word_of("eve0@alpha.example", 3))
    campaign = open_campaign(office)
    office.later(hours=30)
    rollout = rollout_id(office, campaign, "Alpha")
    agree_on(office, rollout, open_days(office, rollout)[4].day)  # type: ignore[attr-defined]


def test_the_run_sends_exactly_what_was_rehearsed(office: Office) -> None:
    two_customers(office)
    already = len(sent(office))
    result = rehearse(office.rt, NAME)
    ahead = rehearsed(result)
    assert {step for step, *_ in ahead} >= {"confirm", "announce", "today", "remind-1", "propose"}
    assert run(office, result, already) == ahead


def test_a_draft_is_rehearsed_as_if_it_started_now(office: Office) -> None:
    add_customer(office)
    open_campaign(office, start=False)
    result = rehearse(office.rt, NAME)
    assert next(event.step for event in result.events if event.kind == "mail") == "invite"
    assert sent(office) == []


def test_rehearsing_changes_no_row_and_sends_nothing(office: Office) -> None:
    two_customers(office)
    before, letters = everything(office), len(sent(office))
    rehearse(office.rt, NAME)
    assert everything(office) == before
    assert len(sent(office)) == letters


def test_rehearsing_twice_gives_the_same_list(office: Office) -> None:
    two_customers(office)
    assert rehearse(office.rt, NAME).as_json() == rehearse(office.rt, NAME).as_json()


def test_what_has_left_already_is_not_ahead_any_more(office: Office) -> None:
    add_customer(office)
    open_campaign(office)
    office.later(hours=0)
    assert [letter.step for letter in sent(office)] == ["invite"]
    ahead = {event.step for event in rehearse(office.rt, NAME).events if event.kind == "mail"}
    assert "invite" not in ahead


def test_skips_carry_their_reasons_and_tasks_and_bookings_are_listed(office: Office) -> None:
    two_customers(office)
    events = rehearse(office.rt, NAME).events
    done = [e for e in events if e.kind == "skip" and "eve0@alpha.example" in e.recipients]
    assert any("done already" in event.reason for event in done)
    assert {"mail", "skip", "task", "booking"} <= {event.kind for event in events}


def test_a_customer_that_nobody_decides_for_is_a_conflict(office: Office) -> None:
    add_customer(office)
    change_contact(office, "kim@northwind-dental.example", decision_maker=False)
    open_campaign(office, start=False)
    conflicts = [e for e in rehearse(office.rt, NAME).events if e.kind == "conflict"]
    assert [event.customer for event in conflicts] == ["Northwind Dental"]


def test_it_stops_where_it_is_told(office: Office) -> None:
    two_customers(office)
    until = office.now + timedelta(days=10)
    result = rehearse(office.rt, NAME, until)
    mails = [event for event in result.events if event.kind == "mail"]
    assert all(event.at <= until for event in mails)
    assert result.until == until


def test_the_shape_of_the_json(office: Office) -> None:
    two_customers(office)
    facts = rehearse(office.rt, NAME).as_json()
    assert set(facts) >= {"campaign", "from", "until", "events"}
    names = [
        "at",
        "local",
        "zone",
        "customer",
        "step",
        "kind",
        "audience",
        "people",
        "subject",
        "reason",
    ]
    for event in facts["events"]:
        assert set(names) <= set(event)
        assert event["at"].endswith("Z")


def test_a_change_without_a_date_and_an_unknown_campaign_are_refused(office: Office) -> None:
    add_customer(office)
    open_campaign(office, change=ChangeRecord("MC9", "Microsoft", "Some day"), start=False)
    with pytest.raises(Conflict) as refused:
        rehearse(office.rt, NAME)
    assert refused.value.code == "date_needed"
    with pytest.raises(NotFound):
        rehearse(office.rt, "no such campaign")
