"""From a playbook and its anchors to dated touches. Pure: the same input, the same plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from campaigns.rules.calendar import DAY, WorkCalendar

QUIET_BEFORE = time(8)
QUIET_FROM = time(18)
MORNING = time(9)
TOO_LATE = "its time had passed when the date was set"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """The parts of a playbook step that decide when it falls due."""

    id: int
    key: str
    anchor: str
    offset: int
    business: bool
    at: time | None
    stop: str
    valid_days: int
    required: bool
    compressible: bool


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days from which steps count; None where it is not known yet.

    `first_slot` is nominal: never nearer than the playbook's lead, so that the
    letters of the ladder keep their distance when the offer itself is compressed.
    """

    announced: date | None = None
    first_slot: date | None = None
    agreed: date | None = None
    agreed_date: date | None = None
    vendor_date: date | None = None
    last_action: date | None = None

    def day(self, anchor: str) -> date | None:
        return {
            "announced": self.announced,
            "first_slot": self.first_slot,
            "agreed": self.agreed,
            "agreed_date": self.agreed_date,
            "vendor_date": self.vendor_date,
            "last_action": self.last_action,
        }[anchor]


@dataclass(frozen=True, slots=True)
class PlannedTouch:
    """One dated contact. `skipped` says why it will not happen; None means it will."""

    step_id: int
    key: str
    day: date
    due: datetime
    valid_until: datetime
    skipped: str | None = None


def plan(
    steps: Iterable[PlanStep], anchors: Anchors, calendar: WorkCalendar, now: datetime
) -> list[PlannedTouch]:
    """A touch for every step whose anchor is known.

    A step whose time has passed but which is still useful falls due at once, within
    working hours; one whose window is closed is planned as skipped, so that the
    reason can be read; a compressible one is dropped as soon as its day has passed.
    """
    planned = []
    for step in steps:
        anchor = anchors.day(step.anchor)
        if anchor is not None:
            planned.append(
                _touch(step, calendar.shift(anchor, step.offset, step.business), calendar, now)
            )
    return planned


def _touch(step: PlanStep, day: date, calendar: WorkCalendar, now: datetime) -> PlannedTouch:
    valid_until = calendar.end_of(day + step.valid_days * DAY)
    due = now if step.at is None else calendar.instant(day, step.at)
    skipped = None
    if valid_until <= now:
        skipped = TOO_LATE
    elif step.compressible and day < calendar.today(now):
        skipped = "left out to shorten the plan"
    elif due < now:
        soon = _late(now, valid_until, calendar) if step.at is not None else now
        due, skipped = soon or due, None if soon else TOO_LATE
    return PlannedTouch(step.id, step.key, day, due, valid_until, skipped)


def _late(now: datetime, valid_until: datetime, calendar: WorkCalendar) -> datetime | None:
    """In the next working hours, else the next morning at all; None where both are too late."""
    for soon in (_working_hours(now, calendar), _morning(now, calendar)):
        if soon < valid_until:
            return soon
    return None


def _working_hours(now: datetime, calendar: WorkCalendar) -> datetime:
    day = calendar.today(now)
    if calendar.is_working(day) and now < calendar.instant(day, QUIET_FROM):
        return max(now, calendar.instant(day, MORNING)) if _early(now, calendar) else now
    day += DAY
    while not calendar.is_working(day):
        day += DAY
    return calendar.instant(day, MORNING)


def _morning(now: datetime, calendar: WorkCalendar) -> datetime:
    today = calendar.today(now)
    if _early(now, calendar):
        return calendar.instant(today, MORNING)
    return (
        now if now < calendar.instant(today, QUIET_FROM) else calendar.instant(today + DAY, MORNING)
    )


def _early(now: datetime, calendar: WorkCalendar) -> bool:
    return now < calendar.instant(calendar.today(now), QUIET_BEFORE)
