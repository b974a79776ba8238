"""Local promises become instants; working days are the customer's own."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.calendar import DAY, Closure, WorkCalendar, local_instant
from tests.shared import shared

# zone, local time promised, the instant it means in UTC, whether the clock had to be shifted
ESSENTIALS = [
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00", True),
    ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00", False),
    ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", False),
    ("America/Vancouver", "2026-12-01T08:00", "2026-12-01T15:00", False),
    ("Africa/Cairo", "2026-04-24T00:00", "2026-04-23T22:00", True),
    ("Africa/Cairo", "2026-04-24T00:59", "2026-04-23T22:00", True),
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", True),
    ("Pacific/Apia", "2011-12-30T18:00", "2011-12-30T10:00", True),
    ("Pacific/Honolulu", "2024-10-15T18:00", "2024-10-16T04:00", False),
    ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15", False),
]


@pytest.mark.parametrize(("zone", "local", "instant", "shifted"), ESSENTIALS)
def test_a_local_promise_means_one_instant(
    zone: str, local: str, instant: str, shifted: bool
) -> None:
    wall = datetime.fromisoformat(local)
    expected = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert local_instant(wall.date(), wall.time(), zone) == (expected, shifted)


def transitions() -> list[dict[str, str]]:
    path = shared("corpora", "timezones", "transitions_2024_2031.csv")
    if path is None:
        return []
    with path.open() as file:
        return list(csv.DictReader(file))


def test_every_gap_shifts_forward_and_every_overlap_means_the_first() -> None:
    """All transitions of all zones from 2024 to 2031, where the corpus is there."""
    for row in transitions():
        at = datetime.fromisoformat(row["utc_instant"].replace("Z", "+00:00"))
        start = datetime.fromisoformat(row["local_from"])
        size = timedelta(seconds=int(row["size_s"]))
        old = timedelta(seconds=int(row["offset_before_s"]))
        for part in (timedelta(0), size / 2, size - timedelta(minutes=1)):
            wall = (start + part).replace(second=0)
            found, shifted = local_instant(wall.date(), wall.time(), row["zone"])
            if row["kind"] == "gap":
                assert (found, shifted) == (at, True), row
            else:
                assert (found, shifted) == ((wall - old).replace(tzinfo=UTC), False), row
        before, after = start - timedelta(minutes=1), start + size
        assert local_instant(before.date(), before.time(), row["zone"])[1] is False
        assert local_instant(after.date(), after.time(), row["zone"])[1] is False


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tokyo")


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31)).map(
        lambda d: d.replace(second=0, microsecond=0)
    ),
)
def test_the_instant_reads_as_promised_unless_it_was_shifted(zone: str, wall: datetime) -> None:
    instant, shifted = local_instant(wall.date(), wall.time(), zone)
    local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert local > wall if shifted else local == wall


@settings(max_examples=60)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 1)), st.integers(-40, 40).filter(bool))
def test_business_days_land_on_working_days_and_count_only_those(day: date, offset: int) -> None:
    calendar = WorkCalendar("Europe/Berlin", "DE")
    moved = calendar.shift(day, offset, business=True)
    assert calendar.is_working(moved)
    step = DAY if offset > 0 else -DAY
    passed, at = 0, day
    while at != moved:
        at += step
        passed += calendar.is_working(at)
    assert passed == abs(offset)
    assert calendar.shift(day, offset, business=False) == day + offset * DAY
    assert calendar.shift(day, 0, business=True) == day


def test_holidays_are_the_countrys_own_and_its_subdivisions() -> None:
    german, bavarian = (
        WorkCalendar("Europe/Berlin", "DE"),
        WorkCalendar("Europe/Berlin", "DE", "BY"),
    )
    american = WorkCalendar("America/New_York", "US")
    epiphany, unity, thanksgiving = date(2026, 1, 6), date(2026, 10, 3), date(2026, 11, 26)
    assert german.holiday(unity)
    assert not american.holiday(unity)
    assert american.holiday(thanksgiving)
    assert not german.holiday(thanksgiving)
    assert bavarian.holiday(epiphany)
    assert not german.holiday(epiphany)


def test_a_country_that_nobody_knows_has_no_holidays_and_an_unknown_part_its_countrys() -> None:
    assert WorkCalendar("UTC", "ZZ").holiday(date(2026, 12, 25)) is None
    assert WorkCalendar("UTC", None).holiday(date(2026, 12, 25)) is None
    assert WorkCalendar("UTC", "DE", "XX").holiday(date(2026, 12, 25))


def test_a_closure_counts_its_first_and_its_last_day() -> None:
    calendar = WorkCalendar(
        "UTC", None, None, (Closure(date(2026, 7, 7), date(2026, 7, 8), "payroll"),)
    )
    found = [calendar.closure(date(2026, 7, d)) for d in (6, 7, 8, 9)]
    assert found == [None, "payroll", "payroll", None]


def test_today_is_the_customers_own_day() -> None:
    now = datetime(2024, 10, 15, 7, 0, tzinfo=UTC)
    days = [WorkCalendar(z).today(now) for z in ("Pacific/Honolulu", "Australia/Sydney")]
    assert days == [date(2024, 10, 14), date(2024, 10, 15)]


def test_a_day_ends_at_the_local_midnight_even_where_that_does_not_exist() -> None:
    cairo = WorkCalendar("Africa/Cairo")
    assert cairo.end_of(date(2026, 4, 23)) == cairo.instant(date(2026, 4, 24), time(1))
