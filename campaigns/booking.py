"""Technician minutes are taken and given back; the CHECK on the day stands behind it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from campaigns.capacity import Room
from campaigns.choice import Case
from campaigns.errors import Conflict
from campaigns.models import Booking, TechnicianDay
from campaigns.rules.days import long_day
from campaigns.store import insert_missing

# Built once, and run past the session: other customers wait for the same day meanwhile.
_HELD = select(Booking.technician_day_id).where(
    Booking.rollout_id == bindparam("rollout"), Booking.released_at.is_(None)
)
_LOCK = (
    select(TechnicianDay.id, TechnicianDay.lane, TechnicianDay.day, TechnicianDay.taken)
    .where((TechnicianDay.day == bindparam("wanted")) | TechnicianDay.id.in_(_HELD))
    .order_by(TechnicianDay.id)
    .with_for_update()
)
_RELEASE = (
    update(Booking)
    .where(Booking.rollout_id == bindparam("rollout"), Booking.released_at.is_(None))
    .values(released_at=bindparam("now"))
    .returning(Booking.technician_day_id, Booking.minutes)
)
_GIVE_BACK = (
    update(TechnicianDay)
    .where(TechnicianDay.id == bindparam("which"))
    .values(taken=TechnicianDay.taken - bindparam("minutes"))
)
_TAKE = (
    update(TechnicianDay)
    .where(
        TechnicianDay.id == bindparam("which"),
        TechnicianDay.taken + bindparam("minutes") <= TechnicianDay.capacity,
    )
    .values(taken=TechnicianDay.taken + bindparam("minutes"))
    .returning(TechnicianDay.id)
)
_BOOK = insert(Booking.__table__)  # type: ignore[arg-type]  # declared as a FromClause


def lock_days(
    session: Session, case: Case, day: date, room: Room
) -> Sequence[Row[int, str, date, int]]:
    """Hold the day that is given back and the new one, in one order for everybody.

    Two customers who swap their days would otherwise wait for each other for ever. Returns
    id, lane, day and minutes taken of each; nobody else changes them from here on.
    """
    if not room.begun.get(day, frozenset()).issuperset(room.lanes):
        capacity = case.terms.day_minutes
        rows = [{"lane": lane, "day": day, "capacity": capacity, "taken": 0} for lane in room.lanes]
        insert_missing(session, TechnicianDay, rows)
    return session.connection().execute(_LOCK, {"rollout": case.rollout.id, "wanted": day}).all()


def release(session: Session, rollout_id: int, now: datetime) -> dict[int, int]:
    """Give back what the rollout holds; the minutes, by the id of the day."""
    connection = session.connection()
    row = connection.execute(_RELEASE, {"rollout": rollout_id, "now": now}).first()
    if row is None:
        return {}
    connection.execute(_GIVE_BACK, {"which": row[0], "minutes": row[1]})
    return {row[0]: row[1]}


def book(session: Session, case: Case, version: int, day: date, room: Room, now: datetime) -> None:
    """Give back the day that was held and take the new one, from the technician who has most.

    Raises Conflict `date_taken`.
    """
    locked = lock_days(session, case, day, room)
    back = release(session, case.rollout.id, now)
    minutes, connection = case.terms.minutes, session.connection()
    lanes = sorted(
        (taken - back.get(key, 0), lane, key)
        for key, lane, its_day, taken in locked
        if its_day == day and lane in room.lanes
    )
    for _taken, _lane, candidate in lanes:
        wanted = {"which": candidate, "minutes": minutes}
        if connection.execute(_TAKE, wanted).first() is not None:
            values = {
                "rollout_id": case.rollout.id,
                "version": version,
                "technician_day_id": candidate,
                "minutes": minutes,
            }
            connection.execute(_BOOK, values)
            return
    raise Conflict(
        f"{long_day(day)} was just taken. Choose one of the days that are still free.",
        "date_taken",
    )
