"""From a playbook and its anchors to dated touches. Pure: the same input, the same plan."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.ladder import CROWDED, Anchors, Placed, PlanStep, place

__all__ = ["Anchors", "PlanStep", "PlannedTouch", "plan", "put_off"]

QUIET_BEFORE = time(8)
QUIET_FROM = time(18)
MORNING = time(9)
HELD_UP = timedelta(hours=1)  # past its time by this much, a letter has no time of its own any more
AHEAD = timedelta(minutes=30)  # how long before its event a letter leaves that would come after
LATE = "its own time had passed, so it goes as soon as it may"
TOO_LATE = "its time had passed when the date was set"


@dataclass(frozen=True, slots=True)
class PlannedTouch:
    """One dated contact. `skipped` says why it will not happen; None means it will.

    `local_due` and `local_end` are `due` and `valid_until` as the customer's clock reads them:
    the promise from which the instants are derived again when the rules of a zone change.
    `local_due` is None where it goes at once. `note` says why it goes on another day.
    """

    step_id: int
    key: str
    day: date
    due: datetime
    valid_until: datetime
    skipped: str | None = None
    local_due: datetime | None = None
    local_end: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Moment:
    """An instant and, where a clock promised it, what that clock shows."""

    at: datetime
    wall: datetime | None = None


def plan(
    steps: Iterable[PlanStep], anchors: Anchors, calendar: WorkCalendar, now: datetime
) -> list[PlannedTouch]:
    """A touch for every step whose anchor is known.

    A step whose time has passed but which is still useful falls due at once, within
    working hours; one whose window is closed is planned as skipped, so that the
    reason can be read; a compressible one is dropped as soon as its day has passed.
    No letter leaves after the event that it announces: it is sent earlier instead.
    """
    reading = replace(calendar, closures=())
    placed = place(steps, anchors, calendar, calendar.today(now))
    return [_touch(one, anchors.event(one.step), reading, now) for one in placed]


def put_off(
    due: datetime, valid_until: datetime, calendar: WorkCalendar, now: datetime
) -> tuple[datetime, datetime] | None:
    """When a letter that was held up goes, as an instant and on the customer's clock.

    None where it goes now: it is in time, it is working hours, or later would be too late.
    """
    if now - due < HELD_UP:
        return None
    soon = _late(now, valid_until, replace(calendar, closures=()))
    return None if soon is None or soon.wall is None else (soon.at, soon.wall)


def _touch(
    placed: Placed, starts: datetime | None, calendar: WorkCalendar, now: datetime
) -> PlannedTouch:
    step = placed.step
    event = None if starts is None else _moment(starts, calendar)
    due, note = _due(placed, event, calendar, now)
    end = _end(placed, event, due, calendar)
    skipped = None
    if end.at <= now:
        skipped = TOO_LATE
    elif step.compressible and placed.day < calendar.today(now):
        skipped = "left out to shorten the plan"
    elif placed.crowded:
        skipped = CROWDED
    elif due.at < now:
        soon = _late(now, _limit(step, event, end), calendar) if due.wall else _Moment(now)
        if soon is None and step.anchor == "agreed":
            soon = _Moment(now)  # a correction by night is better than one that comes too late
        due, skipped = soon or due, None if soon else TOO_LATE
        note = None if skipped else LATE
    return PlannedTouch(
        step.id, step.key, placed.day, due.at, end.at, skipped, due.wall, end.wall, note
    )


def _moment(wall: datetime, calendar: WorkCalendar) -> _Moment:
    return _Moment(calendar.instant(wall.date(), wall.time()), wall)


def _due(
    placed: Placed, event: _Moment | None, calendar: WorkCalendar, now: datetime
) -> tuple[_Moment, str | None]:
    """When it leaves: at its time of day, or shortly before the event where that is earlier."""
    if placed.step.at is None:
        return _Moment(now), placed.note
    due = _moment(datetime.combine(placed.day, placed.step.at), calendar)
    if event is None or event.wall is None or due.at < event.at:
        return due, placed.note
    if placed.step.anchor == "agreed":
        return _Moment(now), "sent at once: later would be too late"
    at = event.at - AHEAD
    early = _Moment(at, at.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None))
    midnight = _moment(datetime.combine(event.wall.date(), time(0)), calendar)
    if early.at < midnight.at < event.at:
        early = midnight  # a letter that says "today" leaves on that day
    return early, f"sent earlier: what it announces starts at {event.wall:%H:%M}"


def _end(placed: Placed, event: _Moment | None, due: _Moment, calendar: WorkCalendar) -> _Moment:
    """The end of the last day on which it is useful, or the event itself."""
    step = placed.step
    last = max(placed.nominal + step.valid_days * DAY, placed.day)
    end = _midnight(last, calendar)
    if event is not None and step.anchor != "agreed" and step.channel == "mail":
        end = min(end, event, key=lambda moment: moment.at)
    if end.at <= due.at and due.wall is not None:
        # A day that a zone leaves out altogether ends where it begins.
        end = _midnight(last + DAY, calendar)
    return end


def _midnight(day: date, calendar: WorkCalendar) -> _Moment:
    """The end of a day."""
    return _Moment(calendar.end_of(day), datetime.combine(day + DAY, time(0)))


def _limit(step: PlanStep, event: _Moment | None, end: _Moment) -> datetime:
    return min(end.at, event.at) if event is not None and step.channel == "mail" else end.at


def _late(now: datetime, limit: datetime, calendar: WorkCalendar) -> _Moment | None:
    """In the next working hours, else the next morning at all; None where both are too late."""
    for soon in (_working_hours(now, calendar), _morning(now, calendar)):
        if soon.at < limit:
            return soon
    return None


def _working_hours(now: datetime, calendar: WorkCalendar) -> _Moment:
    day = calendar.today(now)
    if calendar.is_working(day) and now < calendar.instant(day, QUIET_FROM):
        return _nine(day, calendar) if _early(now, calendar) else _Moment(now)
    day += DAY
    while not calendar.is_working(day):
        day += DAY
    return _nine(day, calendar)


def _morning(now: datetime, calendar: WorkCalendar) -> _Moment:
    today = calendar.today(now)
    if _early(now, calendar):
        return _nine(today, calendar)
    in_time = now < calendar.instant(today, QUIET_FROM)
    return _Moment(now) if in_time else _nine(today + DAY, calendar)


def _nine(day: date, calendar: WorkCalendar) -> _Moment:
    return _moment(datetime.combine(day, MORNING), calendar)


def _early(now: datetime, calendar: WorkCalendar) -> bool:
    return now < calendar.instant(calendar.today(now), QUIET_BEFORE)
