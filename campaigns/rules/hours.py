"""Working days and hours: a week of opening times, and how they are said and written."""

import re
from datetime import time
from typing import NamedTuple

SHORT = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
SATURDAY = 5
_PART = re.compile(
    r"(?P<first>[a-z]{3})[a-z]*(?:\s*-\s*(?P<last>[a-z]{3})[a-z]*)?\s+"
    r"(?P<opens>\d{1,2}(?::\d{2})?)\s*-\s*(?P<closes>\d{1,2}(?::\d{2})?)"
)


class Hours(NamedTuple):
    """From when to when, on the customer's own clock."""

    opens: time
    closes: time


Week = tuple[Hours | None, ...]  # Monday first, seven of them; None: nobody works on that day
USUAL_WEEK: Week = (Hours(time(8), time(18)),) * 5 + (None, None)


def off_words(week: Week, weekday: int, own: bool) -> str | None:
    """Why a day of the week cannot be had; None where it has hours."""
    if week[weekday] is not None:
        return None
    if weekday >= SATURDAY and week[5] is None and week[6] is None:
        return "Weekend."
    return f"{'You' if own else 'We'} do not work on {WEEKDAYS[weekday]}."


def open_words(week: Week, weekday: int, own: bool) -> str:
    """`On Wednesdays you are open from 13:00 to 17:00`."""
    hours, who = week[weekday], "you are" if own else "we are"
    if hours is None:
        return f"On {WEEKDAYS[weekday]} {who} closed"
    return f"On {WEEKDAYS[weekday]} {who} open from {hours.opens:%H:%M} to {hours.closes:%H:%M}"


def wrong_with(week: Week) -> str | None:
    """What makes no sense about a week, in one sentence; None where it does."""
    for weekday, hours in enumerate(week):
        if hours is not None and hours.opens >= hours.closes:
            return f"{WEEKDAYS[weekday]}: closing time must be after opening time."
    if not any(week):
        return "At least one day of the week must have hours."
    return None


def said(week: Week) -> str:
    """`mon-thu 08:00-18:00, fri 08:00-12:00`: days with the same hours together."""
    parts: list[str] = []
    weekday = 0
    while weekday < 7:
        hours, first = week[weekday], weekday
        while weekday < 7 and week[weekday] == hours:
            weekday += 1
        if hours is not None:
            days = SHORT[first] if weekday - first == 1 else f"{SHORT[first]}-{SHORT[weekday - 1]}"
            parts.append(f"{days} {hours.opens:%H:%M}-{hours.closes:%H:%M}")
    return ", ".join(parts)


def read(text: str) -> Week:
    """The week that `mon-thu 8-18, fri 08:00-12:00` says; days that it leaves out are closed.

    Raises ValueError with one sentence.
    """
    week: list[Hours | None] = [None] * 7
    for part in text.lower().split(","):
        found = _PART.fullmatch(part.strip())
        days = _days(found) if found else []
        if found is None or not days:
            raise ValueError(
                f'"{part.strip()[:60]}" is no working time. Write mon-thu 08:00-18:00, fri 8-12.'
            )
        hours = Hours(_time(found["opens"]), _time(found["closes"]))
        for day in days:
            if week[day] is not None:
                raise ValueError(f"{WEEKDAYS[day]} are named twice. Name each day once.")
            week[day] = hours
    return tuple(week)


def _days(found: re.Match[str]) -> list[int]:
    names = [found["first"], found["last"] or found["first"]]
    if not all(name in SHORT for name in names):
        return []
    first, last = (SHORT.index(name) for name in names)
    return list(range(first, last + 1))


def _time(text: str) -> time:
    hour, _, minute = text.partition(":")
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        raise ValueError(f'"{text}" is no time of day. Write it as 08:00.') from None
