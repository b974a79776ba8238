"""Working weeks and freezes of all kinds, and when they close a day, in words of their own."""

import random
from calendar import monthrange
from datetime import date, time

from campaigns.rules.calendar import DAY, Closure, Hours, Week, WorkCalendar
from campaigns.rules.freezes import REPEATS

STARTED = date(2026, 6, 1)
PLACES: tuple[tuple[str, str | None, str | None], ...] = (
    ("Europe/Berlin", "DE", "BY"),
    ("America/New_York", "US", None),
    ("UTC", None, None),
)
USUAL: Week = (Hours(time(8), time(18)),) * 5 + (None, None)


def a_week(dice: random.Random) -> Week:
    """Some have short days, late days, free days or a Saturday."""
    days = [
        Hours(time(dice.choice((7, 8, 13, 19))), time(dice.choice((12, 18, 20, 21)), 30))
        for _ in range(5)
    ]
    kept = [one if one.opens < one.closes and dice.random() < 0.8 else None for one in days]
    return (*kept, dice.choice((None, Hours(time(9), time(13)))), None)


def a_freeze(dice: random.Random) -> Closure:
    """Of any kind, long past or to come."""
    repeats = dice.choice(REPEATS)
    first = STARTED + dice.randint(-800, 60) * DAY if repeats != "once" else STARTED
    first += dice.randrange(60) * DAY
    last = first + dice.randrange(5) * DAY
    until = first + dice.randrange(900) * DAY if dice.random() < 0.3 else None
    return Closure(first, last, "payroll", repeats, dice.randint(1, 4), until)


def a_calendar(dice: random.Random) -> WorkCalendar:
    """A customer with a week of its own or that of the provider, and with freezes or none."""
    closures = tuple(a_freeze(dice) for _ in range(dice.choice((0, 0, 1, 2))))
    zone, country, part = dice.choice(PLACES)
    own = dice.random() < 0.4
    week = a_week(dice) if own else dice.choice((USUAL, USUAL, a_week(dice)))
    ours = dice.choice((None, USUAL, a_week(dice))) if own else None
    return WorkCalendar(zone, country, part, closures, week, own, ours)


def frozen(freeze: Closure, day: date, calendar: WorkCalendar) -> bool:
    """Day by day, in other words than the product's own."""
    if day < freeze.starts:
        return False
    length = (freeze.ends - freeze.starts).days
    until = freeze.until or date.max
    if freeze.repeats == "month_end":
        month = [day.replace(day=n) for n in range(1, monthrange(day.year, day.month)[1] + 1)]
        first = [one for one in month if calendar.opens(one)][-freeze.workdays :][:1]
        begins = max([*(first or month[:1]), freeze.starts])
        return begins <= day and begins <= until
    for back in range(length + 4):
        begins = day - back * DAY
        if freeze.starts <= begins <= until and _begins(freeze, begins):
            return day <= _ends(freeze, begins)
    return False


def _begins(freeze: Closure, day: date) -> bool:
    first, last = freeze.starts, monthrange(day.year, day.month)[1]
    if freeze.repeats == "weekly":
        return day.weekday() == first.weekday()
    on_the_day = day.day == min(first.day, last)
    if freeze.repeats == "monthly":
        return on_the_day
    return day == first if freeze.repeats == "once" else on_the_day and day.month == first.month


def _ends(freeze: Closure, begins: date) -> date:
    if freeze.repeats in ("once", "weekly"):
        return begins + (freeze.ends - freeze.starts)
    if freeze.ends.month == freeze.starts.month:
        month = begins
    else:
        month = (begins.replace(day=1) + 32 * DAY).replace(day=1)
    return month.replace(day=min(freeze.ends.day, monthrange(month.year, month.month)[1]))


def within(week: Week | None, day: date, at: time) -> bool:
    hours = week[day.weekday()] if week else Hours(time.min, time.max)
    return hours is not None and hours.opens <= at <= hours.closes


def works(calendar: WorkCalendar, day: date, slots: tuple[time, ...]) -> bool:
    """Whether customer and provider work at one of these times, and nothing is frozen."""
    both = [
        at
        for at in slots
        if all(within(w, day, at) for w in (calendar.week, calendar.provider_week))
    ]
    off = calendar.holiday(day) or any(frozen(one, day, calendar) for one in calendar.closures)
    return bool(both) and not off
