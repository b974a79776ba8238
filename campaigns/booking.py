"""Technician minutes are taken and given back; the CHECK on the day stands behind it."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.capacity import lanes
from campaigns.choice import Case
from campaigns.errors import Conflict
from campaigns.models import (
    Booking,
    TechnicianDay,
)
from campaigns.store import insert_missing


def release(session: Session, rollout_id: int, now: datetime) -> None:
    row = session.execute(
        update(Booking)
        .where(Booking.rollout_id == rollout_id, Booking.released_at.is_(None))
        .values(released_at=now)
        .returning(Booking.technician_day_id, Booking.minutes)
        .execution_options(synchronize_session=False)
    ).first()
    if row is not None:
        session.execute(
            update(TechnicianDay)
            .where(TechnicianDay.id == row[0])
            .values(taken=TechnicianDay.taken - row[1])
            .execution_options(synchronize_session=False)
        )


def book(session: Session, case: Case, version: int, day: date) -> None:
    """Take the minutes from the first technician who has them; the CHECK stands behind it."""
    minutes, capacity = case.terms.minutes, case.terms.day_minutes
    names = lanes(session)
    rows = [{"lane": lane, "day": day, "capacity": capacity, "taken": 0} for lane in names]
    insert_missing(session, TechnicianDay, rows)
    candidates = session.scalars(
        select(TechnicianDay.id)
        .where(TechnicianDay.day == day, TechnicianDay.lane.in_(names))
        .order_by(TechnicianDay.taken, TechnicianDay.lane)
    ).all()
    for candidate in candidates:
        taken = session.scalar(
            update(TechnicianDay)
            .where(
                TechnicianDay.id == candidate,
                TechnicianDay.taken + minutes <= TechnicianDay.capacity,
            )
            .values(taken=TechnicianDay.taken + minutes)
            .returning(TechnicianDay.id)
            .execution_options(synchronize_session=False)
        )
        if taken is not None:
            session.add(
                Booking(
                    rollout_id=case.rollout.id,
                    version=version,
                    technician_day_id=taken,
                    minutes=minutes,
                )
            )
            return
    raise Conflict(
        f"{day:%A} {day.day} {day:%B %Y} was just taken. "
        "Choose one of the days that are still free.",
        "date_taken",
    )
