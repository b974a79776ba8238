"""Which of a vendor's dates binds, and how to say it as exactly as it is known."""

from dataclasses import dataclass
from datetime import date

import pytest

from campaigns.rules.milestones import in_words, on_hold, vendor_date

TODAY = date(2026, 6, 1)


@dataclass(frozen=True)
class Dated:
    kind: str
    day: date | None
    precision: str = "day"


def test_the_next_binding_date_ahead_is_the_vendors_date() -> None:
    rows = [
        Dated("starts", date(2026, 3, 1)),
        Dated("completes", date(2027, 1, 1)),
        Dated("blocked", date(2026, 9, 1)),
    ]
    assert vendor_date(rows, TODAY) is rows[2]


def test_where_all_are_past_the_latest_counts() -> None:
    rows = [Dated("starts", date(2025, 3, 1)), Dated("blocked", date(2026, 1, 1))]
    assert vendor_date(rows, TODAY) is rows[1]


def test_two_dates_of_one_day_are_told_by_the_more_binding() -> None:
    rows = [Dated("completes", date(2026, 9, 1)), Dated("action-by", date(2026, 9, 1))]
    assert vendor_date(rows, TODAY) is rows[1]


def test_a_paid_extension_or_an_encouragement_binds_nobody() -> None:
    rows = [
        Dated("paid-extension-end", date(2027, 1, 1)),
        Dated("encourage", date(2026, 9, 1)),
        Dated("announce-final-date", date(2026, 9, 1)),
        Dated("starts", None),
    ]
    assert vendor_date(rows, TODAY) is None
    assert vendor_date([], TODAY) is None


def test_a_vendor_on_hold_is_seen() -> None:
    assert on_hold([Dated("on-hold", None)])
    assert not on_hold([Dated("starts", TODAY)])


@pytest.mark.parametrize(
    ("day", "precision", "words"),
    [
        (date(2024, 10, 15), "day", "Tuesday 15 October 2024"),
        (date(2024, 10, 1), "month", "October 2024"),
        (date(2027, 4, 1), "quarter", "second quarter of 2027"),
        (date(2027, 10, 1), "quarter", "fourth quarter of 2027"),
        (date(2027, 7, 1), "half", "second half of 2027"),
        (date(2027, 1, 1), "half", "first half of 2027"),
        (date(2027, 1, 1), "year", "2027"),
        (None, "day", "date needed"),
    ],
)
def test_a_date_is_said_as_exactly_as_it_is_known(
    day: date | None, precision: str, words: str
) -> None:
    assert in_words(day, precision) == words
