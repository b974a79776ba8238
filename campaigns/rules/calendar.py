"""Working time: zones, holidays, freezes, and the way from a local promise to an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which nothing is done, first and last included."""

    starts: date
    ends: date
    reason: str


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When one customer works. `zone` is an IANA name, `country` ISO 3166-1 alpha-2."""

    zone: str
    country: str | None = None
    subdivision: str | None = None
    closures: tuple[Closure, ...] = ()

    def holiday(self, day: date) -> str | None:
        """The public holiday's name, or None."""
        if self.country is None:
            return None
        return _holidays(self.country, self.subdivision, day.year).get(day)

    def closure(self, day: date) -> str | None:
        """Why the customer is closed by its own choice on that day, or None."""
        return next((c.reason for c in self.closures if c.starts <= day <= c.ends), None)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and self.holiday(day) is None and self.closure(day) is None

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
