"""Technician minutes are taken and given back; the CHECK on the day stands behind it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Row, bindparam, insert, select, text, update
from sqlalchemy.orm import Session

from campaigns.capacity import ALL, Room
from campaigns.choice import Case
from campaigns.crew import roster_of
from campaigns.errors import Conflict
from campaigns.models import Booking, DayLoad, Rollout, Staff, TechnicianDay
from campaigns.rules.days import long_day
from campaigns.rules.room import CAMPAIGN_LIMIT, DAY_LIMIT
from campaigns.store import insert_missing

NO_LIMIT = 2**31 - 1
# Built once, and run past the session: other customers wait for the same day meanwhile.
_HELD = select(Booking.technician_day_id).where(
    Booking.rollout_id == bindparam("rollout"), Booking.released_at.is_(None)
)
_LOCK = (
    select(
        TechnicianDay.id,
        TechnicianDay.lane,
        TechnicianDay.day,
        TechnicianDay.capacity - TechnicianDay.taken,
    )
    .where((TechnicianDay.day == bindparam("wanted")) | TechnicianDay.id.in_(_HELD))
    .order_by(TechnicianDay.id)
    .with_for_update()
)
# Nobody's hours change between looking at them and making the rows of a day.
_ROSTER_STANDS = (
    select(Staff.id).where(Staff.role == "technician").order_by(Staff.id).with_for_update(read=True)
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
    .returning(TechnicianDay.day)
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
_ITS_CAMPAIGN = (
    select(Rollout.campaign_id).where(Rollout.id == bindparam("rollout")).scalar_subquery()
)
_LIGHTEN = update(DayLoad).values(
    rollouts=DayLoad.rollouts - 1, minutes=DayLoad.minutes - bindparam("less")
)
_LIGHTEN_ALL = _LIGHTEN.where(DayLoad.day == bindparam("on"), DayLoad.campaign_id == ALL)
_LIGHTEN_CAMPAIGN = _LIGHTEN.where(
    DayLoad.day == bindparam("on"), DayLoad.campaign_id == _ITS_CAMPAIGN
)
# Makes the two rows of a day or adds to them; a row that a limit keeps as it is does not come back.
_LOAD = text("""
    INSERT INTO day_load (day, campaign_id, rollouts, minutes)
    VALUES (:day, 0, 1, :minutes), (:day, :campaign, 1, :minutes)
    ON CONFLICT (day, campaign_id) DO UPDATE
    SET rollouts = day_load.rollouts + 1, minutes = day_load.minutes + :minutes
    WHERE CASE WHEN day_load.campaign_id = 0
        THEN day_load.rollouts < :most AND day_load.minutes + :minutes <= :most_minutes
        ELSE day_load.rollouts < :most_of_campaign END
    RETURNING campaign_id
""").bindparams(bindparam("day", type_=DayLoad.day.type))
_BOOKED = select(Booking.id, Booking.technician_day_id, Booking.minutes).where(
    Booking.rollout_id == bindparam("rollout"), Booking.released_at.is_(None)
)
_MOVE = (
    update(Booking)
    .where(Booking.id == bindparam("booking"))
    .values(technician_day_id=bindparam("to"))
)
_BOOK = insert(Booking.__table__)  # type: ignore[arg-type]  # declared as a FromClause


def lock_days(
    session: Session, case: Case, day: date, room: Room
) -> Sequence[Row[int, str, date, int]]:
    """Hold the day that is given back and the new one, in one order for everybody.

    Two customers who swap their days would otherwise wait for each other for ever. Returns
    id, lane, day and minutes left of each; nobody else changes them from here on.
    """
    if not room.begun.get(day, frozenset()).issuperset(room.lanes):
        begin(session, day, case.terms.day_minutes)
    return session.connection().execute(_LOCK, {"rollout": case.rollout.id, "wanted": day}).all()


def begin(session: Session, day: date, day_minutes: int) -> None:
    """Make the rows of a day, one a technician, with the minutes that each of them has."""
    session.connection().execute(_ROSTER_STANDS)
    everybody = roster_of(session, day_minutes, day).everybody
    rows = [
        {"lane": one.name, "day": day, "capacity": one.minutes(day), "taken": 0, "excess": 0}
        for one in everybody
    ]
    insert_missing(session, TechnicianDay, rows)


def release(session: Session, rollout_id: int, now: datetime) -> dict[int, int]:
    """Give back what the rollout holds; the minutes, by the id of the day."""
    connection = session.connection()
    row = connection.execute(_RELEASE, {"rollout": rollout_id, "now": now}).first()
    if row is None:
        return {}
    day = connection.execute(_GIVE_BACK, {"which": row[0], "minutes": row[1]}).scalar_one()
    # One row after the other: who gives a day back has not locked all of it.
    connection.execute(_LIGHTEN_ALL, {"on": day, "less": row[1]})
    connection.execute(_LIGHTEN_CAMPAIGN, {"on": day, "less": row[1], "rollout": rollout_id})
    return {row[0]: row[1]}


def book(session: Session, case: Case, version: int, day: date, room: Room, now: datetime) -> None:
    """Give back the day that was held and take the new one, from the technician who has most.

    Raises Conflict `date_taken`.
    """
    locked = lock_days(session, case, day, room)
    back = release(session, case.rollout.id, now)
    minutes, connection = case.terms.minutes, session.connection()
    lanes = sorted(
        (-left - back.get(key, 0), lane, key)
        for key, lane, its_day, left in locked
        if its_day == day and lane in room.lanes
    )
    for _left, _lane, candidate in lanes:
        wanted = {"which": candidate, "minutes": minutes}
        if connection.execute(_TAKE, wanted).first() is not None:
            _add_load(connection, case, day)
            values = {
                "rollout_id": case.rollout.id,
                "version": version,
                "technician_day_id": candidate,
                "minutes": minutes,
            }
            connection.execute(_BOOK, values)
            return
    raise _taken(day, "")


def hand_on(session: Session, case: Case, day: date, lane: str, room: Room) -> None:
    """Another technician takes what the rollout holds; its date stays as it is.

    Raises Conflict `no_date` where it holds nothing on that day, `date_taken` where that
    technician has not enough time left.
    """
    locked = {
        key: its_lane
        for key, its_lane, its_day, _ in lock_days(session, case, day, room)
        if its_day == day
    }
    connection = session.connection()
    held = connection.execute(_BOOKED, {"rollout": case.rollout.id}).first()
    if held is None or held.technician_day_id not in locked:
        raise Conflict("This customer's date changed. Look at the list again.", "no_date")
    target = next((key for key, its_lane in locked.items() if its_lane == lane), None)
    if target == held.technician_day_id:
        return
    wanted = {"which": target, "minutes": held.minutes}
    if target is None or connection.execute(_TAKE, wanted).first() is None:
        raise Conflict(f"{lane} has not enough time left on {long_day(day)}.", "date_taken")
    connection.execute(_GIVE_BACK, {"which": held.technician_day_id, "minutes": held.minutes})
    connection.execute(_MOVE, {"booking": held.id, "to": target})


def _add_load(connection: Connection, case: Case, day: date) -> None:
    """Count the booking against the provider's limits. Raises Conflict `date_taken`."""
    limits = case.terms.limits
    wanted = {
        "day": day,
        "campaign": case.campaign.id,
        "minutes": case.terms.minutes,
        "most": NO_LIMIT if limits.day is None else limits.day,
        "most_minutes": NO_LIMIT if limits.day_minutes is None else limits.day_minutes,
        "most_of_campaign": NO_LIMIT if limits.campaign_day is None else limits.campaign_day,
    }
    counted = set(connection.execute(_LOAD, wanted).scalars())
    if ALL not in counted:
        raise _taken(day, DAY_LIMIT.reason)
    if case.campaign.id not in counted:
        raise _taken(day, CAMPAIGN_LIMIT.reason)


def _taken(day: date, why: str) -> Conflict:
    words = f"{long_day(day)} was just taken. {why}".strip()
    return Conflict(f"{words} Choose one of the days that are still free.", "date_taken")
