"""Periods, steps and revisions as people say them."""

from datetime import date, time

import pytest

from campaigns.playbooks import names, shipped
from campaigns.rules.periods import first_day, spoken
from campaigns.rules.step_words import audience, stop, when
from campaigns.rules.wording import difference


@pytest.mark.parametrize(
    ("precision", "first"),
    [
        ("day", date(2027, 11, 20)),
        ("month", date(2027, 11, 1)),
        ("quarter", date(2027, 10, 1)),
        ("half", date(2027, 7, 1)),
        ("year", date(2027, 1, 1)),
    ],
)
def test_a_day_stands_for_the_period_it_lies_in(precision: str, first: date) -> None:
    assert first_day(date(2027, 11, 20), precision) == first


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-03-01..2026-04-30", "1 March 2026 to 30 April 2026"),
        ("2024-07 (month)", "July 2024"),
        ("2026-12 end (default-off)", "December 2026 end (default-off)"),
        ("suspended", "suspended"),
        ("2025 later", "2025 later"),
        ("2025-13-01", "2025-13-01"),
    ],
)
def test_dates_in_notes_are_said(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (("agreed_date", -30, False, time(9)), "30 days before the agreed day, 09:00"),
        (("agreed_date", 1, True, time(8)), "1 working day after the agreed day, 08:00"),
        (("agreed_date", 0, False, time(7, 30)), "on the agreed day, 07:30"),
        (("agreed", 0, False, None), "at once after the agreement"),
        (("agreed", 0, False, time(9)), "on the day of the agreement, 09:00"),
        (("announced", 0, False, time(9)), "at the start, 09:00"),
        (("agreed", 2, False, None), "2 days after the agreement"),
    ],
)
def test_a_step_says_when_it_comes(step: tuple[str, int, bool, time | None], said: str) -> None:
    assert when(*step) == said


def test_every_shipped_step_can_be_said() -> None:
    for name in names():
        for step in shipped(name).steps:
            assert when(step.anchor.value, step.offset, False, step.at)
            assert audience(step.audience.value)
            stop(step.stop.value)


def test_what_is_gone_and_what_is_new_is_told_by_the_sentence() -> None:
    told = difference("We start in May. Be ready.\nAsk us.", "We start in June.  Be ready. Ask us.")
    assert (told.gone, told.new) == (("We start in May.",), ("We start in June.",))


def test_blanks_are_no_difference() -> None:
    told = difference("One.  Two.\n\nThree.", "One. Two. Three.")
    assert (told.gone, told.new) == ((), ())
