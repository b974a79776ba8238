"""Who works when, and how much is taken on a day."""

from dataclasses import dataclass, field
from datetime import date

CATEGORIES = (
    "auth",
    "retirement",
    "end-of-support",
    "client-migration",
    "expiry",
    "policy",
    "other",
)
DISTANCE = 7  # days between two campaigns of one customer, unless the provider says otherwise
WORKDAYS = 5


@dataclass(frozen=True, slots=True)
class Technician:
    """Minutes for each day of the week, Monday first, and the days off: first and last."""

    name: str
    week: tuple[int, ...]
    off: tuple[tuple[date, date], ...] = ()

    def minutes(self, day: date) -> int:
        """What this technician has on a day that nobody has booked yet."""
        if any(first <= day <= last for first, last in self.off):
            return 0
        return self.week[day.weekday()]


@dataclass(frozen=True, slots=True)
class Crew:
    """The technicians with the skill that a change takes, and those without, by name."""

    fitting: tuple[Technician, ...]
    others: tuple[Technician, ...] = ()
    # Asked of every day on offer: the most of those who have no days off, by weekday.
    _always: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _at_times: tuple[Technician, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weeks = [one.week for one in self.fitting if not one.off]
        most = tuple(max(column) for column in zip(*weeks, strict=True)) or (0,) * 7
        object.__setattr__(self, "_always", most)
        object.__setattr__(self, "_at_times", tuple(one for one in self.fitting if one.off))

    @property
    def longest(self) -> int:
        """The most minutes that anybody with the skill has on any day of the week."""
        return max((max(one.week) for one in self.fitting), default=0)

    def most(self, day: date) -> int:
        """The most minutes that any one of them has on a day that nobody has booked yet."""
        most = self._always[day.weekday()]
        for one in self._at_times:
            most = max(most, one.minutes(day))
        return most


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken on; None does not bind. `distance` is in days, 0 keeps none.

    `campaign_day` and `day` count rollouts on one day, of one campaign and of all.
    """

    campaign_day: int | None = None
    day: int | None = None
    day_minutes: int | None = None
    distance: int = DISTANCE

    @property
    def bind(self) -> bool:
        """Whether what others have booked on a day matters beside technicians' own minutes."""
        return (self.campaign_day, self.day, self.day_minutes) != (None, None, None)


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Load:
    """What others have booked on a day: rollouts of the campaign, rollouts and minutes of all."""

    campaign: int = 0
    rollouts: int = 0
    minutes: int = 0


def usual_week(day_minutes: int) -> tuple[int, ...]:
    """The week of a technician of whom nothing else is said: Monday to Friday."""
    return (day_minutes,) * WORKDAYS + (0,) * (7 - WORKDAYS)


def gap(days: int) -> str:
    """`a week`, `two weeks`, `a day`, `10 days`: a distance as people say it."""
    words = {1: "a day", 7: "a week", 14: "two weeks", 21: "three weeks"}
    return words.get(days, f"{days} days")
