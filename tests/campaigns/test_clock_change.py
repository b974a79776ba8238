"""A rollout in the days in which the clocks change: every letter once, and in time."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest

from tests.campaigns.agree_kit import invited
from tests.kit import Office, agree_on, rows_of, sent

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
