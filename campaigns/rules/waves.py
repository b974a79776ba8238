"""Waves: when the next ring may begin, and when too many are blocked to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from campaigns.rules.days import long_day

FIRST_HOUR = timedelta(hours=1)
LATE_WORD = timedelta(days=1)  # a file of tickets of that hour may arrive so much later


@dataclass(frozen=True, slots=True)
class Ring:
    """A wave as it stands; `last_day` is the last agreed day among its verified customers."""

    name: str
    customers: int
    verified: int
    last_day: date | None
    exit_share: int  # per cent
    exit_days: int
    opens_on: date | None = None
    held_why: str | None = None


def not_over(ring: Ring, today: date) -> str:
    """What is missing until the wave is over, as half a sentence; empty where it is over."""
    if ring.held_why is not None:
        return f"is on hold: {ring.held_why}"
    if ring.verified * 100 < ring.exit_share * ring.customers:
        share = f"{ring.verified:,} of {ring.customers:,} customers"
        return f"is not over: {share} are verified, {ring.exit_share} % are needed"
    if ring.last_day is not None and (today - ring.last_day).days < ring.exit_days:
        until = long_day(ring.last_day + timedelta(days=ring.exit_days))
        return f"is watched until {until}"
    return ""


def kept_waiting(earlier: Sequence[Ring], ring: Ring, today: date) -> str:
    """Why a customer of this wave has no date yet, as that customer may read it; empty where it
    is open. It names no other customer, and no wave: those are the provider's own words."""
    if ring.held_why is not None:
        return "We are holding this change back for now."
    if ring.opens_on is not None and today < ring.opens_on:
        return f"Your dates open on {long_day(ring.opens_on)}."
    if any(not_over(before, today) for before in earlier):
        return "We make this change at other customers first; your dates open after that."
    return ""


def closed(earlier: Sequence[Ring], ring: Ring, today: date) -> str:
    """Why no date of this wave can be had yet, in full, for staff; empty where it is open."""
    if ring.held_why is not None:
        return f'The wave "{ring.name}" {not_over(ring, today)}.'
    if ring.opens_on is not None and today < ring.opens_on:
        return f'The wave "{ring.name}" opens on {long_day(ring.opens_on)}.'
    for before in earlier:
        missing = not_over(before, today)
        if missing:
            return f'The wave "{before.name}" comes first and {missing}.'
    return ""


def hour(agreed: datetime, noted: datetime | None) -> tuple[datetime, datetime]:
    """From the agreed instant to an hour after the switch; a switch thrown early begins it."""
    begun = noted or agreed
    return min(agreed, begun), begun + FIRST_HOUR


def must_stop(blocked: int, people: int, percent: int) -> bool:
    """The stop rule: above `percent` of the users blocked in the first hour, hold the ring."""
    return blocked * 100 > percent * people
