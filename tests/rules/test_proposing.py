"""Days for many customers at once: nobody oversold, never worse than one after the other."""

import random
from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from campaigns.rules.foresight import FreeDay, Waiting, foresee
from campaigns.rules.proposing import FULL, TOO_LARGE, UNPLACED, Wisher, cost_of, propose
from tests.rules.wishers_kit import wishers

MONDAY = date(2027, 3, 1)


def days(many: int) -> list[date]:
    return [MONDAY + timedelta(days=number) for number in range(many)]


def wisher(key: int, minutes: int = 60, weight: float = 1.0, **prices: float) -> Wisher:
    """Prices by day of March: `d1=0.0`."""
    found = {date(2027, 3, int(name[1:])): price for name, price in prices.items()}
    return Wisher(key, minutes, weight, found)


def some(
    seed: int, many: int, lanes: int, length: int
) -> tuple[list[Wisher], dict[date, list[int]]]:
    free = {day: [480] * lanes for day in days(length) if day.weekday() < 5}
    return wishers(many, list(free), random.Random(seed)), free


def fits(wishers: list[Wisher], free: Mapping[date, list[int]], placed: Mapping[int, date]) -> bool:
    """Whether each day's customers fit whole into its technicians' minutes."""
    return all(
        packs([w.minutes for w in wishers if placed.get(w.key) == day], list(lanes))
        for day, lanes in free.items()
    )


def packs(minutes: list[int], lanes: list[int]) -> bool:
    """Every way is tried, so this is no shortcut that the product could share."""
    if not minutes:
        return True
    first, *rest = sorted(minutes, reverse=True)
    return any(
        packs(rest, [*lanes[:n], have - first, *lanes[n + 1 :]])
        for n, have in enumerate(lanes)
        if have >= first and have not in lanes[:n]
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_plan_is_never_worse_than_one_after_the_other_and_never_beats_the_bound(
    seed: int,
) -> None:
    wishers, free = some(seed, 60, lanes=1 + seed % 3, length=28)
    plan = propose(wishers, free)
    assert plan.bound <= plan.cost + 1e-6 <= plan.in_turn + 2e-6
    assert abs(plan.cost - cost_of(wishers, free, plan.placed)) < 1e-6
    assert fits(wishers, free, plan.placed)
    assert plan.placed.keys() | plan.unplaced.keys() == {one.key for one in wishers}
    assert not plan.placed.keys() & plan.unplaced.keys()
    assert all(day in wishers[key].days for key, day in plan.placed.items())


def test_the_same_question_has_the_same_answer() -> None:
    wishers, free = some(3, 40, lanes=2, length=20)
    assert propose(wishers, free) == propose(wishers, free)


def test_a_customer_gives_way_to_one_who_can_only_have_that_day() -> None:
    free = {MONDAY: [60], MONDAY + timedelta(days=1): [60]}
    wishers = [wisher(1, weight=2, d1=0.0, d2=1.0), wisher(2, d1=0.0)]
    plan = propose(wishers, free)
    assert plan.placed == {1: date(2027, 3, 2), 2: MONDAY}
    assert plan.in_turn > UNPLACED


def test_where_not_everybody_has_a_place_the_larger_one_has_it() -> None:
    plan = propose([wisher(1, d1=0.0), wisher(2, weight=3, d1=0.0)], {MONDAY: [60]})
    assert plan.placed == {2: MONDAY}
    assert plan.unplaced == {1: FULL}


def test_a_reason_is_given_for_everybody_without_a_day() -> None:
    shut = Wisher(2, 60, 1.0, {}, "Public holiday: Easter.")
    plan = propose([wisher(1, minutes=600, d1=0.0), shut], {MONDAY: [480]})
    assert plan.unplaced == {1: TOO_LARGE, 2: "Public holiday: Easter."}


def test_a_plan_that_meets_its_bound_is_proved() -> None:
    plan = propose([wisher(1, d1=0.0, d2=5.0)], {MONDAY: [480], date(2027, 3, 2): [480]})
    assert plan.proved
    assert plan.gap == 0


def test_no_customers_are_no_trouble() -> None:
    plan = propose([], {})
    assert (plan.placed, plan.unplaced, plan.gap) == ({}, {}, 0.0)


def test_the_outlook_says_when_the_last_is_through_and_from_when_on_it_is_hopeless() -> None:
    free = [FreeDay(day, [240]) for day in days(10)]
    found = foresee([Waiting(60)] * 8, free, date(2027, 3, 15))
    assert (found.a_day, found.through) == (4, date(2027, 3, 2))
    assert found.hopeless_from == date(2027, 3, 10)
    assert found.sentence == (
        "8 undecided, 4 a day: the last of them is through on Tuesday 2 March 2027, 13 days "
        "before enforcement. From Wednesday 10 March 2027 on it cannot be done in time."
    )


def test_the_outlook_says_how_many_have_no_place() -> None:
    found = foresee([Waiting(60)] * 9, [FreeDay(day, [120]) for day in days(4)], None)
    assert (found.through, found.left) == (None, 1)
    assert "1 customer has no place" in found.sentence
    assert foresee([], [], None).sentence == "Every customer has a date."


def test_who_has_less_time_comes_first_and_is_missing_when_it_is_over() -> None:
    own = Waiting(200, MONDAY)  # a vendor's date of its own
    free = [FreeDay(day, [240]) for day in days(4)]
    found = foresee([Waiting(240), own], free, None)
    assert (found.through, found.left) == (days(2)[-1], 0)
    assert foresee([own, own], free, None).left == 1


def test_the_provider_s_limit_of_customers_a_day_counts() -> None:
    free = [FreeDay(day, [480, 480], 2) for day in days(4)]
    found = foresee([Waiting(60)] * 5, free, None)
    assert (found.a_day, found.through) == (2, days(3)[-1])


@pytest.mark.parametrize("seed", range(6))
def test_the_day_before_it_is_hopeless_is_still_in_time(seed: int) -> None:
    dice = random.Random(seed)
    waiting = [Waiting(dice.randint(30, 200)) for _ in range(20)]
    free = [FreeDay(day, [dice.choice((0, 240, 480))]) for day in days(60)]
    found = foresee(waiting, free, None)
    assert found.hopeless_from is not None
    later = [one for one in free if one.day >= found.hopeless_from]
    just = [one for one in free if one.day >= found.hopeless_from - timedelta(days=1)]
    assert foresee(waiting, later, None).through is None
    assert foresee(waiting, just, None).through is not None


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_three_hundred_customers_are_proposed_and_foreseen_alike(seed: int) -> None:
    wishers, free = some(seed, 300, lanes=3, length=90)
    plan = propose(wishers, free)
    assert plan.bound <= plan.cost + 1e-6 <= plan.in_turn + 2e-6
    assert not plan.unplaced
    used = {day: sum(w.minutes for w in wishers if plan.placed[w.key] == day) for day in free}
    assert all(used[day] <= sum(free[day]) for day in free)
    waiting = [Waiting(one.minutes) for one in wishers]
    outlook = foresee(waiting, [FreeDay(day, free[day]) for day in sorted(free)], max(free))
    assert (outlook.undecided, outlook.left) == (300, 0)
    assert outlook.through is not None
    assert outlook.through <= max(plan.placed.values())
    assert outlook.hopeless_from is not None
    late = [day for day in sorted(free) if day >= outlook.hopeless_from]
    again = foresee(waiting, [FreeDay(day, free[day]) for day in late], max(free))
    assert again.through is None
    assert again.left > 0
    assert outlook.sentence.startswith("300 undecided, ")
