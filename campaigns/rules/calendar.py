"""Working time: zones, holidays, freezes, and the way from a local promise to an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from campaigns.rules.freezes import Closure
from campaigns.rules.hours import USUAL_WEEK, Hours, Week, off_words

__all__ = ["DAY", "Closure", "Hours", "Week", "WorkCalendar", "local_instant"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When one customer works. `zone` is an IANA name, `country` ISO 3166-1 alpha-2.

    `week` is when people work there: the customer's own (`own_week`) or the provider's.
    `provider_week` is that of the provider where it counts beside the customer's own: a change is
    made when both work. Letters go by `week` alone.
    """

    zone: str
    country: str | None = None
    subdivision: str | None = None
    closures: tuple[Closure, ...] = ()
    week: Week = USUAL_WEEK
    own_week: bool = False
    provider_week: Week | None = None

    def holiday(self, day: date) -> str | None:
        """The public holiday's name, or None."""
        if self.country is None:
            return None
        return _holidays(self.country, self.subdivision, day.year).get(day)

    def closure(self, day: date) -> str | None:
        """Why nothing is done on that day by choice, in the words of the freeze, or None."""
        return next((one.reason for one in self.closures if one.covers(day, self.opens)), None)

    def day_off(self, day: date) -> str | None:
        """`Weekend.` or `You do not work on Wednesdays.`; None where both have hours."""
        words = off_words(self.week, day.weekday(), self.own_week)
        if words is None and self.provider_week is not None:
            return off_words(self.provider_week, day.weekday(), False)
        return words

    def opens(self, day: date) -> bool:
        """Whether it is a working day but for freezes."""
        return self.week[day.weekday()] is not None and self.holiday(day) is None

    def is_open(self, day: date, at: time) -> bool:
        """Whether a change may start then. At closing time it may: nobody is disturbed."""
        hours = [week[day.weekday()] for week in (self.week, self.provider_week) if week]
        return all(one is not None and one.opens <= at <= one.closes for one in hours)

    def is_working(self, day: date) -> bool:
        return self.opens(day) and self.closure(day) is None

    def shift(self, day: date, offset: int, business: bool) -> date:
        """`day` moved by calendar days, or by so many working days."""
        if not business:
            return day + offset * DAY
        step = DAY if offset > 0 else -DAY
        for _ in range(abs(offset)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def today(self, now: datetime) -> date:
        """The customer's own calendar day at the instant `now`."""
        return now.astimezone(ZoneInfo(self.zone)).date()

    def instant(self, day: date, at: time) -> datetime:
        """The UTC instant of a local date and time; see `local_instant`."""
        return local_instant(day, at, self.zone)[0]

    def end_of(self, day: date) -> datetime:
        """The instant at which that local day is over."""
        return self.instant(day + DAY, time(0))


def local_instant(day: date, at: time, zone: str) -> tuple[datetime, bool]:
    """The UTC instant of a local promise, and whether the clock had to be shifted.

    A time that does not exist (the clocks go forward) becomes the first instant
    after the gap; one that comes twice (they go back) means the first.
    """
    wall = datetime.combine(day, at)
    tz = ZoneInfo(zone)
    instant = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == wall:
        return instant, False
    return _end_of_gap(wall, tz), True


def _end_of_gap(wall: datetime, tz: ZoneInfo) -> datetime:
    """The transition lies between the readings with the new and with the old offset."""
    early = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    late = wall.replace(tzinfo=tz, fold=0).astimezone(UTC)
    before = early.astimezone(tz).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


@lru_cache(maxsize=4096)
def _holidays(country: str, subdivision: str | None, year: int) -> Mapping[date, str]:
    # 0.3 s to import, and many runs never ask for a holiday.
    import holidays

    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except NotImplementedError:
        # An unknown subdivision still has its country's holidays; an unknown country none.
        if subdivision is None:
            return {}
        return _holidays(country, None, year)
    return dict(found.items())
