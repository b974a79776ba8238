"""Technician minutes are taken and given back; the CHECK on the day stands behind it."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.capacity import lanes
from campaigns.choice import Case
from campaigns.errors import Conflict
from campaigns.models import Booking, TechnicianDay
from campaigns.rules.days import long_day
from campaigns.store import insert_missing


def lock_days(session: Session, case: Case, day: date) -> None:
    """Hold the day that is given back and the new one, in one order for everybody.

    Two customers who swap their days would otherwise wait for each other for ever.
    """
    names, capacity = lanes(session), case.terms.day_minutes
    rows = [{"lane": lane, "day": day, "capacity": capacity, "taken": 0} for lane in names]
    insert_missing(session, TechnicianDay, rows)
    held = select(Booking.technician_day_id).where(
        Booking.rollout_id == case.rollout.id, Booking.released_at.is_(None)
    )
    session.execute(
        select(TechnicianDay.id)
        .where((TechnicianDay.day == day) | TechnicianDay.id.in_(held))
        .order_by(TechnicianDay.id)
        .with_for_update()
    )


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
    """Take the minutes from the first technician who has them; `lock_days` comes before."""
    minutes, names = case.terms.minutes, lanes(session)
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
        f"{long_day(day)} was just taken. Choose one of the days that are still free.",
        "date_taken",
    )
