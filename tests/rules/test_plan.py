"""From steps and anchors to dated touches, within working hours and windows."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.plan import Anchors, PlannedTouch, PlanStep, plan

BERLIN = WorkCalendar("Europe/Berlin", "DE")
ZONE = ZoneInfo("Europe/Berlin")
T0 = date(2026, 9, 10)


def step(key: str = "one", offset: int = -7, **more: object) -> PlanStep:
    plain = {
        "id": 1,
        "anchor": "agreed_date",
        "business": False,
        "at": time(9),
        "stop": "never",
        "valid_days": 3,
        "required": False,
        "compressible": False,
    }
    return PlanStep(key=key, offset=offset, **{**plain, **more})  # type: ignore[arg-type]


def at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZONE) + timedelta(hours=hour)


def one(found: PlanStep, now: datetime) -> PlannedTouch:
    [touch] = plan([found], Anchors(agreed_date=T0, agreed=now.date()), BERLIN, now)
    return touch


def test_a_step_falls_due_on_its_local_day_and_its_window_ends_with_a_local_day() -> None:
    touch = one(step(), at(date(2026, 7, 1), 9))
    assert touch.day == T0 - 7 * DAY
    assert touch.due == at(T0 - 7 * DAY, 9)
    assert touch.valid_until == at(T0 - 3 * DAY, 0)
    assert touch.skipped is None


def test_business_days_are_counted_by_the_customers_calendar() -> None:
    touch = one(step(offset=-5, business=True), at(date(2026, 7, 1), 9))
    assert touch.day == date(2026, 9, 3)


def test_a_step_without_its_anchor_is_not_planned() -> None:
    assert plan([step(anchor="vendor_date")], Anchors(agreed_date=T0), BERLIN, at(T0, 0)) == []


@pytest.mark.parametrize(
    ("hour", "due"), [(3, (0, 9)), (7.5, (0, 9)), (10, (0, 10)), (17.9, (0, 17.9)), (19, (1, 9))]
)
def test_a_late_letter_leaves_at_once_but_never_at_night(
    hour: float, due: tuple[int, float]
) -> None:
    day = T0 - 6 * DAY
    touch = one(step(), at(day, hour))
    assert touch.skipped is None
    assert touch.due == at(day + due[0] * DAY, due[1])


def test_a_letter_whose_window_is_closed_is_planned_as_skipped_with_the_reason() -> None:
    touch = one(step(), at(T0 - 3 * DAY, 0))
    assert "time had passed" in str(touch.skipped)


def test_a_letter_that_would_leave_only_after_its_window_is_skipped() -> None:
    touch = one(step(), at(T0 - 4 * DAY, 19))
    assert touch.skipped


def test_what_may_be_left_out_is_left_out_when_its_day_has_passed() -> None:
    assert one(step(compressible=True), at(T0 - 6 * DAY, 10)).skipped == (
        "left out to shorten the plan"
    )
    assert one(step(compressible=True), at(T0 - 7 * DAY, 10)).skipped is None


def test_a_confirmation_leaves_at_once_even_at_night() -> None:
    now = at(date(2026, 7, 1), 23)
    touch = one(step(anchor="agreed", offset=0, at=None), now)
    assert touch.due == now
    assert touch.skipped is None


def test_the_same_input_gives_the_same_plan() -> None:
    now = datetime(2026, 7, 1, tzinfo=UTC)
    steps = [step(str(n), -n) for n in range(40)]
    anchors = Anchors(agreed_date=T0)
    assert plan(steps, anchors, BERLIN, now) == plan(steps, anchors, BERLIN, now)
