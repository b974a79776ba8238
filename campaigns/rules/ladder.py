"""On which day each step goes: working days of who reads it, the order kept, none too late."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from campaigns.rules.audience import USERS
from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.days import brief_day

WIDE = ("all_users", "users_not_ready", "told_other_day")
CROWDED = "a later letter goes to the same people on the only day that is left"


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
    audience: str = "decision_maker"
    channel: str = "mail"

    @property
    def announces(self) -> bool:
        """It speaks of a day that is still to come, and is worth nothing after it."""
        return self.anchor in ("agreed_date", "vendor_date", "first_slot") and self.offset < 0


@dataclass(frozen=True, slots=True)
class Anchors:
    """The days from which steps count; None where it is not known yet.

    `first_slot` is nominal: never nearer than the playbook's lead, so that the
    letters of the ladder keep their distance when the offer itself is compressed.
    `starts` is the local time agreed for `agreed_date`; `heard` is the nearest date, on the
    customer's own clock, that people may have been told and that corrections must precede.
    """

    announced: date | None = None
    first_slot: date | None = None
    agreed: date | None = None
    agreed_date: date | None = None
    vendor_date: date | None = None
    last_action: date | None = None
    starts: time | None = None
    heard: datetime | None = None

    def day(self, anchor: str) -> date | None:
        return {
            "announced": self.announced,
            "first_slot": self.first_slot,
            "agreed": self.agreed,
            "agreed_date": self.agreed_date,
            "vendor_date": self.vendor_date,
            "last_action": self.last_action,
        }.get(anchor)

    def event(self, step: PlanStep) -> datetime | None:
        """When that begins which the step announces, on the customer's own clock, or None."""
        if step.anchor == "agreed":
            return self.heard
        if step.anchor == "agreed_date" and step.offset <= 0 and self.agreed_date is not None:
            return datetime.combine(self.agreed_date, self.starts) if self.starts else None
        if step.anchor == "vendor_date" and step.offset < 0 and self.vendor_date is not None:
            return datetime.combine(self.vendor_date, time(0))
        return None


@dataclass(frozen=True, slots=True)
class Placed:
    """A step with its `nominal` day, as the playbook counts, and the day on which it goes."""

    step: PlanStep
    nominal: date
    day: date
    note: str | None = None
    crowded: bool = False


def place(
    steps: Iterable[PlanStep], anchors: Anchors, calendar: WorkCalendar, today: date
) -> list[Placed]:
    """Every step whose anchor is known, in the order given.

    What falls on a weekend or a holiday of the customer goes on the working day before where
    it announces something, else on the next. A freeze closes a day for changes, not for
    letters. Two letters to the same people keep their order and, where there is room, a day
    each.
    """
    reading = replace(calendar, closures=())
    found = []
    for step in steps:
        anchor = anchors.day(step.anchor)
        if anchor is not None:
            nominal = calendar.shift(anchor, step.offset, step.business)
            found.append(_placed(step, nominal, anchors.event(step), reading, today))
    if any(one.day != one.nominal for one in found):
        _keep_order(found, reading, today)
    return found


def _placed(
    step: PlanStep, nominal: date, event: datetime | None, calendar: WorkCalendar, today: date
) -> Placed:
    if not _may_move(step) or nominal < today or calendar.is_working(nominal):
        return Placed(step, nominal, nominal)
    why = f"{brief_day(nominal)} is {calendar.holiday(nominal) or 'a day off'}"
    if step.announces:
        earlier = calendar.shift(nominal, -1, True)
        if earlier >= today:
            return Placed(step, nominal, earlier, f"sent earlier: {why}")
    later = calendar.shift(nominal, 1, True)
    if _in_time(step, later, nominal, event):
        return Placed(step, nominal, later, f"sent later: {why}")
    return Placed(step, nominal, nominal, f"sent although {why}: later would be too late")


def _in_time(step: PlanStep, day: date, nominal: date, event: datetime | None) -> bool:
    """What announces a day goes on one before it, and while its words are still useful."""
    if not step.announces:
        return event is None or datetime.combine(day, step.at or time(0)) < event
    before = event is None or day < event.date()
    return before and day <= nominal + step.valid_days * DAY


def _may_move(step: PlanStep) -> bool:
    """Not what answers at once, what speaks of its own day alone, or our own work."""
    of_the_day = step.anchor == "agreed_date" and step.offset == 0
    own_day = step.valid_days == 0 or of_the_day
    return step.at is not None and not own_day and step.audience != "provider"


def _keep_order(found: list[Placed], calendar: WorkCalendar, today: date) -> None:
    """Announcements give way towards the start, from the last to the first; the rest onwards."""
    mails = [index for index, one in enumerate(found) if one.step.channel == "mail"]
    order = sorted(mails, key=lambda index: (found[index].nominal, index))
    for place_in_order, index in reversed(list(enumerate(order))):
        for other in order[place_in_order + 1 :]:
            if found[index].step.announces and _meet(found[index], found[other]):
                found[index] = _give_way(found[index], found[other], calendar, today)
    for place_in_order, index in enumerate(order):
        for other in order[:place_in_order]:
            mine, before = found[index], found[other]
            if not mine.step.announces and _may_move(mine.step) and _meet(before, mine):
                day = calendar.shift(before.day, 1, True)
                note = f'sent later: "{before.step.key}" goes on {brief_day(before.day)}'
                found[index] = replace(mine, day=day, note=note)


def _meet(first: Placed, second: Placed) -> bool:
    """Two letters to the same people that had a day each and would not have one any more."""
    apart = first.nominal < second.nominal
    return first.day >= second.day and apart and _same_people(first.step, second.step)


def _give_way(mine: Placed, other: Placed, calendar: WorkCalendar, today: date) -> Placed:
    day = calendar.shift(other.day, -1, True)
    if day >= today:
        note = f'sent earlier: "{other.step.key}" goes on {brief_day(other.day)}'
        return replace(mine, day=day, note=note)
    return mine if mine.step.required else replace(mine, crowded=True)


def _same_people(one: PlanStep, other: PlanStep) -> bool:
    """Audiences of which somebody is in both, for certain."""
    both = (one.audience, other.audience)
    if len({name.removesuffix("_not_ready") for name in both}) == 1:
        return True
    return all(name in USERS for name in both) and any(name in WIDE for name in both)
