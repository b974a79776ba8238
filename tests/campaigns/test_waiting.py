"""Nobody is asked for a date before one can be had, and everybody is asked once it can."""

from datetime import date, timedelta

import pytest

from campaigns import launch, waving
from campaigns.models import Campaign, Rollout
from tests.campaigns.agree_kit import free
from tests.kit import (
    ADA,
    BO,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    sent,
)
from workers.rehearse import rehearse

GLOBEX = "kim@globex.example"
FAILED = "SELECT count(*) FROM delivery WHERE state = 'failed'"
ASKS = ("invite", "remind-1", "remind-2", "propose", "remind-proposal", "put-down")


@pytest.fixture
def campaign(office: Office) -> int:
    """Northwind is the pilot; Globex comes when it is verified."""
    first = add_customer(office)
    second = add_customer(office, "Globex", domain="globex.example")
    found = open_campaign(office)
    add(office, found, "Pilot", first)
    add(office, found, "Rest", second)
    return found


def add(
    office: Office, campaign: int, name: str, customer: int, opens_on: date | None = None
) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        waving.add_wave(
            session, found, name, [customer], opens_on=opens_on, who=ADA, now=office.now
        )


def act(office: Office, campaign: int, name: str, how: str) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        wave = waving.find_wave(session, found, name)
        does = {"hold": waving.hold_wave, "go": waving.release_wave, "away": waving.remove_wave}
        does[how](session, found, wave, why="printers fail", who=ADA, now=office.now)


def verify(office: Office, campaign: int, customer: str = "Northwind Dental") -> None:
    with office.store.writing() as session:
        session.get_one(Rollout, rollout_id(office, campaign, customer)).state = "verified"


def asked(office: Office, address: str = GLOBEX) -> list[str]:
    return [one.step for one in sent(office) if one.address == address and one.step in ASKS]


def test_a_customer_of_a_later_wave_hears_nothing_until_the_earlier_one_is_over(
    office: Office, campaign: int
) -> None:
    office.later(days=30)
    assert asked(office) == []
    assert asked(office, "kim@northwind-dental.example")[:2] == ["invite", "remind-1"]
    assert rows_of(office, FAILED) == [(0,)]
    verify(office, campaign)
    office.later(days=1)
    assert asked(office) == ["invite"]
    office.later(days=16)
    assert asked(office) == ["invite", "remind-1", "remind-2"]
    assert rows_of(office, FAILED) == [(0,)]
    days = free(office, rollout_id(office, campaign, "Globex"))
    assert days[0] >= office.now.date() + timedelta(days=7)


def test_the_whole_ladder_follows_in_its_order_and_ends_in_a_booking(
    office: Office, campaign: int
) -> None:
    office.later(days=20)
    verify(office, campaign)
    began = office.now
    office.later(days=60)
    assert asked(office) == list(ASKS)
    found = [one.at for one in sent(office) if one.address == GLOBEX and one.step in ASKS]
    assert found[0] - began <= timedelta(days=3)
    assert found == sorted(found)
    how = "SELECT how FROM agreement WHERE rollout_id = :rollout"
    rollout = rollout_id(office, campaign, "Globex")
    assert rows_of(office, how, rollout=rollout) == [("proposed_default",)]


def test_a_ladder_that_had_begun_waits_while_its_wave_is_held_and_goes_on_after_it(
    office: Office, campaign: int
) -> None:
    pilot = "kim@northwind-dental.example"
    office.later(days=1)
    assert asked(office, pilot) == ["invite"]
    act(office, campaign, "Pilot", "hold")
    office.later(days=40)
    assert asked(office, pilot) == ["invite"]
    act(office, campaign, "Pilot", "go")
    office.later(days=1)
    assert asked(office, pilot) == ["invite", "remind-1"]
    office.later(days=40)
    assert asked(office, pilot) == list(ASKS)
    assert rows_of(office, FAILED) == [(0,)]


def test_whoever_loses_its_wave_is_asked(office: Office, campaign: int) -> None:
    office.later(days=10)
    act(office, campaign, "Rest", "away")
    office.later(days=1)
    assert asked(office) == ["invite"]


def test_a_date_that_is_agreed_by_then_ends_the_wait(office: Office, campaign: int) -> None:
    verify(office, campaign)
    rollout = rollout_id(office, campaign, "Globex")
    agree_on(office, rollout, free(office, rollout)[0])
    office.later(days=60)
    assert asked(office) == []
    waits = "SELECT count(*) FROM touch WHERE state = 'waiting'"
    assert rows_of(office, waits) == [(0,)]


def test_a_wave_that_is_there_before_the_start_waits_from_the_start(office: Office) -> None:
    first = add_customer(office)
    second = add_customer(office, "Globex", domain="globex.example", zone="Pacific/Honolulu")
    found = open_campaign(office, start=False)
    add(office, found, "Pilot", first)
    add(office, found, "Rest", second, opens_on=date(2026, 6, 24))
    with office.store.writing() as session:
        campaign = session.get_one(Campaign, found)
        launch.approve(session, campaign, who=BO, now=office.now, two_person=True)
        launch.start(session, campaign, who=ADA, now=office.now)
    verify(office, found)
    office.later(days=20)
    assert asked(office) == []
    office.later(days=5)
    [at] = [one.at for one in sent(office) if one.address == GLOBEX and one.step == "invite"]
    assert at.date() == date(2026, 6, 24)  # nine in the morning in Honolulu is 19:00 UTC


def test_a_rehearsal_opens_a_wave_on_its_day_as_the_run_does(office: Office) -> None:
    first = add_customer(office)
    second = add_customer(office, "Globex", domain="globex.example", zone="Australia/Sydney")
    found = open_campaign(office)
    add(office, found, "All", first)
    verify(office, found)
    add(office, found, "Rest", second, opens_on=date(2026, 7, 8))
    result = rehearse(office.rt, "MFA for everyone")
    foreseen = {
        (event.step, address, event.at)
        for event in result.events
        if event.kind == "mail"
        for address in event.recipients
    }
    office.until(result.until + timedelta(days=1))
    assert {(one.step, one.address, one.at) for one in sent(office)} == foreseen
    assert "invite" in {step for step, address, _ in foreseen if address == GLOBEX}


def test_a_rehearsal_says_who_waits_for_a_wave_that_only_evidence_can_open(
    office: Office, campaign: int
) -> None:
    result = rehearse(office.rt, "MFA for everyone")
    assert result.left_out == [("MFA for everyone", "1 customer waits for its wave")]
    assert all(GLOBEX not in event.recipients for event in result.events)
