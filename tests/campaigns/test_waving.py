"""Waves: the judge waits for the one before, and a ring where people are blocked is held."""

from datetime import timedelta

import pytest

from campaigns import choice, waving
from campaigns.errors import Conflict, Invalid
from campaigns.models import Agreement, Campaign, Contact, Rollout, SelfReport, Ticket, Wave
from campaigns.rules.days import long_day
from campaigns.undecided import undecided
from tests.campaigns.agree_kit import code_of, free, invited
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, rollout_id, rows_of

HELD = "SELECT held_why FROM wave WHERE held_at IS NOT NULL"


def add(office: Office, campaign: int, name: str, customer: int, days: int = 0) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        waving.add_wave(session, found, name, [customer], exit_days=days, who=ADA, now=office.now)


def two_waves(office: Office) -> tuple[int, int]:
    """Northwind is the pilot, Globex the rest; the rollouts of both."""
    first = add_customer(office, people=18)
    second = add_customer(office, "Globex", domain="globex.example")
    campaign = open_campaign(office)
    add(office, campaign, "Pilot", first)
    add(office, campaign, "Rest", second)
    office.later(hours=1)
    return rollout_id(office, campaign), rollout_id(office, campaign, "Globex")


def reasons(office: Office, rollout: int) -> set[str]:
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        return {day.verdict.reason for day in choice.offers(session, case)}


def test_no_date_of_the_second_wave_can_be_had_before_the_first_is_over(office: Office) -> None:
    pilot, rest = two_waves(office)
    day = free(office, pilot)[0]
    assert free(office, rest) == []
    [why] = reasons(office, rest)
    assert why == "We make this change at other customers first; your dates open after that."
    assert code_of(office, rest, day) == "wave"
    assert code_of(office, rest, day, staff="dana@harbor.example") == "wave"
    with office.store.writing() as session:
        session.get_one(Rollout, pilot).state = "verified"
    assert code_of(office, rest, day) == "agreed"


def test_the_proposer_hears_the_same_reason_as_the_page(office: Office) -> None:
    _, rest = two_waves(office)
    with office.store.reading() as session:
        campaign = session.get_one(Campaign, session.get_one(Rollout, rest).campaign_id)
        found = undecided(session, campaign, office.now, office.rt.day_minutes)
        waits = {situation.rollout.id: terms.wave for situation, terms in found}
    assert {waits[rest]} == reasons(office, rest)


def switched(office: Office, pilot: int) -> Agreement:
    """The pilot's date has come."""
    made = agree_on(office, pilot, free(office, pilot)[0])
    assert made.instant is not None
    office.until(made.instant)
    return made


def call_for_help(office: Office, rollout: int, people: int) -> None:
    with office.store.writing() as session:
        contacts = session.query(Contact.id).filter_by(customer_id=1).limit(people)
        session.add_all(
            SelfReport(
                rollout_id=rollout,
                contact_id=contact,
                says="help",
                at=office.now + timedelta(minutes=10),
            )
            for (contact,) in contacts
        )


def test_more_than_five_per_cent_blocked_in_the_first_hour_hold_the_ring(office: Office) -> None:
    pilot, _ = two_waves(office)
    switched(office, pilot)
    call_for_help(office, pilot, 1)  # of 20: five per cent, and not more
    office.later(minutes=20)
    assert rows_of(office, HELD) == []
    two_tickets(office, pilot)
    office.later(minutes=20)
    [(why,)] = rows_of(office, HELD)
    came = "2 tickets came from Northwind Dental (20 people) in the first hour"
    assert why == f"{came}; the wave allows 5 %"
    office.later(minutes=20)
    [(owner, text)] = rows_of(office, "SELECT owner, text FROM task WHERE kind = 'wave_held'")
    assert owner == "dana@harbor.example"
    assert text.endswith("No other date of this wave lies ahead.")
    noted = rows_of(office, "SELECT who FROM journal_entry WHERE what = 'wave_held'")
    assert noted == [("rollout",)]


def test_whoever_is_to_help_reads_which_dates_of_the_ring_stand_all_the_same(
    office: Office,
) -> None:
    first = add_customer(office, people=18)
    second = add_customer(office, "Globex", domain="globex.example")
    campaign = open_campaign(office)
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        waving.add_wave(session, found, "All", [first, second], who=ADA, now=office.now)
    office.later(hours=1)
    pilot, other = rollout_id(office, campaign), rollout_id(office, campaign, "Globex")
    days = free(office, pilot)
    agree_on(office, other, days[3])
    agreed = agree_on(office, pilot, days[0])
    assert agreed.instant is not None
    office.until(agreed.instant)
    call_for_help(office, pilot, 3)
    office.later(minutes=20)
    [(text,)] = rows_of(office, "SELECT text FROM task WHERE kind = 'wave_held'")
    assert text.startswith("3 of 20 people at Northwind Dental called for help in the first hour")
    assert f"Dates that stand all the same: Globex on {long_day(days[3])}." in text


def two_tickets(office: Office, rollout: int) -> None:
    """The help desk is called twice, now."""
    with office.store.writing() as session:
        session.add_all(
            Ticket(
                source="csv",
                reference=f"T{number}",
                customer_id=session.get_one(Rollout, rollout).customer_id,
                opened=office.now,
                summary="Cannot sign in",
            )
            for number in range(2)
        )


def test_calls_after_the_first_hour_hold_nothing(office: Office) -> None:
    pilot, _ = two_waves(office)
    switched(office, pilot)
    office.later(hours=2)
    call_for_help(office, pilot, 5)
    office.later(hours=1)
    assert rows_of(office, HELD) == []


def test_a_released_ring_is_not_held_again_for_what_was_said_before(office: Office) -> None:
    pilot, _ = two_waves(office)
    switched(office, pilot)
    call_for_help(office, pilot, 4)
    office.later(minutes=20)
    with office.store.writing() as session:
        wave = session.query(Wave).filter_by(name="Pilot").one()
        found = session.get_one(Campaign, wave.campaign_id)
        waving.release_wave(
            session, found, wave, why="a printer, not the change", who=ADA, now=office.now
        )
    office.later(minutes=20)
    assert rows_of(office, HELD) == []


def test_a_hold_needs_a_reason_and_happens_once(office: Office) -> None:
    pilot, _ = two_waves(office)
    with office.store.writing() as session:
        found = session.get_one(Campaign, session.get_one(Rollout, pilot).campaign_id)
        wave = waving.find_wave(session, found, "pilot")
        with pytest.raises(Invalid, match="why the wave is held"):
            waving.hold_wave(session, found, wave, why=" ", who=ADA, now=office.now)
        waving.hold_wave(session, found, wave, why="printers fail", who=ADA, now=office.now)
        with pytest.raises(Conflict, match="on hold already"):
            waving.hold_wave(session, found, wave, why="again", who=ADA, now=office.now)
    assert reasons(office, pilot) == {"We are holding this change back for now."}


def test_a_customer_is_in_one_wave_and_names_are_taken_once(office: Office) -> None:
    rollout = invited(office)
    with office.store.reading() as session:
        campaign = session.get_one(Rollout, rollout).campaign_id
    add(office, campaign, "Pilot", 1)
    with pytest.raises(Invalid, match="already"):
        add(office, campaign, "PILOT", 1)
    with pytest.raises(Invalid, match="No customer is left"):
        add(office, campaign, "Rest", 1)
