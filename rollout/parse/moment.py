"""Dates, times and instants as people type them on a command line or in a form."""

from datetime import UTC, date, datetime, time

from campaigns.errors import Invalid


def parse_day(text: str) -> date:
    """`2026-12-08`. Raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f'"{text}" is not a date. Write it as 2026-12-08.', field="date") from None


def parse_time(text: str) -> time:
    """`18:00`. Raises Invalid."""
    try:
        found = time.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(f'"{text}" is not a time. Write it as 18:00.', field="time") from None
    return found.replace(second=0, microsecond=0, tzinfo=None)


def parse_instant(text: str) -> datetime:
    """`2026-12-08T09:00Z` or `2026-12-08` (midnight UTC). Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise Invalid(f'"{text}" is not a moment. Write it as 2026-12-08T09:00Z.') from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
