"""Technician time: whose days can be booked, and how much of them is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from campaigns.models import Booking, Staff, TechnicianDay
from campaigns.rows import rows_of
from campaigns.rules.steps import Playbook

DESK = "desk"
# Built once: putting a statement together takes longer than the database takes to answer it.
_LANES = (
    select(Staff.email)
    .where(Staff.role == "technician", Staff.ended_at.is_(None))
    .order_by(Staff.email)
)
_DAYS = (
    select(
        TechnicianDay.day,
        TechnicianDay.lane,
        TechnicianDay.capacity - TechnicianDay.taken,
        Booking.minutes,
    )
    .outerjoin(
        Booking,
        and_(
            Booking.technician_day_id == TechnicianDay.id,
            Booking.rollout_id == bindparam("rollout"),
            Booking.released_at.is_(None),
        ),
    )
    .where(TechnicianDay.day.between(bindparam("first"), bindparam("last")))
)


@dataclass(frozen=True, slots=True)
class Room:
    """What one rollout can have. `lanes` are those that can be booked, `begun` the lanes that
    have a row for a day, `free` for each day with bookings the most minutes that any one
    technician has left; what the rollout holds itself counts as free for it."""

    lanes: tuple[str, ...]
    begun: Mapping[date, frozenset[str]]
    free: Mapping[date, int]


def minutes_needed(people: int, book: Playbook, day_minutes: int) -> int:
    """Technician minutes for one customer: the playbook's base and so many a person.

    Never more than one technician's day: a larger customer takes the whole day.
    """
    effort = book.effort
    return min(day_minutes, effort.base_minutes + effort.minutes_per_person * people)


def lanes(session: Session) -> list[str]:
    """Whose days can be booked: every technician, or one common desk where none is named."""
    return list(rows_of(session, _LANES).scalars()) or [DESK]


def room_for(session: Session, rollout_id: int, first: date, last: date, day_minutes: int) -> Room:
    """What is left between two days, both included, for a rollout that may hold one of them."""
    names = tuple(lanes(session))
    left: dict[date, dict[str, int]] = {}
    own: tuple[date, int] | None = None
    rows = rows_of(session, _DAYS, rollout=rollout_id, first=first, last=last)
    for day, lane, minutes, held in rows:
        if lane in names:
            left.setdefault(day, {})[lane] = minutes
        if held is not None:
            own = (day, minutes + held)
    free = {
        day: max(day_minutes if len(booked) < len(names) else 0, *booked.values())
        for day, booked in left.items()
    }
    if own is not None and own[0] in free:
        free[own[0]] = max(free[own[0]], own[1])
    return Room(names, {day: frozenset(booked) for day, booked in left.items()}, free)
