"""Instants as vendors write them: ISO 8601 with any number of fractional digits."""

import re
from datetime import UTC, datetime, timedelta, timezone

ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII | re.IGNORECASE,
)
SLASHED = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})[ ,]+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AP]M)?",
    re.ASCII | re.IGNORECASE,
)
FIRST_REAL_YEAR = 1971  # 0001, 1601, 1899, 1900 and 1970 are how programs write "never"


def instant(text: str) -> datetime | None:
    """The instant in UTC; None where the text is no ISO 8601 date or date and time.

    Fractions beyond microseconds are cut. Without an offset the text is read as UTC.
    """
    match = ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
            micro, tzinfo=_offset(offset),
        )  # fmt: skip
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def real_instant(text: str) -> datetime | None:
    """The same, but None for the dates by which programs mean "never"."""
    moment = instant(text)
    return moment if moment is not None and moment.year >= FIRST_REAL_YEAR else None


def american(text: str) -> datetime | None:
    """`3/13/2023 7:15:41 PM` read as month/day/year in UTC.

    Without AM or PM the order of day and month is only believed where it cannot be
    mistaken; else None.
    """
    match = SLASHED.fullmatch(text.strip().replace("\u202f", " "))
    if match is None:
        return None
    first, second, year, hour, minute, seconds, half = match.groups()
    month, day = int(first), int(second)
    if half is None and month <= 12 and day <= 12 and month != day:
        return None
    if month > 12:
        month, day = day, month
    hours = int(hour)
    if half is not None:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half.upper() == "PM" else 0)
    try:
        return datetime(int(year), month, day, hours, int(minute), int(seconds or 0), tzinfo=UTC)
    except ValueError:
        return None


def _offset(text: str | None) -> timezone:
    if text is None or text.upper() == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
