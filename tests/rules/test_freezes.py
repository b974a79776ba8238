"""Freezes that come back: which days they cover, and how they are said."""

from datetime import date

import pytest

from campaigns.rules.calendar import DAY, Closure, WorkCalendar
from campaigns.rules.freezes import said

BERLIN = WorkCalendar("Europe/Berlin", "DE")


def covered(freeze: Closure, first: date, last: date) -> list[date]:
    days = [first + n * DAY for n in range((last - first).days + 1)]
    return [day for day in days if freeze.covers(day, BERLIN.opens)]


def test_the_last_working_days_of_a_month_are_counted_past_weekends_and_holidays() -> None:
    end = Closure(date(2026, 1, 1), date(2026, 1, 1), "payroll", "month_end", 3)
    # 31 May 2026 is a Sunday; 31 December a Thursday.
    assert covered(end, date(2026, 5, 1), date(2026, 5, 31)) == [
        date(2026, 5, day) for day in (27, 28, 29, 30, 31)
    ]
    ours = WorkCalendar("UTC", None, None, (end,))
    assert [day for day in (28, 29, 30, 31) if ours.closure(date(2026, 12, day))] == [29, 30, 31]
    assert covered(end, date(2025, 11, 1), date(2025, 12, 31)) == []


def test_a_day_that_a_month_does_not_have_is_its_last_one() -> None:
    monthly = Closure(date(2026, 1, 31), date(2026, 1, 31), "x", "monthly")
    assert covered(monthly, date(2026, 2, 1), date(2026, 5, 30)) == [
        date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
    ]  # fmt: skip
    yearly = Closure(date(2024, 2, 29), date(2024, 2, 29), "x", "yearly")
    assert covered(yearly, date(2027, 1, 1), date(2028, 12, 31)) == [
        date(2027, 2, 28), date(2028, 2, 29),
    ]  # fmt: skip


def test_a_season_runs_over_the_new_year_and_ends_when_it_is_said_to() -> None:
    season = Closure(date(2024, 12, 20), date(2025, 1, 6), "x", "yearly", 0, date(2025, 12, 31))
    found = covered(season, date(2025, 12, 1), date(2026, 12, 31))
    assert (found[0], found[-1], len(found)) == (date(2025, 12, 20), date(2026, 1, 6), 18)
    weekly = Closure(date(2026, 6, 5), date(2026, 6, 8), "x", "weekly")  # Friday to Monday
    days = {day.weekday() for day in covered(weekly, date(2026, 6, 9), date(2026, 7, 31))}
    assert days == {4, 5, 6, 0}


@pytest.mark.parametrize(
    ("freeze", "words"),
    [
        (Closure(date(2026, 9, 1), date(2026, 9, 1), "x"), "Tue 1 Sep 2026"),
        (Closure(date(2026, 9, 1), date(2026, 9, 4), "x"), "Tue 1 Sep 2026 to Fri 4 Sep 2026"),
        (
            Closure(date(2026, 9, 1), date(2026, 9, 3), "x", "weekly"),
            "every week from Tuesday to Thursday, from Tue 1 Sep 2026",
        ),
        (
            Closure(date(2026, 9, 22), date(2026, 9, 23), "x", "monthly"),
            "the 22nd to the 23rd of every month, from Tue 22 Sep 2026",
        ),
        (
            Closure(date(2026, 9, 11), date(2026, 9, 11), "x", "monthly"),
            "the 11th of every month, from Fri 11 Sep 2026",
        ),
        (
            Closure(date(2026, 9, 1), date(2026, 9, 1), "x", "month_end", 1, date(2027, 9, 1)),
            "the last working day of every month, from Tue 1 Sep 2026 until Wed 1 Sep 2027",
        ),
        (
            Closure(date(2026, 9, 1), date(2026, 9, 1), "x", "yearly"),
            "every year, 1 September, from Tue 1 Sep 2026",
        ),
    ],
)
def test_a_freeze_is_said_as_people_say_it(freeze: Closure, words: str) -> None:
    assert said(freeze) == words
