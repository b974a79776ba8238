"""Campaigns that run side by side are rehearsed side by side, and the run then does the same."""

from datetime import date, timedelta

from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.campaigns.roster_kit import TESS, UMA, add_technician, set_limits, set_skills, take_off
from tests.kit import Office, add_customer, agree_on, open_campaign, open_days, rollout_id, sent
from workers.rehearse import Rehearsal, rehearse, rehearse_all

FIRST, SECOND = "MFA for everyone", "The new client"
CLIENT = ChangeRecord(
    source_id="MC2",
    vendor="Microsoft",
    title="The old client ends",
    text="Microsoft ends the old client.",
    category="client-migration",
    evidence="mfa",
    milestones=(MilestoneRecord("action-by", date(2026, 11, 20), source="MC2"),),
)
UNDATED = ChangeRecord("MC9", "Microsoft", "Some day")
CUSTOMERS = {"Alpha": "Australia/Sydney", "Beta": "America/New_York", "Gamma": "Europe/Berlin"}
Letters = set[tuple[str, str, str, str]]


def letters_of(result: Rehearsal) -> Letters:
    return {
        (event.step, address, event.at.isoformat(), event.subject)
        for event in result.events
        if event.kind == "mail"
        for address in event.recipients
    }


def two_campaigns(office: Office) -> None:
    """Alpha has agreed and moved its date once, Beta and Gamma say nothing; two technicians."""
    for name, zone in CUSTOMERS.items():
        add_customer(office, name, people=1, zone=zone, country=None)
    add_technician(office, UMA)
    set_skills(office, UMA, "client-migration")
    take_off(office, TESS, date(2026, 10, 1), date(2026, 10, 20))
    set_limits(office, day=1)
    first = open_campaign(office, FIRST)
    open_campaign(office, SECOND, change=CLIENT, playbook="client-swap")
    office.later(hours=30)
    alpha = rollout_id(office, first, "Alpha")
    for place in (4, 9):  # the second is a deferral
        agree_on(office, alpha, open_days(office, alpha)[place].day)  # type: ignore[attr-defined]


def test_all_campaigns_together_send_exactly_what_was_rehearsed(office: Office) -> None:
    two_campaigns(office)
    already = len(sent(office))
    result = rehearse_all(office.rt)
    office.until(result.until + timedelta(days=1))
    run = {(o.step, o.address, o.at.isoformat(), o.subject) for o in sent(office)[already:]}
    assert run == letters_of(result)
    assert {event.campaign for event in result.events} == {FIRST, SECOND}
    assert {"put-down", "confirm"} <= {step for step, *_ in run}


def test_one_campaign_is_rehearsed_with_the_others_beside_it(office: Office) -> None:
    two_campaigns(office)
    together = [event for event in rehearse_all(office.rt).events if event.campaign == SECOND]
    assert rehearse(office.rt, SECOND).events == together


def test_bookings_name_the_minutes_that_they_take(office: Office) -> None:
    two_campaigns(office)
    bookings = [e for e in rehearse_all(office.rt).events if e.kind == "booking"]
    assert len(bookings) == len({(e.campaign, e.customer) for e in bookings}) > 3
    assert all(event.minutes > 0 for event in bookings)
    days = [event.local[:10] for event in bookings]
    assert len(days) == len(set(days))  # one a day over all campaigns


def test_a_draft_that_cannot_start_is_left_out_with_the_reason(office: Office) -> None:
    add_customer(office)
    open_campaign(office, "Undated", change=UNDATED, start=False)
    open_campaign(office, FIRST, start=False)
    result = rehearse_all(office.rt)
    assert [name for name, _ in result.left_out] == ["Undated"]
    assert "date" in result.left_out[0][1]
    assert {event.campaign for event in result.events} == {FIRST}


def test_every_letter_reaches_its_customer_by_day_on_that_customers_clock(office: Office) -> None:
    """Also those that a booking brings: nothing else has to fall due for them to leave."""
    for name, zone in CUSTOMERS.items():
        add_customer(office, name, people=1, zone=zone, country=None)
    open_campaign(office)
    ahead = rehearse(office.rt, FIRST)
    mails = [event for event in ahead.events if event.kind == "mail"]
    confirmed = {event.customer: event.local[11:] for event in mails if event.step == "confirm"}
    assert confirmed == dict.fromkeys(CUSTOMERS, "09:00")
    assert {event.local[11:13] for event in mails} <= {f"{hour:02}" for hour in range(7, 18)}
    office.until(ahead.until + timedelta(days=1))
    really = {(one.step, one.address, one.at.isoformat(), one.subject) for one in sent(office)}
    assert really == letters_of(ahead)
