"""Periods as vendors name them: a month, a quarter, half a year, known by their first day."""

from datetime import date

MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}


def first_day(day: date, precision: str) -> date:
    """The first day of the period of that precision in which `day` lies."""
    months = MONTHS.get(precision)
    if months is None:
        return day
    return date(day.year, (day.month - 1) // months * months + 1, 1)
