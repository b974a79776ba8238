"""Freezes: days on which nothing is done, once or again and again."""

import calendar
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from campaigns.rules.days import brief_day

REPEATS = ("once", "weekly", "monthly", "month_end", "yearly")
LONGEST = 366  # days of one that does not come back
# The most days that leave something of a week, a month or a year.
MOST = {"weekly": 6, "monthly": 27, "yearly": 330}
MOST_WORKDAYS = 10

Works = Callable[[date], bool]  # whether a day is a working day but for freezes


class Time(NamedTuple):
    """One time that a freeze lasts: its first and its last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which nothing is done, first and last included.

    `starts` and `ends` are the first time. It comes back, as `repeats` says: `weekly` on the
    same days of the week; `monthly` and `yearly` on the same days of the month or year, and
    where a month has fewer days, on its last one (the 31st is the 30th, 29 February the 28th).
    `month_end` is the last `workdays` working days of each month on the customer's own calendar,
    with whatever lies between and after them, counted from `starts` on. No time begins after
    `until`.
    """

    starts: date
    ends: date
    reason: str
    repeats: str = "once"
    workdays: int = 0
    until: date | None = None

    def covers(self, day: date, works: Works) -> bool:
        """Whether nothing is done on that day."""
        if self.repeats == "once":
            return self.starts <= day <= self.ends
        return next(self.times(day, day, works), None) is not None

    def times(self, first: date, last: date, works: Works) -> Iterator[Time]:
        """Every time that touches the days from `first` to `last`, earliest first.

        No more is worked out than lies between them, however long ago the freeze began.
        """
        back = 1 if self.repeats in ("monthly", "yearly") else 0  # it may run into the next
        for number in range(max(0, self._number(first) - back), self._number(last) + 1):
            time = self._time(number, works)
            if self.until is not None and time.first > self.until:
                return
            if time.last >= first and time.first <= last:
                yield time

    def _number(self, day: date) -> int:
        """The number of the week, month or year in which a day lies, 0 for that of `starts`."""
        if self.repeats == "once":
            return 0
        if self.repeats == "weekly":
            return (day - self.starts).days // 7
        months = (day.year - self.starts.year) * 12 + day.month - self.starts.month
        return day.year - self.starts.year if self.repeats == "yearly" else months

    def _time(self, number: int, works: Works) -> Time:
        if self.repeats == "weekly":
            later = timedelta(weeks=number)
            return Time(self.starts + later, self.ends + later)
        if self.repeats == "month_end":
            month = _months_later(self.starts.replace(day=1), number)
            return Time(
                max(_last_workdays(month, self.workdays, works), self.starts), _end_of(month)
            )
        months = {"once": 0, "monthly": number, "yearly": 12 * number}[self.repeats]
        return Time(_months_later(self.starts, months), _months_later(self.ends, months))


def wrong_with(freeze: Closure) -> tuple[str, str] | None:
    """What makes no sense about a freeze: the field and one sentence; None where it does."""
    days = (freeze.ends - freeze.starts).days + 1
    if freeze.repeats not in REPEATS:
        return "repeats", f"A freeze comes back as one of: {', '.join(REPEATS)}."
    if freeze.repeats == "month_end" and not 1 <= freeze.workdays <= MOST_WORKDAYS:
        return "workdays", f"The end of a month has 1 to {MOST_WORKDAYS} working days."
    if days < 1:
        return "ends", "The last day lies before the first."
    if freeze.repeats == "once" and days > LONGEST:
        return "ends", "A freeze has at most a year. Check the two days."
    most = MOST.get(freeze.repeats, days)
    if days > most:
        often = {"weekly": "week", "monthly": "month", "yearly": "year"}[freeze.repeats]
        return "ends", f"A freeze that comes back every {often} has at most {most} days."
    if freeze.until is not None and freeze.until < freeze.starts:
        return "until", "It ends before it begins. Check the last two days."
    return None


def said(freeze: Closure) -> str:
    """When nothing is done: `20 to 24 of every month`, `the last 3 working days of every month`."""
    first, last = freeze.starts, freeze.ends
    one = first == last
    if freeze.repeats == "once":
        return brief_day(first) if one else f"{brief_day(first)} to {brief_day(last)}"
    if freeze.repeats == "weekly":
        words = f"every {first:%A}" if one else f"every week from {first:%A} to {last:%A}"
    elif freeze.repeats == "monthly":
        words = f"the {_nth(first.day)} of every month"
        if not one:
            words = f"the {_nth(first.day)} to the {_nth(last.day)} of every month"
    elif freeze.repeats == "yearly":
        words = f"{first.day} {first:%B}" + ("" if one else f" to {last.day} {last:%B}")
        words = f"every year, {words}"
    else:
        many = freeze.workdays
        words = f"the last {f'{many} working days' if many > 1 else 'working day'} of every month"
    until = f" until {brief_day(freeze.until)}" if freeze.until else ""
    return f"{words}, from {brief_day(first)}{until}"


def _nth(day: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{'th' if 10 < day < 20 else ending}"


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _end_of(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _last_workdays(month: date, many: int, works: Works) -> date:
    """The first of the last so many working days of a month; its 1st where it has fewer."""
    day, left = _end_of(month), many
    while True:
        left -= works(day)
        if left == 0 or day.day == 1:
            return day
        day -= timedelta(days=1)
