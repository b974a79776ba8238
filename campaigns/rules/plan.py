"""From a playbook and its anchors to dated touches. Pure: the same input, the same plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from campaigns.rules.calendar import DAY, WorkCalendar

QUIET_BEFORE = time(8)
QUIET_FROM = time(18)
MORNING = time(9)


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
        skipped = "its time had passed when the date was set"
    elif step.compressible and day < calendar.today(now):
        skipped = "left out to shorten the plan"
    elif due < now:
        due = _soon(now, calendar) if step.at is not None else now
        if due >= valid_until:
            skipped = "its time had passed when the date was set"
    return PlannedTouch(step.id, step.key, day, due, valid_until, skipped)


def _soon(now: datetime, calendar: WorkCalendar) -> datetime:
    """Now, or the next morning at the customer's where it is night or evening there."""
    today = calendar.today(now)
    if now < calendar.instant(today, QUIET_BEFORE):
        return calendar.instant(today, MORNING)
    if now >= calendar.instant(today, QUIET_FROM):
        return calendar.instant(today + DAY, MORNING)
    return now
