"""How often a customer moved its date to a later day: what counts, and what does not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.deferrals import Answer, count

D = date(2026, 9, 1)


def later(days: int, how: str = "moved") -> Answer:
    return Answer(D + timedelta(days=days), how)


PICKED = Answer(D, "picked")
GONE = Answer(None, "withdrawn")


@pytest.mark.parametrize(
    ("answers", "used"),
    [
        ([], 0),
        ([PICKED], 0),
        ([PICKED, later(7)], 1),
        ([PICKED, later(7), later(14)], 2),
        ([PICKED, later(-7)], 0),
        ([PICKED, later(-7), later(0)], 1),
        ([PICKED, later(7, "by_staff")], 0),
        ([PICKED, later(7, "vendor_moved")], 0),
        ([PICKED, GONE, later(7, "picked")], 1),
        ([PICKED, GONE, later(-7, "picked")], 0),
        ([later(0, "proposed_default"), later(7)], 1),
        ([PICKED, later(7), Answer(D, "undone")], 0),
        ([PICKED, later(7), Answer(D, "undone"), later(3)], 1),
        ([PICKED, Answer(None, "undone"), later(7, "picked")], 0),
    ],
)
def test_only_a_customers_own_moves_to_a_later_day_count(answers: list[Answer], used: int) -> None:
    assert count(answers, 2).used == used


def test_when_none_is_left_the_day_that_stands_is_the_latest() -> None:
    answers = [PICKED, later(7), later(14)]
    assert (count(answers, 2).left, count(answers, 2).no_later) == (0, D + timedelta(days=14))
    assert (count(answers, 3).left, count(answers, 3).no_later) == (1, None)
    # Withdrawing is no way round it.
    assert count([*answers, GONE], 2).no_later == D + timedelta(days=14)
    assert count([], 0).no_later is None


@given(
    st.lists(
        st.builds(
            Answer,
            st.one_of(st.none(), st.dates(D, D + timedelta(days=60))),
            st.sampled_from(["picked", "moved", "by_staff", "withdrawn"]),
        ),
        max_size=12,
    ),
    st.integers(0, 5),
)
def test_the_count_never_falls_and_a_move_too_many_is_never_free(
    answers: list[Answer], allowed: int
) -> None:
    seen = [count(answers[:many], allowed) for many in range(len(answers) + 1)]
    assert [one.used for one in seen] == sorted(one.used for one in seen)
    for before, after, answer in zip(seen, seen[1:], answers, strict=False):
        too_far = before.no_later is not None and answer.day and answer.day > before.no_later
        if too_far and answer.how in ("picked", "moved"):
            assert after.used > after.allowed
