"""Agreed dates that lie in a freeze, each with a new date that could be had instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.capacity import Room
from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    Freeze,
    FreezeKept,
    Rollout,
    TechnicianDay,
)
from campaigns.rules import dates
from campaigns.rules.calendar import DAY
from campaigns.rules.roster import Load
from campaigns.terms import calendar_with, closure_of, freezes_of


@dataclass(frozen=True, slots=True)
class Struck:
    """An agreed date in a freeze. `to` and `to_at` are what is proposed instead; `why` says why
    nothing can be. `kept` where staff let it stand."""

    rollout_id: int
    customer_id: int
    customer: str
    campaign: str
    version: int
    day: date
    at: time
    zone: str
    to: date | None = None
    to_at: time | None = None
    why: str = ""
    kept: FreezeKept | None = None


@dataclass
class _Given:
    """What was proposed to others on the same list: minutes by day and technician, and days."""

    left: dict[tuple[date, str], int]
    loads: dict[date, list[tuple[str, int]]] = field(default_factory=dict)
    days: dict[int, list[date]] = field(default_factory=dict)


def struck(session: Session, freeze: Freeze, now: datetime, day_minutes: int) -> Sequence[Struck]:
    """Every agreed date ahead that lies in this freeze, earliest first, with a new date for each.

    The new date is the nearest that the judge offers that customer, a day earlier counting
    twice since people have to be ready. All of them fit together. Changes nothing.
    """
    found = in_freeze(session, freeze, now)
    given = _Given(_left(session, now)) if found else _Given({})
    return [_with_date(session, one, given, now, day_minutes) for one in found]


def in_freeze(session: Session, freeze: Freeze, now: datetime) -> list[Struck]:
    """The same without new dates."""
    query = (
        select(Rollout, Customer, Campaign.name, Agreement, FreezeKept)
        .join(Customer, Customer.id == Rollout.customer_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .outerjoin(
            FreezeKept,
            (FreezeKept.freeze_id == freeze.id)
            & (FreezeKept.rollout_id == Rollout.id)
            & (FreezeKept.version == Rollout.version),
        )
        .where(
            Rollout.state == "agreed",
            Campaign.state.in_(("running", "held")),
            Agreement.day >= max(freeze.starts, now.date()),
        )
        .order_by(Agreement.day, Customer.folded_name, Rollout.id)
    )
    if freeze.customer_id is not None:
        query = query.where(Rollout.customer_id == freeze.customer_id)
    if freeze.campaign_id is not None:
        query = query.where(Rollout.campaign_id == freeze.campaign_id)
    rows = session.execute(query).all()
    closure = closure_of(freeze)
    working = freezes_of(session, [customer.id for _, customer, *_ in rows])
    return [
        Struck(
            rollout_id=rollout.id,
            customer_id=customer.id,
            customer=customer.name,
            campaign=campaign,
            version=rollout.version,
            day=agreed.day,
            at=agreed.local_time or time(9),
            zone=agreed.zone,
            kept=kept,
        )
        for rollout, customer, campaign, agreed, kept in rows
        if agreed.day and closure.covers(agreed.day, calendar_with(customer, working).opens)
    ]


def _left(session: Session, now: datetime) -> dict[tuple[date, str], int]:
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity - TechnicianDay.taken
        ).where(TechnicianDay.day >= now.date() - DAY)
    )
    return {(day, lane): left for day, lane, left in rows}


def _with_date(
    session: Session, one: Struck, given: _Given, now: datetime, day_minutes: int
) -> Struck:
    case = choice.open_case(session, one.rollout_id, now, day_minutes)
    others = (*case.terms.others, *given.days.get(one.customer_id, ()))
    # It is we who move the date: what the customer may still move is not used up by it.
    terms = replace(case.terms, others=tuple(sorted(others)), no_later=None)
    room = choice.room_of(session, case, terms.span.first, terms.span.last)
    offered = dates.offer(terms, _free(terms, room, given), _loads(one, room, given))
    open_days = [day for day in offered if day.verdict.open]
    if not open_days:
        return replace(one, why=_why(offered, one.day))
    nearest = min(open_days, key=lambda offered: _distance(one.day, offered.day))
    at = one.at if one.at in nearest.times else nearest.times[-1]
    if one.kept is None:
        _take(one, nearest.day, terms, given)
    return replace(one, to=nearest.day, to_at=at)


def _distance(old: date, new: date) -> tuple[int, date]:
    days = (new - old).days
    return (days if days > 0 else -2 * days, new)


def _free(terms: dates.Terms, room: Room, given: _Given) -> dict[date, int]:
    """The most that any technician with the skill has left, with what the list gives away."""
    crew = terms.crew.fitting if terms.crew else ()
    days = {*room.free, *(day for day, _ in given.left)}
    return {
        day: max((given.left.get((day, one.name), one.minutes(day)) for one in crew), default=0)
        for day in days
    }


def _loads(one: Struck, room: Room, given: _Given) -> Mapping[date, Load]:
    loads = dict(room.loads)
    for day, taken in given.loads.items():
        load = loads.get(day, Load())
        loads[day] = Load(
            load.campaign + sum(campaign == one.campaign for campaign, _ in taken),
            load.rollouts + len(taken),
            load.minutes + sum(minutes for _, minutes in taken),
        )
    return loads


def _take(one: Struck, day: date, terms: dates.Terms, given: _Given) -> None:
    crew = terms.crew.fitting if terms.crew else ()
    left = {tech.name: given.left.get((day, tech.name), tech.minutes(day)) for tech in crew}
    if left:
        lane = max(sorted(left), key=left.__getitem__)
        given.left[day, lane] = left[lane] - terms.minutes
    given.loads.setdefault(day, []).append((one.campaign, terms.minutes))
    given.days.setdefault(one.customer_id, []).append(day)


def _why(offered: Sequence[dates.OfferedDay], old: date) -> str:
    """The reason that closes the most of the days that lie ahead of the old one."""
    counts: dict[str, int] = {}
    for day in offered:
        if day.day > old and day.verdict.code not in ("past", "weekend", "avoided_weekday"):
            counts[day.verdict.reason] = counts.get(day.verdict.reason, 0) + 1
    return max(counts, key=counts.__getitem__) if counts else "No day is left before the last one."
