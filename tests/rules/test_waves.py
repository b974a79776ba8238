"""When the next wave may begin, and when a ring must stop."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.rules.waves import Ring, closed, hour, kept_waiting, must_stop

TODAY = date(2026, 6, 1)
PILOT = Ring("Pilot", customers=4, verified=3, last_day=TODAY, exit_share=75, exit_days=3)
REST = Ring("Rest", customers=9, verified=0, last_day=None, exit_share=100, exit_days=0)


@pytest.mark.parametrize(
    ("blocked", "people", "stops"), [(5, 100, False), (6, 100, True), (1, 20, False), (0, 0, False)]
)
def test_a_ring_stops_above_five_per_cent_and_not_at_it(
    blocked: int, people: int, stops: bool
) -> None:
    assert must_stop(blocked, people, 5) is stops


def test_a_wave_waits_for_the_share_and_for_the_days_of_the_one_before() -> None:
    assert "is watched until Thursday 4 June" in closed([PILOT], REST, TODAY)
    assert closed([PILOT], REST, TODAY + timedelta(days=3)) == ""
    few = Ring("Pilot", 4, 2, TODAY, 75, 3)
    assert "2 of 4 customers are verified, 75 % are needed" in closed(
        [few], REST, TODAY + timedelta(days=9)
    )


def test_a_wave_waits_for_its_own_day_and_while_it_is_on_hold() -> None:
    later = Ring("Rest", 9, 0, None, 100, 0, opens_on=TODAY + timedelta(days=1))
    assert "opens on Tuesday 2 June" in closed([], later, TODAY)
    assert closed([], later, TODAY + timedelta(days=1)) == ""
    held = Ring("Rest", 9, 0, None, 100, 0, held_why="printers fail")
    assert closed([], held, TODAY) == 'The wave "Rest" is on hold: printers fail.'


def test_customers_read_why_they_wait_and_nothing_of_others() -> None:
    """A wave's name and the reason of a hold may name another customer."""
    struck = Ring("Pilot", 4, 4, TODAY, 75, 0, held_why="9 of 20 people at Northwind Dental")
    said = {
        kept_waiting([], struck, TODAY),
        kept_waiting([struck], REST, TODAY),
        kept_waiting([], replace(REST, opens_on=TODAY + timedelta(days=1)), TODAY),
    }
    assert said == {
        "We are holding this change back for now.",
        "We make this change at other customers first; your dates open after that.",
        "Your dates open on Tuesday 2 June 2026.",
    }
    assert kept_waiting([], REST, TODAY) == ""


def test_the_first_hour_begins_with_the_switch_where_it_was_thrown_early() -> None:
    six = datetime(2026, 6, 1, 18, tzinfo=UTC)
    assert hour(six, None) == (six, six + timedelta(hours=1))
    early = six - timedelta(minutes=30)
    assert hour(six, early) == (early, early + timedelta(hours=1))
