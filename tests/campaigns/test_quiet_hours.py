"""What was held up does not wake anybody: it leaves in the customer's own working hours."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns import launch
from campaigns.models import Campaign
from tests.campaigns.agree_kit import free, invited
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, rows_of, sent

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 6, 1)


def at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(0), tzinfo=BERLIN) + timedelta(hours=hour)


def held_from_start_until(office: Office, moment: datetime) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    move(office, campaign, "hold")
    office.until(moment)
    move(office, campaign, "resume")


def move(office: Office, campaign: int, word: str) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        if word == "hold":
            launch.hold(session, found, why="", who=ADA, now=office.now)
        else:
            launch.resume(session, found, who=ADA, now=office.now)


@pytest.mark.parametrize(
    ("resumed", "leaves"),
    [
        (at(MONDAY, 22), at(MONDAY + timedelta(days=1), 9)),
        (at(MONDAY + timedelta(days=1), 5), at(MONDAY + timedelta(days=1), 9)),
        (at(MONDAY + timedelta(days=2), 11), at(MONDAY + timedelta(days=2), 11)),
        (at(MONDAY + timedelta(days=4), 20), at(MONDAY + timedelta(days=5), 9)),
    ],
)
def test_a_letter_that_was_held_leaves_in_working_hours(
    office: Office, resumed: datetime, leaves: datetime
) -> None:
    """The invitation is useful until Sunday, so from Friday night it can wait for Saturday."""
    held_from_start_until(office, resumed)
    office.later(days=3)
    [letter] = [one for one in sent(office) if one.step == "invite"]
    assert letter.at == leaves


def test_what_waits_is_still_planned_and_opens_once(office: Office) -> None:
    held_from_start_until(office, at(MONDAY, 22))
    office.later(minutes=1).later(minutes=1)
    states = "SELECT touch.state, touch.opened_at FROM touch JOIN step ON step.id = touch.step_id"
    assert rows_of(office, f"{states} WHERE step.key = 'invite'") == [("planned", None)]
    assert sent(office) == []
    office.later(days=1)
    assert len(sent(office)) == 1


def test_a_confirmation_answers_at_once_by_night(office: Office) -> None:
    rollout = invited(office)
    office.until(at(MONDAY, 23))
    agree_on(office, rollout, free(office, rollout)[0])
    office.later(minutes=1)
    [letter] = [one for one in sent(office) if one.step == "confirm"]
    assert letter.at < at(MONDAY, 23.1)


def test_the_playbooks_own_early_hour_is_no_night(office: Office) -> None:
    rollout = invited(office)
    made = agree_on(office, rollout, free(office, rollout)[0])
    assert made.day is not None
    office.until(at(made.day, 12))
    letters = [one for one in sent(office) if one.step == "today"]
    assert {one.at for one in letters} == {at(made.day, 7.5)}


def test_an_agreed_hour_before_the_usual_one_draws_its_letter_forward(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day, at=time(6), staff="tess@harbor.example")
    office.until(at(day, 12))
    letters = [one for one in sent(office) if one.step == "today"]
    assert {one.at for one in letters} == {at(day, 5.5)}
    notes = "SELECT touch.note FROM touch JOIN step ON step.id = touch.step_id"
    assert rows_of(office, f"{notes} WHERE step.key = 'today'") == [
        ("sent earlier: what it announces starts at 06:00",)
    ]
