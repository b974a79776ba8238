"""The last place of a limit has one winner, and so has the distance of two campaigns."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.campaigns.agree_kit import free, taken
from tests.campaigns.roster_kit import TESS, UMA, add_technician, set_limits, take_off
from tests.campaigns.test_agree_race import assert_nothing_oversold, at_once, rivals, words
from tests.kit import (
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    withdraw,
)

RIVALS = 10
LOADS = """
    SELECT l.day, l.campaign_id, l.rollouts, l.minutes, count(b.id), coalesce(sum(b.minutes), 0)
    FROM day_load l
    LEFT JOIN technician_day d ON d.day = l.day
    LEFT JOIN booking b ON b.technician_day_id = d.id AND b.released_at IS NULL
        AND (l.campaign_id = 0
             OR l.campaign_id = (SELECT campaign_id FROM rollout WHERE id = b.rollout_id))
    GROUP BY l.id, l.day, l.campaign_id, l.rollouts, l.minutes
"""
ANOTHER = replace(CHANGE, source_id="MC8", title="Another change")


def assert_loads_count_the_bookings(office: Office) -> None:
    for _day, _campaign, rollouts, minutes, bookings, booked in rows_of(office, LOADS):
        assert (rollouts, minutes) == (bookings, booked)


@pytest.mark.parametrize(
    ("limit", "places"),
    [({"campaign_day": 3}, 3), ({"day": 2}, 2), ({"day_minutes": 66 * 4 + 10}, 4)],
)
def test_exactly_as_many_win_as_a_limit_leaves(
    office: Office, limit: dict[str, int], places: int
) -> None:
    add_technician(office, UMA)
    rollouts = rivals(office, RIVALS)
    first, second, *_ = free(office, rollouts[0])
    set_limits(office, **limit)
    for day in (first, second):
        met = at_once([lambda r=r, d=day: agree_on(office, r, d) for r in rollouts])  # type: ignore[misc]
        assert words(met) == {"agreed": places, "date_taken": RIVALS - places}
        assert_nothing_oversold(office)
        assert_loads_count_the_bookings(office)


def test_two_campaigns_share_what_the_day_takes_and_not_what_a_campaign_takes(
    office: Office,
) -> None:
    for n in range(6):
        add_customer(office, f"Rival {n}", people=1)
    campaigns = [open_campaign(office), open_campaign(office, "Another", change=ANOTHER)]
    set_limits(office, campaign_day=2, day=3, distance_days=0)
    rollouts = [rollout_id(office, campaigns[n % 2], f"Rival {n}") for n in range(6)]
    day = free(office, rollouts[0])[0]
    met = at_once([lambda r=r: agree_on(office, r, day) for r in rollouts])  # type: ignore[misc]
    assert words(met) == {"agreed": 3, "date_taken": 3}
    assert_loads_count_the_bookings(office)
    for rollout in rollouts:
        if taken(office) and rows_of(
            office, "SELECT id FROM booking WHERE rollout_id = :r", r=rollout
        ):
            withdraw(office, rollout)
    assert_loads_count_the_bookings(office)
    assert {row[2] for row in rows_of(office, LOADS)} == {0}


def test_two_campaigns_of_one_customer_chosen_at_once_keep_their_distance(office: Office) -> None:
    add_customer(office)
    campaigns = [open_campaign(office), open_campaign(office, "Another", change=ANOTHER)]
    one, two = (rollout_id(office, campaign) for campaign in campaigns)
    days = free(office, one)
    for day in reversed(days[:24:6]):  # moves to an earlier day may be as many as one likes
        near = day + timedelta(days=1) if day + timedelta(days=1) in days else day
        met = at_once(
            [
                lambda d=day: agree_on(office, one, d),  # type: ignore[misc]
                lambda d=near: agree_on(office, two, d),  # type: ignore[misc]
            ]
        )
        assert words(met) == {"agreed": 1, "too_close": 1}
        for rollout, error in zip((one, two), met, strict=True):
            if error is None:
                withdraw(office, rollout)


def test_hours_that_change_while_a_day_is_booked_for_the_first_time_count(office: Office) -> None:
    """Whoever comes first, no minute is sold that is not there."""
    rollouts = rivals(office, 6)
    days: list[date] = free(office, rollouts[0])
    for n, rollout in enumerate(rollouts):
        day = days[n]
        met = at_once(
            [
                lambda r=rollout, d=day: agree_on(office, r, d),
                lambda d=day: take_off(office, TESS, d),
            ]
        )
        assert set(words(met)) <= {"agreed", "date_taken", "off_duty"}
        rows = "SELECT capacity, taken, excess FROM technician_day WHERE day = :day"
        for capacity, promised, excess in rows_of(office, rows, day=str(day)):
            assert capacity == 0
            assert promised <= capacity + excess
