"""How much lies on each day: a table, and a picture of the same figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workers.rehearse import Event

WIDTH, HEIGHT = 960, 72


@dataclass(frozen=True, slots=True)
class Day:
    """What falls on one local day."""

    day: date
    letters: int
    tasks: int
    bookings: int
    conflicts: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the picture, in the units of its view box."""

    day: Day
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars over all days from the first to the last; `most` is the height of the picture."""

    bars: Sequence[Bar]
    width: int
    height: int
    most: int
    first: date | None
    last: date | None


def load_per_day(events: Sequence[Event]) -> list[Day]:
    """Days on which something happens, in order."""
    counts: dict[str, dict[str, int]] = {}
    minutes: dict[str, int] = {}
    for event in events:
        minutes[event.local[:10]] = minutes.get(event.local[:10], 0) + event.minutes
        kinds = counts.setdefault(event.local[:10], {})
        kinds[event.kind] = kinds.get(event.kind, 0) + (event.people if event.kind == "mail" else 1)
    return [
        Day(
            date.fromisoformat(day),
            kinds.get("mail", 0),
            kinds.get("task", 0),
            kinds.get("booking", 0),
            kinds.get("conflict", 0),
            minutes[day],
        )
        for day, kinds in sorted(counts.items())
    ]


def picture(days: Sequence[Day]) -> Picture:
    """Letters a day as bars."""
    most = max((day.letters for day in days), default=0)
    if not most:
        return Picture((), WIDTH, HEIGHT, 0, None, None)
    first, last = days[0].day, days[-1].day
    step = WIDTH / ((last - first).days + 1)
    bars = []
    for day in days:
        height = round(day.letters * HEIGHT / most, 1)
        x = round((day.day - first).days * step, 1)
        bars.append(Bar(day, x, round(HEIGHT - height, 1), round(max(1, step - 1), 1), height))
    return Picture(bars, WIDTH, HEIGHT, most, first, last)
