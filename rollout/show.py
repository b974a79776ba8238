"""How days, times, shares and names look to people. Pure functions, used as Jinja filters.

Words follow Babel's English; places follow the last part of the IANA zone name.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_time
from babel.numbers import format_decimal
from jinja2 import Environment

from campaigns.models import Freeze
from campaigns.rules import freezes, hours
from campaigns.rules.days import brief_day as day
from campaigns.rules.days import city, long_day, relative, times
from campaigns.terms import closure_of

__all__ = [
    "LOCALE",
    "ago",
    "bar",
    "city",
    "clock",
    "day",
    "freeze_days",
    "install",
    "local",
    "long_day",
    "moment",
    "number",
    "percent",
    "plural",
    "promised",
    "relative",
    "times",
    "whole",
    "words",
    "written",
]
LOCALE = "en"
BAR_PLACES = 8


def install(env: Environment) -> None:
    """Offer the formatters to templates."""
    env.filters.update(
        day=day,
        long_day=long_day,
        clock=clock,
        local=local,
        moment=moment,
        relative=relative,
        times=times,
        ago=ago,
        city=city,
        number=number,
        words=words,
        freeze_days=freeze_days,
        week_words=hours.said,
        written=written,
    )
    env.globals.update(
        bar=bar, percent=percent, plural=plural, promised=promised, relative=relative, whole=whole
    )


@lru_cache(maxsize=1440)
def clock(value: time) -> str:
    """`08:05`, on the 24-hour clock."""
    return format_time(value, "HH:mm", locale=LOCALE)


def local(instant: datetime, zone: str) -> str:
    """An instant as the people in a zone read it: `Tue 12 May 2026, 18:00 Berlin`."""
    there = instant.astimezone(ZoneInfo(zone))
    return promised(there.date(), there.time(), zone)


def promised(on: date, at: time, zone: str) -> str:
    """A promise kept as local date, time and zone: `Tue 12 May 2026, 18:00 Berlin`."""
    return f"{day(on)}, {clock(at)} {city(zone)}"


def written(text: str | None) -> str:
    """A local time out of a plan that somebody kept: `Tue 12 May 2026, 09:00`; else as it is."""
    try:
        there = datetime.fromisoformat(text or "")
    except ValueError:
        return text or ""
    return f"{day(there.date())}, {clock(there.time())}"


def freeze_days(freeze: Freeze, capital: bool = False) -> str:
    """When nothing is done: `every Friday, from Fri 4 Sep 2026`; `capital` begins a sentence."""
    said = freezes.said(closure_of(freeze))
    return said[:1].upper() + said[1:] if capital else said


def moment(instant: datetime) -> str:
    """The product's own time: `Tue 12 May 2026 09:00 UTC`."""
    there = instant.astimezone(UTC)
    return f"{day(there.date())} {clock(there.time())} UTC"


def ago(instant: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `3 hours ago`, `2 days ago`; the future is `just now`."""
    passed = now - instant
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{plural(passed // timedelta(minutes=1), 'minute')} ago"
    if passed < timedelta(days=1):
        return f"{plural(passed // timedelta(hours=1), 'hour')} ago"
    return f"{plural(passed.days, 'day')} ago"


@lru_cache(maxsize=4096)
@lru_cache(maxsize=4096)
def number(value: int | float) -> str:
    """`1,234`; fractions with at most one digit."""
    return format_decimal(round(value, 1), locale=LOCALE)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 customer`, `3 customers`, `2 technician-days`; pass `many` where an s is not enough."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def whole(done: int, total: int, unknown: int, excepted: int) -> str:
    """A share with its whole: `18 of 24 ready, 3 unknown, 1 excepted`; zeros are said too."""
    return (
        f"{number(done)} of {number(total)} ready, "
        f"{number(unknown)} unknown, {number(excepted)} excepted"
    )


def percent(part: int, total: int) -> str:
    """`61 %`, rounded down so that 100 % means everybody; `-` where there is nobody."""
    return f"{part * 100 // total} %" if total > 0 else "-"


def words(name: str) -> str:
    """A stored word as people say it: `account_manager` is `account manager`."""
    return name.replace("_", " ")


def bar(
    done: int, not_done: int, unknown: int, excepted: int, places: int = BAR_PLACES
) -> list[tuple[str, int]]:
    """How many marks each state gets in a row of `places`, in the order of the states.

    Largest remainders, but a state that has anybody has a mark: nobody vanishes, and a
    full row of done means that everybody is.
    """
    counts = {"done": done, "not_done": not_done, "unknown": unknown, "excepted": excepted}
    present = {state: count for state, count in counts.items() if count > 0}
    total = sum(present.values())
    if total <= places:
        return list(present.items())
    share = {state: count * places / total for state, count in present.items()}
    marks = {state: max(1, int(value)) for state, value in share.items()}
    while sum(marks.values()) < places:
        marks[max(share, key=lambda state: share[state] - marks[state])] += 1
    while sum(marks.values()) > places:
        spare = [state for state in share if marks[state] > 1]
        marks[max(spare, key=lambda state: marks[state] - share[state])] -= 1
    return list(marks.items())
