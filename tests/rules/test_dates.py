"""Which dates a customer can have, and why each other day is closed."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.rules.calendar import DAY, Closure, WorkCalendar
from campaigns.rules.dates import Terms, by_staff, judge, offer, span
from campaigns.rules.steps import Rules

RULES = Rules()
STARTED = date(2026, 6, 1)
FAR = date(2026, 12, 15)
CLOSED = (Closure(date(2026, 9, 8), date(2026, 9, 9), "payroll"),)
DE = WorkCalendar("Europe/Berlin", "DE", None, CLOSED)
US = WorkCalendar("America/New_York", "US")


def terms(
    vendor: date | None = FAR,
    today: date = STARTED,
    started: date = STARTED,
    calendar: WorkCalendar = DE,
    minutes: int = 100,
) -> Terms:
    ahead = vendor if vendor is not None and vendor > started else None
    offered = span(started, vendor, RULES)
    return Terms(today, offered, ahead, "Microsoft", calendar, RULES, minutes, 480)


VENDOR_DAYS = st.one_of(st.none(), st.dates(STARTED - 60 * DAY, STARTED + 500 * DAY))
FREE = st.dictionaries(st.dates(STARTED, STARTED + 200 * DAY), st.integers(0, 480), max_size=30)


@settings(max_examples=80, deadline=None)
@given(VENDOR_DAYS, st.sampled_from([DE, US]), FREE, st.integers(0, 120))
def test_what_is_offered_is_accepted_and_what_is_closed_says_why(
    vendor: date | None, calendar: WorkCalendar, free: dict[date, int], waited: int
) -> None:
    case = terms(vendor, today=STARTED + waited * DAY, calendar=calendar)
    for day in offer(case, free):
        if day.verdict.open:
            assert day.times
            assert all(judge(case, day.day, at, free).open for at in day.times)
            assert by_staff(case, day.day, free).open
            assert day.day > case.today
            assert calendar.is_working(day.day)
            assert day.day.weekday() in (1, 2, 3)
            assert not calendar.holiday(day.day + DAY)
            assert free.get(day.day, 480) >= case.minutes
            assert vendor is None or vendor <= STARTED or day.day < vendor
        else:
            assert day.times == ()
            assert day.verdict.code not in ("", "open")
            assert day.verdict.reason


@given(st.dates(STARTED + 28 * DAY, STARTED + 800 * DAY))
def test_a_fortnight_is_kept_before_the_vendors_date(vendor: date) -> None:
    assert span(STARTED, vendor, RULES).last == vendor - 14 * DAY


@given(st.dates(STARTED + DAY, STARTED + 800 * DAY))
def test_the_offer_never_reaches_the_vendors_date_and_leaves_time_to_get_ready(
    vendor: date,
) -> None:
    found = span(STARTED, vendor, RULES)
    assert found.last <= vendor - 3 * DAY
    assert found.first >= STARTED + 7 * DAY
    if (vendor - STARTED).days >= 14 + 37:
        assert found.first >= STARTED + 30 * DAY
    assert found.first <= STARTED + 60 * DAY


@pytest.mark.parametrize(
    ("ahead", "first", "last"),
    [
        (300, 60, 286),  # long: the whole lead
        (102, 60, 88),
        (80, 38, 66),  # four weeks of choice are kept
        (60, 30, 46),
        (28, 7, 14),  # very short
        (20, 10, 17),  # so near that three days in hand must do
    ],
)
def test_the_lead_shrinks_only_as_far_as_the_vendor_forces_it(
    ahead: int, first: int, last: int
) -> None:
    found = span(STARTED, STARTED + ahead * DAY, RULES)
    assert ((found.first - STARTED).days, (found.last - STARTED).days) == (first, last)


def test_a_vendors_date_that_is_too_near_leaves_nothing_to_offer() -> None:
    case = terms(STARTED + 6 * DAY)
    assert case.span.last < case.span.first
    assert offer(case, {}) == ()


def test_after_the_vendors_date_or_without_one_there_is_still_a_choice() -> None:
    passed = span(STARTED, STARTED - 30 * DAY, RULES)
    assert passed.first == STARTED + 7 * DAY
    assert (passed.last - passed.first).days == 90
    undated = span(STARTED, None, RULES)
    assert undated.first == STARTED + 60 * DAY
    assert any(day.verdict.open for day in offer(terms(STARTED - 30 * DAY), {}))


@pytest.mark.parametrize(
    ("day", "code", "word"),
    [
        (date(2026, 9, 7), "avoided_weekday", "Mondays"),
        (date(2026, 9, 11), "avoided_weekday", "Fridays"),
        (date(2026, 9, 12), "weekend", "Weekend"),
        (date(2026, 9, 8), "freeze", "payroll"),
        (date(2026, 9, 9), "freeze", "payroll"),
        (date(2026, 6, 1), "past", "not ahead"),
        (date(2026, 6, 2), "too_soon", "time"),
        (date(2026, 12, 2), "after_last", "Microsoft"),
        (date(2026, 12, 15), "after_vendor", "Microsoft"),
        (date(2026, 9, 10), "open", ""),
    ],
)
def test_each_closed_day_has_its_code_and_its_words(day: date, code: str, word: str) -> None:
    verdict = judge(terms(), day, None, {})
    assert verdict.code == code
    assert word in verdict.reason


def test_holidays_and_their_eves_are_closed_where_the_customer_is() -> None:
    vendor = date(2027, 3, 1)
    american = terms(vendor, calendar=US)
    assert judge(american, date(2026, 11, 26), None, {}).code == "holiday"
    assert judge(american, date(2026, 11, 25), None, {}).code == "eve"
    german = terms(vendor, calendar=DE)
    assert judge(german, date(2026, 11, 26), None, {}).open
    assert judge(german, date(2026, 11, 25), None, {}).open


def test_a_full_day_is_closed_and_one_with_just_enough_is_open() -> None:
    day = date(2026, 9, 10)
    assert judge(terms(), day, None, {day: 99}).code == "full"
    assert judge(terms(), day, None, {day: 100}).open


def test_a_time_that_is_not_offered_is_named_with_those_that_are() -> None:
    verdict = judge(terms(), date(2026, 9, 10), time(3), {})
    assert verdict.code == "other_time"
    assert "08:00, 12:30, 18:00" in verdict.reason


def test_on_the_phone_habits_give_way_and_limits_do_not() -> None:
    case = terms()
    day = {"mon": date(2026, 9, 7), "soon": date(2026, 6, 3), "late": date(2026, 12, 10)}
    assert all(by_staff(case, one, {}).open for one in day.values())
    assert by_staff(case, date(2026, 9, 8), {}).code == "freeze"
    assert by_staff(case, date(2026, 9, 12), {}).code == "weekend"
    assert by_staff(case, STARTED, {}).code == "past"
    assert by_staff(case, FAR, {}).code == "after_vendor"
    assert by_staff(case, day["mon"], {day["mon"]: 1}).code == "full"
