"""Why one person does not get one letter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.rules.audience import Occasion, Person, why_not

NOW = datetime(2026, 8, 10, 7, 0, tzinfo=UTC)
READY = Occasion("users_not_ready", "done", False, 1, 14, 5, 7)
OWNER = Occasion("decision_maker", "agreed", True, 0, None, 5, 7)


@pytest.mark.parametrize(
    ("person", "words"),
    [
        (Person(), None),
        (Person(left=True), "has left"),
        (Person(suppressed_why="mail came back"), "mail came back"),
        (Person(excepted_until=date(2026, 9, 1)), "excepted until 01 Sep 2026"),
        (Person(level=1), None),
        (Person(level=0), None),
        (Person(level=2), "done already"),
        (Person(level=4), "done already"),
        (Person(last_letter=NOW - timedelta(days=4)), "less than 5 days ago"),
        (Person(last_letter=NOW - timedelta(days=5)), None),
    ],
)
def test_each_reason_is_named(person: Person, words: str | None) -> None:
    found = why_not(person, READY, NOW)
    assert found is None if words is None else words in str(found)


def test_an_excepted_person_who_decides_is_still_asked_for_a_date() -> None:
    assert why_not(Person(excepted_until=date(2026, 9, 1)), OWNER, NOW) is None
    assert why_not(Person(left=True), OWNER, NOW) == "has left"


def test_the_distance_between_letters_ends_a_week_before_the_day_and_for_what_must_go() -> None:
    lately = Person(last_letter=NOW - timedelta(days=1))
    assert why_not(lately, replace(READY, days_before=7), NOW) is None
    assert why_not(lately, replace(READY, days_before=8), NOW)
    assert why_not(lately, replace(READY, required=True), NOW) is None


def test_a_letter_of_the_earlier_date_is_not_sent_again_unless_it_must() -> None:
    had = Person(had_step=True)
    assert why_not(had, replace(READY, version=2), NOW)
    assert why_not(had, replace(READY, version=1), NOW) is None
    assert why_not(had, replace(READY, version=2, required=True), NOW) is None


def test_who_is_done_still_hears_of_steps_that_do_not_stop() -> None:
    assert why_not(Person(level=3), replace(READY, stop="never"), NOW) is None
