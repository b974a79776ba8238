"""Technician time: how much of whose days is left, and what others have booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from campaigns.crew import roster_of
from campaigns.models import Booking, Campaign, DayLoad, Rollout, TechnicianDay, VendorChange
from campaigns.rows import rows_of
from campaigns.rules.roster import Crew, Limits, Load
from campaigns.rules.steps import Playbook

ALL = 0  # stands for the campaign in a day's load over all campaigns
# Built once: putting a statement together takes longer than the database takes to answer it.
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
_ITS_CAMPAIGN = (
    select(Rollout.campaign_id).where(Rollout.id == bindparam("rollout")).scalar_subquery()
)
_LOADS = select(DayLoad.day, DayLoad.campaign_id, DayLoad.rollouts, DayLoad.minutes).where(
    DayLoad.day.between(bindparam("first"), bindparam("last")),
    or_(DayLoad.campaign_id == ALL, DayLoad.campaign_id == _ITS_CAMPAIGN),
)

_CATEGORY = (
    select(VendorChange.category)
    .join(Campaign, Campaign.change_id == VendorChange.id)
    .join(Rollout, Rollout.campaign_id == Campaign.id)
    .where(Rollout.id == bindparam("rollout"))
)


@dataclass(frozen=True, slots=True)
class Room:
    """What one rollout can have. `lanes` are those that can be booked, `begun` the lanes that
    have a row for a day, `free` for each day with bookings the most minutes that any one
    technician of `lanes` has left; what the rollout holds itself counts as free for it. `loads`
    are what others have booked, by day, where the provider's limits bind."""

    lanes: tuple[str, ...]
    begun: Mapping[date, frozenset[str]]
    free: Mapping[date, int]
    loads: Mapping[date, Load]


@dataclass(frozen=True, slots=True)
class _Held:
    day: date
    minutes: int


def minutes_needed(people: int, book: Playbook, day_minutes: int, crew: Crew | None = None) -> int:
    """Technician minutes for one customer: the playbook's base and so many a person.

    Never more than one technician's day (the longest day of the `crew`, where there is one): a
    larger customer takes the whole day.
    """
    effort = book.effort
    longest = (crew.longest if crew else 0) or day_minutes
    return min(longest, effort.base_minutes + effort.minutes_per_person * people)


def room_for(
    session: Session,
    rollout_id: int,
    first: date,
    last: date,
    day_minutes: int,
    crew: Crew | None = None,
    limits: Limits | None = None,
) -> Room:
    """What is left between two days, both included, for a rollout that may hold one of them.

    `crew` and `limits` are those of its terms, and are read where they are not at hand.
    """
    if crew is None or limits is None:
        roster = roster_of(session, day_minutes, first)
        category = rows_of(session, _CATEGORY, rollout=rollout_id).scalar_one()
        crew, limits = roster.crew(category), roster.limits
    lanes = {one.name: one for one in crew.fitting}
    left: dict[date, dict[str, int]] = {}
    begun: dict[date, set[str]] = {}
    held: _Held | None = None
    for day, lane, minutes, own in rows_of(
        session, _DAYS, rollout=rollout_id, first=first, last=last
    ):
        begun.setdefault(day, set()).add(lane)
        if own is not None:
            held = _Held(day, own)
        if lane in lanes:
            left.setdefault(day, {})[lane] = minutes + (own or 0)
    free = {
        day: max(
            (booked[name] if name in booked else one.minutes(day) for name, one in lanes.items()),
            default=0,
        )
        for day, booked in left.items()
    }
    loads = _loads(session, rollout_id, first, last, held) if limits.bind else {}
    return Room(tuple(lanes), {day: frozenset(names) for day, names in begun.items()}, free, loads)


def _loads(
    session: Session, rollout_id: int, first: date, last: date, held: _Held | None
) -> dict[date, Load]:
    """What others have booked, day by day."""
    found: dict[date, Load] = {}
    rows = rows_of(session, _LOADS, rollout=rollout_id, first=first, last=last)
    for day, campaign, rollouts, minutes in rows:
        load = found.get(day, Load())
        own = held if held is not None and held.day == day else None
        others = rollouts - (1 if own else 0)
        if campaign == ALL:
            left = minutes - (own.minutes if own else 0)
            found[day] = Load(load.campaign, others, left)
        else:
            found[day] = Load(others, load.rollouts, load.minutes)
    return found
