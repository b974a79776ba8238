"""The roster: who works when, what lies ahead day by day, and days on which too much is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.crew import Roster, roster_of
from campaigns.models import (
    Agreement,
    Booking,
    Campaign,
    Customer,
    DayOff,
    Rollout,
    Staff,
    TechnicianDay,
)
from campaigns.rules.calendar import DAY
from campaigns.rules.roster import Limits, Technician

AHEAD = 42  # days shown
HELPED = 12  # customers on days with too much for whom other days are looked up
NAMED = 3  # other days that are named
_OFF = (
    select(DayOff)
    .where(DayOff.ends >= bindparam("today"))
    .order_by(DayOff.staff_id, DayOff.starts, DayOff.id)
)
_AHEAD = (
    select(
        TechnicianDay.id,
        TechnicianDay.lane,
        TechnicianDay.day,
        TechnicianDay.capacity,
        TechnicianDay.taken,
    )
    .where(TechnicianDay.day >= bindparam("today"))
    .order_by(TechnicianDay.day, TechnicianDay.lane)
)
_BOOKINGS = (
    select(
        Booking.technician_day_id,
        Booking.minutes,
        Rollout.id,
        Customer.id,
        Customer.name,
        Campaign.name,
        Agreement.local_time,
    )
    .join(Rollout, Rollout.id == Booking.rollout_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(TechnicianDay, TechnicianDay.id == Booking.technician_day_id)
    .outerjoin(
        Agreement,
        (Agreement.rollout_id == Booking.rollout_id) & (Agreement.version == Booking.version),
    )
    .where(Booking.released_at.is_(None), TechnicianDay.day >= bindparam("today"))
    .order_by(Booking.technician_day_id, Agreement.local_time, Customer.name)
)


@dataclass(frozen=True, slots=True)
class TechnicianLine:
    """A technician; `skills` empty is every category, `off` what lies ahead."""

    staff_id: int
    name: str
    email: str
    week: tuple[int, ...]
    skills: tuple[str, ...]
    off: tuple[DayOff, ...]


@dataclass(frozen=True, slots=True)
class DayAhead:
    """Minutes of all technicians on one day, and how many customers are booked."""

    day: date
    customers: int
    booked: int
    whole: int
    too_much: bool

    @property
    def left(self) -> int:
        return max(0, self.whole - self.booked)


@dataclass(frozen=True, slots=True)
class Crowded:
    """A customer on a day on which its technician has promised more than there is.

    `takers` could do it on the same day, `days` are the next days that the customer could have.
    """

    rollout_id: int
    customer_id: int
    customer: str
    campaign: str
    at: time | None
    minutes: int
    takers: tuple[str, ...]
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class TooMuch:
    """`why`: the technician is off, has left, or has less time than before."""

    day: date
    technician: str
    promised: int
    there: int
    why: str
    customers: tuple[Crowded, ...]


@dataclass(frozen=True, slots=True)
class RosterView:
    technicians: tuple[TechnicianLine, ...]
    limits: Limits
    ahead: tuple[DayAhead, ...]
    too_much: tuple[TooMuch, ...]


_Booked = tuple[int, int, int, str, str, time | None]


@dataclass(frozen=True, slots=True)
class _Days:
    """What is known of the days ahead: rows, and the bookings by the id of the row."""

    rows: Sequence[tuple[int, str, date, int, int]]
    bookings: Mapping[int, Sequence[_Booked]]


def roster_view(session: Session, now: datetime, day_minutes: int) -> RosterView:
    """Everything that the roster shows."""
    today = now.astimezone(UTC).date()
    roster = roster_of(session, day_minutes, today)
    days = _days(session, today)
    return RosterView(
        technicians=_lines(session, roster, today),
        limits=roster.limits,
        ahead=_ahead(roster, days, today),
        too_much=_too_much(session, roster, days, now, day_minutes),
    )


def _days(session: Session, today: date) -> _Days:
    bookings: dict[int, list[_Booked]] = {}
    for key, *rest in session.execute(_BOOKINGS, {"today": today}):
        bookings.setdefault(key, []).append(tuple(rest))  # type: ignore[arg-type]
    rows = session.execute(_AHEAD, {"today": today}).all()
    return _Days([(*row,) for row in rows], bookings)


def _lines(session: Session, roster: Roster, today: date) -> tuple[TechnicianLine, ...]:
    people = {p.email: p for p in session.scalars(select(Staff).where(Staff.ended_at.is_(None)))}
    off: dict[int, list[DayOff]] = {}
    for row in session.scalars(_OFF, {"today": today}):
        off.setdefault(row.staff_id, []).append(row)
    return tuple(
        TechnicianLine(
            staff_id=people[one.name].id,
            name=people[one.name].name,
            email=one.name,
            week=one.week,
            skills=tuple(sorted(skills)),
            off=tuple(off.get(people[one.name].id, ())),
        )
        for one, skills in roster.technicians
        if one.name in people
    )


def _ahead(roster: Roster, days: _Days, today: date) -> tuple[DayAhead, ...]:
    names = {one.name for one in roster.everybody}
    customers: dict[date, int] = {}
    booked: dict[date, int] = {}
    over: set[date] = set()
    for key, lane, day, capacity, taken in days.rows:
        customers[day] = customers.get(day, 0) + len(days.bookings.get(key, ()))
        booked[day] = booked.get(day, 0) + taken
        if taken > (capacity if lane in names else 0):
            over.add(day)
    found = []
    for day in (today + n * DAY for n in range(AHEAD)):
        whole = sum(one.minutes(day) for one in roster.everybody)
        if whole or booked.get(day):
            one = DayAhead(day, customers.get(day, 0), booked.get(day, 0), whole, day in over)
            found.append(one)
    return tuple(found)


def _too_much(
    session: Session, roster: Roster, days: _Days, now: datetime, day_minutes: int
) -> tuple[TooMuch, ...]:
    technicians = {one.name: one for one in roster.everybody}
    left = {(day, lane): capacity - taken for _, lane, day, capacity, taken in days.rows}
    found: list[TooMuch] = []
    helped = HELPED
    for key, lane, day, capacity, taken in days.rows:
        there = capacity if lane in technicians else 0
        if taken <= there:
            continue
        crowded = []
        for booking in days.bookings.get(key, ()):
            case = choice.open_case(session, booking[1], now, day_minutes) if helped > 0 else None
            helped -= 1
            crowded.append(_crowded(session, booking, case, left, lane, day))
        why = _why(technicians.get(lane), day)
        found.append(TooMuch(day, lane, taken, there, why, tuple(crowded)))
    return tuple(found)


def _crowded(
    session: Session,
    booking: _Booked,
    case: choice.Case | None,
    left: Mapping[tuple[date, str], int],
    lane: str,
    day: date,
) -> Crowded:
    minutes, rollout, customer, name, campaign, at = booking
    takers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    if case is not None and case.terms.crew is not None:
        takers = tuple(
            one.name
            for one in case.terms.crew.fitting
            if one.name != lane and left.get((day, one.name), one.minutes(day)) >= minutes
        )
        open_days = (one.day for one in choice.offers(session, case) if one.verdict.open)
        days = tuple(one for one in open_days if one != day)[:NAMED]
    return Crowded(rollout, customer, name, campaign, at, minutes, takers, days)


def _why(technician: Technician | None, day: date) -> str:
    if technician is None:
        return "works here no more"
    return "has less time now" if technician.minutes(day) else "does not work on this day"
