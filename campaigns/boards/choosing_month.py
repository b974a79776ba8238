"""One month of a customer's choice: open days with their times, closed days with their reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from campaigns.rules.calendar import DAY
from campaigns.rules.dates import WEEKDAYS, OfferedDay, Terms, judge

NOTES = {
    "past": "",
    "too_soon": "too soon",
    "weekend": "weekend",
    "holiday": "holiday",
    "closed_weekday": "closed",
    "outside_hours": "short day",
    "freeze": "closed",
    "eve": "before a holiday",
    "after_last": "too late",
    "full": "full",
    "campaign_limit": "full",
    "day_limit": "full",
    "no_skill": "full",
    "off_duty": "nobody works",
    "too_close": "another change",
}


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of the month. Closed days have no times, a reason and a note of one to three words."""

    day: date
    times: tuple[time, ...]
    reason: str
    note: str
    code: str
    agreed: bool

    @property
    def open(self) -> bool:
        return bool(self.times)


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Days of one month that are closed for the same reason."""

    reason: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks run from Monday to Sunday; a place that belongs to another month is None.

    `earlier` and `later` are the first days of the months beside it that have anything to offer.
    """

    first: date
    weeks: tuple[tuple[MonthDay | None, ...], ...]
    closed: tuple[ClosedDays, ...]
    earlier: date | None
    later: date | None


def month_of(
    terms: Terms, offered: Iterable[OfferedDay], wanted: date | None, agreed: date | None
) -> Month | None:
    """The month of `wanted`, or the nearest that has open days; None where no day is open."""
    by_day = {one.day: one for one in offered}
    open_days = [one.day for one in by_day.values() if one.verdict.open]
    if not open_days:
        return None
    first, last = open_days[0].replace(day=1), open_days[-1].replace(day=1)
    shown = min(max((wanted or first).replace(day=1), first), last)
    days = [_day(terms, by_day.get(day), day, agreed) for day in _days_of(shown)]
    return Month(
        first=shown,
        weeks=_weeks(days),
        closed=_closed(days),
        earlier=(shown - DAY).replace(day=1) if shown > first else None,
        later=_next(shown) if shown < last else None,
    )


def _day(terms: Terms, known: OfferedDay | None, day: date, agreed: date | None) -> MonthDay:
    # Outside the offer a day is closed whatever technicians have left.
    verdict = known.verdict if known else judge(terms, day, None, {})
    times = known.times if known else ()
    note = "" if verdict.open else _note(terms, verdict.code, day)
    return MonthDay(day, times, verdict.reason, note, verdict.code, day == agreed)


def _note(terms: Terms, code: str, day: date) -> str:
    if code == "after_vendor":
        return f"after {terms.vendor}'s date"
    if code == "avoided_weekday":
        return f"not {WEEKDAYS[day.weekday()]}"
    return NOTES.get(code, "closed")


def _days_of(first: date) -> list[date]:
    return [first + n * DAY for n in range((_next(first) - first).days)]


def _next(first: date) -> date:
    return (first + 31 * DAY).replace(day=1)


def _weeks(days: list[MonthDay]) -> tuple[tuple[MonthDay | None, ...], ...]:
    places = [None] * days[0].day.weekday() + days + [None] * (6 - days[-1].day.weekday())
    return tuple(tuple(places[n : n + 7]) for n in range(0, len(places), 7))


def _closed(days: list[MonthDay]) -> tuple[ClosedDays, ...]:
    closed = [one for one in days if not one.open and one.code != "past"]
    groups = groupby(sorted(closed, key=lambda one: (one.reason, one.day)), lambda one: one.reason)
    found = [ClosedDays(reason, tuple(one.day for one in group)) for reason, group in groups]
    return tuple(sorted(found, key=lambda group: group.days))
