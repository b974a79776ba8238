"""Lengths of time in words."""

from datetime import timedelta

# From this many seconds on in this unit: `119 seconds`, but `2 minutes`.
UNITS = ((172_800, 86_400, "day"), (7200, 3600, "hour"), (120, 60, "minute"))


def span(length: timedelta) -> str:
    """A length in the one unit that suits it: `4 seconds`, `12 minutes`, `3 days`."""
    seconds = max(0, round(length.total_seconds()))
    for least, unit, name in UNITS:
        if seconds >= least:
            return count(round(seconds / unit), name, f"{name}s")
    return count(seconds, "second", "seconds")


def ago(length: timedelta) -> str:
    """`4 seconds ago`; `just now` under a second."""
    return f"{span(length)} ago" if length >= timedelta(seconds=1) else "just now"


def count(many: int, one: str, more: str) -> str:
    """`1 letter`, `1,200 letters`."""
    return f"{many:,} {one if many == 1 else more}"
