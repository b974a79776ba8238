"""Periods as vendors name them: a month, a quarter, half a year, known by their first day."""

import re
from datetime import date

ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?(?![\d-])")

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def first_day(day: date, precision: str) -> date:
    """The first day of the period of that precision in which `day` lies."""
    months = MONTHS.get(precision)
    if months is None:
        return day
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def spoken(text: str) -> str:
    """A note such as `2026-03-01..2026-04-30` as people say it: `1 March 2026 to 30 April 2026`."""
    return ISO.sub(_in_words, text.replace("..", " to ").replace(" (month)", ""))


def _in_words(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    named = f"{date(int(year), int(month), 1):%B} {year}"
    return f"{int(day)} {named}" if day else named
