"""Station roster: technicians' weeks, days off and skills, and how much is taken on a day.

A date that is agreed stands, whatever changes here: a day on which more is promised than is
left takes nothing more, and staff see it on the roster.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy import bindparam as param
from sqlalchemy.orm import Session

from campaigns.crew import limits_of, roster_of
from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import (
    BookingLimit,
    DayOff,
    Staff,
    TechnicianDay,
    TechnicianSkill,
    TechnicianWeek,
)
from campaigns.models.roster import LIMITS
from campaigns.rules.days import brief_day
from campaigns.rules.roster import CATEGORIES, Limits

WHOLE_DAY = 24 * 60
LONGEST = 366  # days
MOST = {"campaign_day": 10_000, "day": 10_000, "day_minutes": 1_000_000, "distance_days": 365}
SAID = {
    "campaign_day": "Customers a day and campaign",
    "day": "Customers a day",
    "day_minutes": "Minutes a day",
    "distance_days": "Days between two changes",
}
_FROM_NOW = (
    select(TechnicianDay.id, TechnicianDay.day, TechnicianDay.capacity)
    .where(TechnicianDay.lane == param("lane"), TechnicianDay.day >= param("today"))
    .order_by(TechnicianDay.id)
    .with_for_update()
)
_FIT = (
    update(TechnicianDay)
    .where(TechnicianDay.id == param("which"))
    .values(
        capacity=param("now"),
        excess=case(
            (TechnicianDay.taken > param("now"), TechnicianDay.taken - param("now")), else_=0
        ),
    )
)


def find_technician(session: Session, email: str) -> Staff:
    """A technician who works here, held until the transaction ends. Raises NotFound."""
    address = email.strip().casefold()
    return _held(session, Staff.email == address, f"{address} is no technician who works here.")


def technician_numbered(session: Session, number: int) -> Staff:
    """The same by number. Raises NotFound."""
    return _held(session, Staff.id == number, "There is no such technician.")


def set_week(
    session: Session,
    person: Staff,
    week: Sequence[int],
    *,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> None:
    """Minutes for rollouts from Monday to Sunday. Raises Invalid with the field `week`."""
    if len(week) != 7 or not all(0 <= minutes <= WHOLE_DAY for minutes in week):
        raise Invalid(
            "Give seven numbers from 0 to 1440: the minutes from Monday to Sunday.", field="week"
        )
    session.execute(delete(TechnicianWeek).where(TechnicianWeek.staff_id == person.id))
    session.add_all(
        TechnicianWeek(staff_id=person.id, weekday=weekday, minutes=minutes)
        for weekday, minutes in enumerate(week)
    )
    _fit(session, person, now, day_minutes)
    _note(session, person, "technician_week_set", who, now, week=list(week))


def add_day_off(
    session: Session,
    person: Staff,
    starts: date,
    ends: date,
    reason: str,
    *,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> DayOff:
    """Days off, first and last included; said twice they are said once.

    Raises Invalid with the field.
    """
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise Invalid("Write why these days are off, such as: leave.", field="reason")
    if ends < starts:
        raise Invalid("The last day lies before the first.", field="ends")
    if (ends - starts).days >= LONGEST:
        raise Invalid("At most a year can be taken off at once. Check the two days.", field="ends")
    if (known := _same_off(session, person, starts, ends)) is not None:
        return known
    made = DayOff(staff_id=person.id, starts=starts, ends=ends, reason=reason)
    session.add(made)
    _fit(session, person, now, day_minutes)
    span = {"from": str(starts), "to": str(ends), "reason": reason}
    _note(session, person, "day_off_added", who, now, **span)
    return made


def remove_day_off(
    session: Session, person: Staff, number: int, *, who: Actor, now: datetime, day_minutes: int
) -> DayOff:
    """These days are worked after all; what was removed. Raises NotFound."""
    gone = session.get(DayOff, number)
    if gone is None or gone.staff_id != person.id:
        raise NotFound("There is no such day off of this technician.", "no_day_off")
    session.delete(gone)
    _fit(session, person, now, day_minutes)
    span = {"from": str(gone.starts), "to": str(gone.ends), "reason": gone.reason}
    _note(session, person, "day_off_removed", who, now, **span)
    return gone


def day_off_of(session: Session, person: Staff, starts: date, ends: date) -> DayOff:
    """The days off from `starts` to `ends`. Raises NotFound."""
    if (known := _same_off(session, person, starts, ends)) is None:
        raise NotFound("There are no such days off of this technician.", "no_day_off")
    return known


def set_skills(
    session: Session, person: Staff, skills: Collection[str], *, who: Actor, now: datetime
) -> None:
    """The categories of changes that the technician can do; none named is all of them.

    Raises Invalid with the field `skills`.
    """
    unknown = sorted(set(skills) - set(CATEGORIES))
    if unknown:
        known = ", ".join(CATEGORIES)
        raise Invalid(f'"{unknown[0]}" is no category. There are {known}.', field="skills")
    session.execute(delete(TechnicianSkill).where(TechnicianSkill.staff_id == person.id))
    session.add_all(
        TechnicianSkill(staff_id=person.id, category=one) for one in sorted(set(skills))
    )
    _note(session, person, "technician_skills_set", who, now, skills=sorted(set(skills)))


def limits(session: Session) -> Limits:
    """How much is taken on today."""
    return limits_of({row.name: row.value for row in session.scalars(select(BookingLimit))})


def set_limits(
    session: Session, wanted: Mapping[str, int | None], *, who: Actor, now: datetime
) -> Limits:
    """Set limits by name (see BookingLimit); None lifts one, and leaves a week of distance.

    Raises Invalid with the field: what has no such name, is no count or is too much.
    """
    kept = {row.name: row for row in session.scalars(select(BookingLimit).with_for_update())}
    for name, value in wanted.items():
        _check_limit(name, value)
        if value is None:
            if name in kept:
                session.delete(kept[name])
        elif name in kept:
            kept[name].value = value
        else:
            session.add(BookingLimit(name=name, value=value))
    session.flush()
    said = dict(wanted)
    record(session, who=who, what="limits_set", subject="limits", now=now, details=said)
    return limits(session)


def said_of(made: DayOff) -> str:
    """`Mon 3 Aug 2026 to Fri 14 Aug 2026`, or the one day."""
    last = f" to {brief_day(made.ends)}" if made.ends != made.starts else ""
    return f"{brief_day(made.starts)}{last}"


def _same_off(session: Session, person: Staff, starts: date, ends: date) -> DayOff | None:
    return session.scalars(
        select(DayOff).where(
            DayOff.staff_id == person.id, DayOff.starts == starts, DayOff.ends == ends
        )
    ).first()


def _check_limit(name: str, value: int | None) -> None:
    if name not in LIMITS:
        raise Invalid(f'"{name}" is no limit. There are {", ".join(LIMITS)}.', field=name)
    least = 0 if name == "distance_days" else 1
    if value is not None and not least <= value <= MOST[name]:
        raise Invalid(f"{SAID[name]}: give a number from {least} to {MOST[name]:,}.", field=name)


def _held(session: Session, which: ColumnElement[bool], otherwise: str) -> Staff:
    person = session.scalar(
        select(Staff)
        .where(which, Staff.role == "technician", Staff.ended_at.is_(None))
        .with_for_update()
    )
    if person is None:
        raise NotFound(otherwise, "no_technician")
    return person


def _fit(session: Session, person: Staff, now: datetime, day_minutes: int) -> None:
    """The rows of days that lie ahead follow the technician's hours; bookings stay as they are.

    They are locked in the order in which everybody locks them.
    """
    session.flush()
    today = now.astimezone(UTC).date()
    everybody = roster_of(session, day_minutes, today).everybody
    technician = next(one for one in everybody if one.name == person.email)
    connection = session.connection()
    rows = connection.execute(_FROM_NOW, {"lane": person.email, "today": today}).all()
    changed = [
        {"which": key, "now": technician.minutes(day)}
        for key, day, capacity in rows
        if capacity != technician.minutes(day)
    ]
    if changed:
        connection.execute(_FIT, changed)


def _note(
    session: Session, person: Staff, what: str, who: Actor, now: datetime, **details: object
) -> None:
    record(session, who=who, what=what, subject=person.email, now=now, details=details)
