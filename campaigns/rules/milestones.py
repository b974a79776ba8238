"""Dated facts of a vendor: which one binds, and how to say a date as exactly as it is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from campaigns.rules.days import long_day

KINDS = (
    "action-by",
    "starts",
    "completes",
    "default-off",
    "blocked",
    "rejects",
    "expires",
    "postpone-limit",
    "paid-extension-end",
    "stop-sell",
    "end-of-support",
    "support-floor",
    "announce-final-date",
    "encourage",
    "one-click-unsubscribe",
    "on-hold",
    "unknown",
)
PRECISIONS = ("day", "month", "quarter", "half", "year")
# What binds a customer, most binding first: the first of these that has a date is "the
# vendor's date". Extensions that cost money and announcements of announcements never are.
BINDING = (
    "action-by",
    "starts",
    "default-off",
    "blocked",
    "rejects",
    "expires",
    "end-of-support",
    "completes",
)


class Dated(Protocol):
    """Anything with a kind, a day and a precision."""

    @property
    def kind(self) -> str: ...
    @property
    def day(self) -> date | None: ...
    @property
    def precision(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fact:
    """A dated fact alone, without its source."""

    kind: str
    day: date | None
    precision: str


def vendor_date(milestones: Iterable[Dated], today: date) -> Dated | None:
    """The milestone that customers must be ready for, or None: date needed.

    The most binding kind that still lies ahead; where all are past, the latest of them.
    """
    dated = [m for m in milestones if m.day is not None and m.kind in BINDING]
    ahead = [m for m in dated if m.day is not None and m.day >= today]
    if ahead:
        return min(ahead, key=lambda m: (m.day, BINDING.index(m.kind)))
    return max(dated, key=lambda m: (m.day, m.kind), default=None)


def on_hold(milestones: Iterable[Dated]) -> bool:
    """True where the vendor says that it is on hold."""
    return any(m.kind == "on-hold" for m in milestones)


def in_words(day: date | None, precision: str) -> str:
    """`Tuesday 15 October 2024`, `October 2024`, `second half of 2027`, `date needed`."""
    if day is None:
        return "date needed"
    if precision == "month":
        return f"{day:%B %Y}"
    if precision == "quarter":
        return (
            f"{('first', 'second', 'third', 'fourth')[(day.month - 1) // 3]} quarter of {day.year}"
        )
    if precision == "half":
        return f"{'first' if day.month <= 6 else 'second'} half of {day.year}"
    if precision == "year":
        return str(day.year)
    return long_day(day)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The vendor's binding date as it is known; `dated` is None where there is none."""

    dated: Dated | None
    past: bool
    on_hold: bool

    @property
    def day(self) -> date | None:
        return self.dated.day if self.dated else None

    @property
    def words(self) -> str | None:
        """`Tuesday 15 December 2026`, `October 2024`."""
        return in_words(self.dated.day, self.dated.precision) if self.dated else None


def deadline(milestones: Sequence[Dated], opened: date, today: date) -> Deadline:
    """The date that binds a campaign which was opened on a day."""
    dated = vendor_date(milestones, opened)
    past = dated is not None and dated.day is not None and dated.day < today
    return Deadline(dated, past, on_hold(milestones))
