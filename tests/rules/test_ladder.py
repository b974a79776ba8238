"""Letters go on days on which people read them, in their order, and never after their event."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.playbooks import names
from campaigns.rules.calendar import DAY, Closure, WorkCalendar
from campaigns.rules.ladder import CROWDED
from campaigns.rules.plan import LATE, Anchors, PlannedTouch, PlanStep, plan
from tests.rules.plan_steps import steps_of

BERLIN = WorkCalendar("Europe/Berlin", "DE")
ZONE = ZoneInfo("Europe/Berlin")
WEDNESDAY = date(2026, 9, 9)
LONG_BEFORE = datetime(2026, 3, 2, 7, tzinfo=UTC)


def step(key: str, offset: int, **more: object) -> PlanStep:
    plain = {
        "id": 1,
        "anchor": "agreed_date",
        "business": False,
        "at": time(9),
        "stop": "never",
        "valid_days": 5,
        "required": False,
        "compressible": False,
        "audience": "all_users",
    }
    return PlanStep(key=key, offset=offset, **{**plain, **more})  # type: ignore[arg-type]


def planned(
    *steps: PlanStep,
    day: date = WEDNESDAY,
    starts: time | None = time(18),
    calendar: WorkCalendar = BERLIN,
    now: datetime = LONG_BEFORE,
    **anchors: object,
) -> list[PlannedTouch]:
    known = Anchors(agreed_date=day, starts=starts, **anchors)  # type: ignore[arg-type]
    return plan(steps, known, calendar, now)


def berlin(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=ZONE)


def test_an_announcement_leaves_before_the_weekend_and_a_thank_you_after_it() -> None:
    [before, after] = planned(step("before", -3), step("after", 3))
    assert before.day == date(2026, 9, 4)
    assert before.note == "sent earlier: Sun 6 Sep 2026 is a day off"
    assert after.day == date(2026, 9, 14)
    assert after.note == "sent later: Sat 12 Sep 2026 is a day off"


def test_a_holiday_is_named_and_is_the_customers_own() -> None:
    day = date(2026, 12, 15)
    steps = (step("week", -19),)
    [american] = planned(*steps, day=day, calendar=WorkCalendar("America/New_York", "US"))
    [german] = planned(*steps, day=day)
    assert american.note == "sent earlier: Thu 26 Nov 2026 is Thanksgiving Day"
    assert (american.day, german.day) == (date(2026, 11, 25), date(2026, 11, 26))


def test_a_freeze_closes_a_day_for_changes_and_not_for_letters() -> None:
    frozen = Closure(date(2026, 8, 1), date(2026, 9, 8), "season")
    calendar = WorkCalendar("Europe/Berlin", "DE", None, (frozen,))
    [touch] = planned(step("week", -7), calendar=calendar)
    assert touch.day == date(2026, 9, 2)


def test_what_speaks_of_its_own_day_goes_on_it_whatever_day_it_is() -> None:
    monday = date(2026, 9, 14)
    steps = (step("tomorrow", -1, valid_days=0), step("today", 0, at=time(7, 30)))
    assert [touch.day for touch in planned(*steps, day=monday)] == [monday - DAY, monday]
    sunday = monday - DAY
    assert [touch.day for touch in planned(*steps, day=sunday)] == [sunday - DAY, sunday]


def test_our_own_work_stays_where_the_playbook_puts_it() -> None:
    [task] = planned(step("pack", -3, audience="provider", channel="task"))
    assert task.day == date(2026, 9, 6)


def test_when_the_working_day_before_is_gone_it_goes_on_the_next_unless_that_is_too_late() -> None:
    saturday = berlin(date(2026, 9, 5), time(7))
    [touch] = planned(step("soon", -4), now=saturday.astimezone(UTC))
    assert touch.day == date(2026, 9, 7)
    [last] = planned(step("soon", -2), day=date(2026, 9, 7), now=saturday.astimezone(UTC))
    assert last.day == date(2026, 9, 5)
    assert last.note == "sent although Sat 5 Sep 2026 is a day off: later would be too late"


def test_two_letters_to_the_same_people_keep_their_order_and_a_day_each() -> None:
    """Three and four days before a Wednesday are a Sunday and a Saturday: both before Friday."""
    found = planned(step("first", -4), step("second", -3, audience="users_not_ready"))
    assert [touch.day for touch in found] == [date(2026, 9, 3), date(2026, 9, 4)]
    assert found[0].note == 'sent earlier: "second" goes on Fri 4 Sep 2026'
    after = planned(step("report", 3), step("thanks", 4))
    assert [touch.day for touch in after] == [date(2026, 9, 14), date(2026, 9, 15)]


def test_other_people_may_have_theirs_on_the_same_day() -> None:
    found = planned(step("first", -4, audience="decision_maker"), step("second", -3))
    assert [touch.day for touch in found] == [date(2026, 9, 4), date(2026, 9, 4)]


def test_where_one_day_is_left_the_later_letter_goes_and_the_other_says_why_not() -> None:
    friday = berlin(date(2026, 9, 4), time(8)).astimezone(UTC)
    first, second = planned(step("first", -4), step("second", -3), now=friday)
    assert (first.skipped, second.skipped) == (CROWDED, None)
    first, second = planned(step("first", -4, required=True), step("second", -3), now=friday)
    assert (first.skipped, second.skipped) == (None, None)


@pytest.mark.parametrize(
    ("starts", "leaves"),
    [
        (time(18), berlin(WEDNESDAY, time(7, 30))),
        (time(7), berlin(WEDNESDAY, time(6, 30))),
        (time(7, 30), berlin(WEDNESDAY, time(7))),
        (time(0, 10), berlin(WEDNESDAY, time(0))),
        (time(0), berlin(WEDNESDAY - DAY, time(23, 30))),
    ],
)
def test_a_letter_leaves_before_what_it_announces(starts: time, leaves: datetime) -> None:
    [touch] = planned(step("today", 0, at=time(7, 30), valid_days=0), starts=starts)
    assert touch.due == leaves
    moved = leaves != berlin(WEDNESDAY, time(7, 30))
    assert touch.note == (
        f"sent earlier: what it announces starts at {starts:%H:%M}" if moved else None
    )


def test_its_window_ends_when_that_begins_and_late_is_never() -> None:
    today = step("today", 0, at=time(7, 30), valid_days=0, required=True)
    [touch] = planned(today)
    assert touch.valid_until == berlin(WEDNESDAY, time(18))
    [late] = planned(today, now=berlin(WEDNESDAY, time(10)).astimezone(UTC))
    assert (late.due, late.skipped) == (berlin(WEDNESDAY, time(10)), None)
    [over] = planned(today, now=berlin(WEDNESDAY, time(18)).astimezone(UTC))
    assert over.skipped == "its time had passed when the date was set"


def test_a_vendors_day_begins_at_its_midnight() -> None:
    budget = step("budget", -1, anchor="vendor_date", valid_days=30, audience="decision_maker")
    [touch] = plan([budget], Anchors(vendor_date=WEDNESDAY), BERLIN, LONG_BEFORE)
    assert touch.valid_until == berlin(WEDNESDAY, time(0))


@pytest.mark.parametrize(
    ("heard", "leaves"),
    [
        (datetime(2026, 9, 15, 18), berlin(date(2026, 9, 14), time(9))),
        (datetime(2026, 9, 13, 12), berlin(date(2026, 9, 12), time(9))),
        (datetime(2026, 9, 12, 8, 30), berlin(date(2026, 9, 12), time(7))),
    ],
)
def test_a_correction_waits_for_monday_unless_people_would_hear_of_it_too_late(
    heard: datetime, leaves: datetime
) -> None:
    saturday = berlin(date(2026, 9, 12), time(7))
    correction = step("moved-people", 0, anchor="agreed", audience="told_other_day", valid_days=7)
    anchors = Anchors(agreed=saturday.date(), heard=heard)
    [touch] = plan([correction], anchors, BERLIN, saturday.astimezone(UTC))
    assert touch.due == leaves
    assert touch.skipped is None


PLACES = [
    WorkCalendar("Europe/Berlin", "DE"),
    WorkCalendar("America/New_York", "US"),
    WorkCalendar("Asia/Tokyo", "JP"),
    WorkCalendar("Pacific/Auckland", "NZ"),
]
PLANS = 400


@settings(max_examples=PLANS)
@given(
    st.sampled_from(names()),
    st.sampled_from(PLACES),
    st.dates(date(2026, 1, 1), date(2028, 12, 1)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(0, 24 * 130),
)
def test_of_any_plan_the_order_holds_and_nothing_comes_too_late(
    playbook: str, place: WorkCalendar, day: date, starts: time, hours: int
) -> None:
    event = place.instant(day, starts)
    now = event - timedelta(hours=hours)
    steps = {one.id: one for one in steps_of(playbook, compressible=True)}
    found = plan(steps.values(), Anchors(agreed_date=day, starts=starts, heard=None), place, now)
    assert [touch.step_id for touch in found] == list(steps)
    going = [touch for touch in found if touch.skipped is None]
    last: dict[str, tuple[int, datetime]] = {}
    for touch in going:
        one = steps[touch.step_id]
        assert now <= touch.due < touch.valid_until
        if one.channel != "mail":
            continue
        if one.offset <= 0:
            assert touch.due < event, touch
        _leaves_when_people_read(touch, one, place, now)
        offset, due = last.get(one.audience, (-9_999, datetime.min.replace(tzinfo=UTC)))
        if one.offset > offset:
            assert touch.due >= due, touch
            last[one.audience] = (one.offset, touch.due)


def _leaves_when_people_read(
    touch: PlannedTouch, one: PlanStep, place: WorkCalendar, now: datetime
) -> None:
    there = touch.due.astimezone(ZoneInfo(place.zone))
    if one.valid_days == 0 or one.offset == 0 or touch.due == now:
        return
    if touch.note and ("although" in touch.note or "starts at" in touch.note):
        return
    assert time(8) <= there.time() < time(18), touch
    if touch.note == LATE and not place.is_working(there.date()):
        following = place.shift(there.date(), 1, True)
        assert place.instant(following, time(9)) >= touch.valid_until, touch
    else:
        assert place.is_working(there.date()), touch
