"""Technician time: whose days can be booked, and how much of them is left."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import (
    Contact,
    Rollout,
    Staff,
    TechnicianDay,
)
from campaigns.rules.steps import Playbook

DESK = "desk"


def minutes_needed(session: Session, rollout: Rollout, book: Playbook, day_minutes: int) -> int:
    """Technician minutes for one customer: the playbook's base and so many a person.

    Never more than one technician's day: a larger customer takes the whole day.
    """
    people = session.scalar(
        select(func.count()).where(
            Contact.customer_id == rollout.customer_id,
            Contact.kind == "person",
            Contact.left_at.is_(None),
        )
    )
    effort = book.effort
    return min(day_minutes, effort.base_minutes + effort.minutes_per_person * (people or 0))


def lanes(session: Session) -> list[str]:
    """Whose days can be booked: every technician, or one common desk where none is named."""
    emails = session.scalars(
        select(Staff.email)
        .where(Staff.role == "technician", Staff.ended_at.is_(None))
        .order_by(Staff.email)
    )
    return list(emails) or [DESK]


def free_minutes(session: Session, first: date, last: date, day_minutes: int) -> dict[date, int]:
    """For each day with bookings, the most minutes that any one technician has left."""
    names = set(lanes(session))
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity - TechnicianDay.taken
        ).where(TechnicianDay.day.between(first, last))
    )
    left: dict[date, dict[str, int]] = {}
    for day, lane, minutes in rows:
        if lane in names:
            left.setdefault(day, {})[lane] = minutes
    return {
        day: max(day_minutes if len(booked) < len(names) else 0, *booked.values())
        for day, booked in left.items()
    }
