"""A year of working time in months: which days are worked, and why the others are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from campaigns.models import Customer
from campaigns.rules.calendar import DAY, Week, WorkCalendar
from campaigns.terms import calendar_with, freezes_of, our_calendar

MONTHS = 12


@dataclass(frozen=True, slots=True)
class YearDay:
    """`kind` is open, off, holiday or freeze; `why` says why it is not worked, else empty."""

    day: date
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class YearMonth:
    """Weeks from Monday to Sunday; None beside the month."""

    first: date
    weeks: tuple[tuple[YearDay | None, ...], ...]

    @property
    def worked(self) -> int:
        return sum(one is not None and one.kind == "open" for week in self.weeks for one in week)


@dataclass(frozen=True, slots=True)
class WorkingYear:
    """`own` is the week that was set for this customer, or for the provider; None where none was.

    `week` is the one that counts, `both` the provider's where it counts beside it.
    """

    today: date
    week: Week
    own: Week | None
    both: Week | None
    months: Sequence[YearMonth]
    holidays: Sequence[YearDay]


def working_year(session: Session, customer: Customer | None, now: datetime) -> WorkingYear:
    """Twelve months from this one on, of a customer or (None) of the provider.

    Freezes of a single campaign are not in it: they close days for that campaign alone.
    """
    found = freezes_of(session, [customer.id] if customer else [])
    calendar = calendar_with(customer, found) if customer else our_calendar(found)
    today = calendar.today(now)
    months = [_month(calendar, first) for first in _firsts(today)]
    days = [day for month in months for week in month.weeks for day in week if day]
    return WorkingYear(
        today=today,
        week=calendar.week,
        own=found.weeks.get(customer.id if customer else None),
        both=calendar.provider_week,
        months=months,
        holidays=[_holiday(calendar, one.day) for one in days if calendar.holiday(one.day)],
    )


def _firsts(today: date) -> list[date]:
    first = today.replace(day=1)
    found = [first]
    while len(found) < MONTHS:
        first = (first + 31 * DAY).replace(day=1)
        found.append(first)
    return found


def _month(calendar: WorkCalendar, first: date) -> YearMonth:
    after = (first + 31 * DAY).replace(day=1)
    days: list[YearDay | None] = [None] * first.weekday()
    days += [_day(calendar, first + n * DAY) for n in range((after - first).days)]
    days += [None] * (-len(days) % 7)
    return YearMonth(first, tuple(tuple(days[n : n + 7]) for n in range(0, len(days), 7)))


def _day(calendar: WorkCalendar, day: date) -> YearDay:
    """In the order in which the judge asks."""
    if off := calendar.day_off(day):
        return YearDay(day, "off", off)
    if holiday := calendar.holiday(day):
        return YearDay(day, "holiday", holiday)
    if freeze := calendar.closure(day):
        return YearDay(day, "freeze", freeze)
    return YearDay(day, "open", "")


def _holiday(calendar: WorkCalendar, day: date) -> YearDay:
    return YearDay(day, "holiday", calendar.holiday(day) or "")
