"""A mail server with limits: when a big touch is through, and whether that is in time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from campaigns.rules.throughput import Load, passages

NINE = datetime(2026, 5, 12, 9, tzinfo=UTC)
EVENING = NINE + timedelta(hours=9)


def load(letters: int, at: datetime = NINE, closes: datetime = EVENING) -> Load:
    return Load(at, "announce", letters, closes)


def test_four_thousand_people_take_over_two_hours_at_thirty_a_minute() -> None:
    [wait] = passages([load(4000)], 30, 10_000)
    assert wait.through - NINE == timedelta(hours=2, minutes=14)
    assert wait.in_time
    assert wait.begin_by == EVENING - timedelta(hours=2, minutes=14)


def test_without_limits_nothing_waits() -> None:
    assert passages([load(1_000_000)], None, None) == []


def test_what_is_through_in_a_few_minutes_is_not_spoken_of() -> None:
    assert passages([load(300)], 30, None) == []


def test_a_short_window_is_warned_of_however_few_the_letters_are() -> None:
    [wait] = passages([load(300, closes=NINE + timedelta(minutes=5))], 30, None)
    assert not wait.in_time


def test_letters_wait_for_those_that_fell_due_before_them() -> None:
    early, late = load(1800), load(30, at=NINE + timedelta(minutes=30))
    waits = passages([late, early], 30, None)
    assert [wait.load.letters for wait in waits] == [1800, 30]
    assert waits[1].through == NINE + timedelta(minutes=61)


def test_what_a_day_does_not_take_goes_a_day_later() -> None:
    [wait] = passages([load(15_000, closes=NINE + timedelta(days=3))], None, 10_000)
    assert wait.through == NINE + timedelta(days=1)


@given(
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 900)), min_size=1, max_size=12),
    st.integers(1, 60),
)
def test_nothing_is_through_before_the_server_can_have_taken_it(
    loads: list[tuple[int, int]], per_minute: int
) -> None:
    asked = [load(letters, at=NINE + timedelta(minutes=at)) for at, letters in loads]
    for wait in passages(asked, per_minute, None):
        least = timedelta(minutes=-(-wait.load.letters // per_minute))
        assert wait.through >= wait.load.at + least
