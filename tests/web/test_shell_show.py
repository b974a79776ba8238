"""How days, shares and marks are said."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from rollout import show

TODAY = date(2026, 5, 12)
NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


def test_a_day_carries_its_weekday() -> None:
    assert show.day(TODAY) == "Tue 12 May 2026"
    assert show.long_day(TODAY) == "Tuesday 12 May 2026"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Berlin", "Tue 12 May 2026, 18:00 Berlin"),
        ("America/Argentina/Buenos_Aires", "Tue 12 May 2026, 13:00 Buenos Aires"),
        ("Pacific/Kiritimati", "Wed 13 May 2026, 06:00 Kiritimati"),
        ("Etc/GMT+5", "Tue 12 May 2026, 11:00 UTC-5"),
        ("UTC", "Tue 12 May 2026, 16:00 UTC"),
    ],
)
def test_an_instant_is_said_in_the_time_of_its_place(zone: str, said: str) -> None:
    assert show.local(datetime(2026, 5, 12, 16, 0, tzinfo=UTC), zone) == said


def test_a_promise_is_said_as_it_was_given() -> None:
    assert show.promised(TODAY, time(8, 5), "Europe/London") == "Tue 12 May 2026, 08:05 London"


def test_the_products_time_is_said_in_utc() -> None:
    assert show.moment(datetime(2026, 5, 12, 9, 0, tzinfo=UTC)) == "Tue 12 May 2026 09:00 UTC"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (9, "in 9 days"),
        (-3, "3 days ago"),
        (1500, "in 1,500 days"),
    ],
)
def test_relative_days_are_counted(days: int, said: str) -> None:
    assert show.relative(TODAY + timedelta(days=days), TODAY) == said


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=23), "23 hours ago"),
        (timedelta(days=2, hours=5), "2 days ago"),
    ],
)
def test_what_was_recently_is_said_in_one_unit(passed: timedelta, said: str) -> None:
    assert show.ago(NOON, NOON + passed) == said


def test_a_share_is_said_with_its_whole() -> None:
    assert show.whole(18, 24, 3, 1) == "18 of 24 ready, 3 unknown, 1 excepted"
    assert show.whole(1, 1, 0, 0) == "1 of 1 ready, 0 unknown, 0 excepted"


def test_a_hundred_percent_means_everybody() -> None:
    assert show.percent(999, 1000) == "99 %"
    assert show.percent(1000, 1000) == "100 %"
    assert show.percent(0, 0) == "-"


def test_counted_things_take_their_plural() -> None:
    assert show.plural(1, "customer") == "1 customer"
    assert show.plural(1234, "customer") == "1,234 customers"
    assert show.plural(2, "person", "people") == "2 people"


@pytest.mark.parametrize("places", [4, 8, 20])
def test_a_bar_is_full_and_leaves_nobody_out(places: int) -> None:
    for counts in [
        (18, 2, 3, 1),
        (999, 1, 0, 0),
        (1, 999, 0, 1),
        (1, 1, 1, 9999),
        (25, 25, 25, 25),
    ]:
        marks = show.bar(*counts, places=places)
        assert sum(count for _, count in marks) == places
        assert len(marks) == sum(count > 0 for count in counts)
        assert all(count > 0 for _, count in marks)


def test_a_bar_of_few_people_has_one_mark_each() -> None:
    assert show.bar(2, 1, 0, 1) == [("done", 2), ("not_done", 1), ("excepted", 1)]
    assert show.bar(0, 0, 0, 0) == []
