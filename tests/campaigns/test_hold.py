"""A campaign that was held goes on without flooding anybody."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns import launch
from campaigns.models import Campaign
from tests.kit import (
    ADA,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
)
from tests.people_kit import change_contact

BERLIN = ZoneInfo("Europe/Berlin")
WEEKS = timedelta(days=21)


def move(office: Office, campaign: int, word: str) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        if word == "hold":
            launch.hold(session, found, why="", who=ADA, now=office.now)
        else:
            launch.resume(session, found, who=ADA, now=office.now)


def most_on(office: Office, day: date) -> tuple[int, list[tuple[str, str]]]:
    """The most letters that one person got on that day in Berlin, and all of them."""
    letters = [
        (letter.address, letter.step)
        for letter in sent(office)
        if letter.at.astimezone(BERLIN).date() == day
    ]
    return max(Counter(address for address, _ in letters).values(), default=0), letters


@pytest.mark.parametrize("held_after", [0, 8, 15])
def test_nobody_who_decides_gets_two_letters_when_the_ladder_goes_on(
    office: Office, held_after: int
) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    office.later(days=held_after)
    before = len(sent(office))
    move(office, campaign, "hold")
    office.later(days=21)
    assert len(sent(office)) == before
    move(office, campaign, "resume")
    day = office.now.astimezone(BERLIN).date()
    office.later(hours=14)
    most, letters = most_on(office, day)
    assert most <= 1, letters


@pytest.mark.parametrize("before", [16, 14, 12, 9, 5, 3, 1, 0, -3, -7])
def test_nobody_gets_two_letters_when_the_users_ladder_goes_on(office: Office, before: int) -> None:
    """Held for three weeks until `before` days before the agreed day. Pat is a manager, too."""
    add_customer(office, people=1)
    change_contact(office, "pat@northwind-dental.example", manager=True)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign)
    office.later(hours=1)
    day: date = open_days(office, rollout)[8].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    resumed = datetime.combine(day - timedelta(days=before), time(9, 30), tzinfo=BERLIN)
    office.until(resumed - WEEKS)
    move(office, campaign, "hold")
    office.until(resumed)
    count = len(sent(office))
    move(office, campaign, "resume")
    office.later(hours=10)
    most, letters = most_on(office, resumed.date())
    # Three days before, the owner decides and is a person with a deadline as well.
    assert most <= (2 if before == 3 else 1), letters
    assert len(sent(office)) - count <= 4


def test_what_became_useless_while_held_is_kept_with_the_reason(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    move(office, campaign, "hold")
    office.later(days=21)
    move(office, campaign, "resume")
    office.later(days=1)
    kept = rows_of(
        office,
        "SELECT step.key, touch.reason FROM touch JOIN step ON step.id = touch.step_id"
        " WHERE touch.state = 'skipped'",
    )
    assert {key for key, _ in kept} >= {"invite", "remind-1"}
    assert all(reason for _, reason in kept)


def test_a_short_hold_loses_no_letter(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    move(office, campaign, "hold")
    office.later(days=1)
    assert sent(office) == []
    move(office, campaign, "resume")
    office.later(days=1)
    assert [letter.step for letter in sent(office)] == ["invite"]


def test_holding_and_resuming_over_and_over_sends_nothing_twice(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    for _ in range(12):
        office.later(days=1)
        move(office, campaign, "hold")
        office.later(days=1)
        move(office, campaign, "resume")
    office.later(days=1)
    steps = Counter((letter.address, letter.step) for letter in sent(office))
    assert max(steps.values()) == 1
