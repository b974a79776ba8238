"""A rollout in the days in which the clocks change: every letter once, and in time."""

import email
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.policy import default

import pytest

from campaigns.rules.records import MilestoneRecord
from tests.campaigns.agree_kit import invited
from tests.kit import (
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    sent,
)

TESS = "tess@harbor.example"


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Africa/Cairo", date(2026, 10, 29), time(23, 30), "2026-10-29T20:30"),
        ("Europe/Berlin", date(2026, 10, 26), time(18), "2026-10-26T17:00"),
        ("America/New_York", date(2026, 11, 2), time(0, 10), "2026-11-02T05:10"),
        ("America/Vancouver", date(2026, 11, 2), time(8), "2026-11-02T15:00"),
        ("Australia/Lord_Howe", date(2026, 10, 5), time(8), "2026-10-04T21:00"),
        ("Pacific/Auckland", date(2026, 9, 28), time(12, 30), "2026-09-27T23:30"),
    ],
)
def test_no_letter_is_left_out_or_sent_twice(
    office: Office, zone: str, day: date, at: time, instant: str
) -> None:
    rollout = invited(office, zone=zone, country=None)
    office.later(days=1)
    made = agree_on(office, rollout, day, at=at, staff=TESS)
    starts = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert made.instant == starts
    office.until(starts - timedelta(hours=30))
    for _ in range(2 * 36):  # a sweep every half hour, through the doubled and the missing hour
        office.later(minutes=30)
    office.later(days=40)
    letters = Counter((one.step, one.address) for one in sent(office))
    assert set(letters.values()) == {1}
    people = {address for step, address in letters if step == "today"}
    assert len(people) == 5
    announcing = ("announce", "get-ready", "deadline", "tomorrow", "today")
    assert all(one.at < starts for one in sent(office) if one.step in announcing)
    assert {"announce", "deadline", "tomorrow", "today", "report", "thanks"} <= {
        step for step, _ in letters
    }
    assert rows_of(office, "SELECT count(*) FROM touch WHERE state IN ('planned', 'open')") == [
        (0,)
    ]


def test_a_time_that_the_clocks_leave_out_is_said_in_the_letter(office: Office) -> None:
    """On Friday 30 April 2027 Cairo goes from 00:00 to 01:00."""
    late = replace(CHANGE, milestones=(MilestoneRecord("action-by", date(2027, 6, 1)),))
    add_customer(office, zone="Africa/Cairo", country=None)
    rollout = rollout_id(office, open_campaign(office, change=late))
    agree_on(office, rollout, date(2027, 4, 30), at=time(0, 30), staff=TESS)
    office.later(minutes=1)
    letters = [email.message_from_bytes(one.message, policy=default) for one in office.mail.letters]
    [letter] = [one for one in letters if one["X-Rollout-Step"] == "confirm"]
    body = letter.get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "00:30 Cairo time (the clocks go forward then, so it starts at 01:00)" in words
