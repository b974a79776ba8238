"""How days and places are said, in letters and on pages alike."""

from datetime import date, time


def long_day(day: date) -> str:
    """`Tuesday 8 December 2026`, for sentences and customers."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def brief_day(day: date) -> str:
    """`Tue 8 Dec 2026`, for tables."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def short_day(day: date) -> str:
    """`Tue 8 December`."""
    return f"{day:%a} {day.day} {day:%B}"


def local_date(day: date, at: time, zone: str) -> str:
    """`Tuesday 8 December 2026, 18:00 Berlin time`."""
    return f"{long_day(day)}, {at:%H:%M} {city(zone)} time"


def relative(day: date, today: date) -> str:
    """`today`, `tomorrow`, `yesterday`, `in 9 days`, `3 days ago`; beside a date, not instead."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    return f"in {days:,} days" if days > 0 else f"{-days:,} days ago"


def times(many: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(many, f"{many:,} times")


def city(zone: str) -> str:
    """The place in an IANA zone name: `Europe/Berlin` is `Berlin`.

    The Etc zones count against the sun (`Etc/GMT+5` is five hours behind), so they are
    turned round: `UTC-5`.
    """
    area, _, place = zone.rpartition("/")
    if area == "Etc" and place.startswith("GMT") and place[3:4] in ("+", "-"):
        return f"UTC{'-' if place[3] == '+' else '+'}{place[4:]}"
    if place in ("UTC", "GMT", "Zulu", "UCT", "Universal", "Greenwich"):
        return "UTC"
    return place.replace("_", " ")
