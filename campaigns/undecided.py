"""The customers of a campaign without a date, and what is left for them, in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.capacity import Room, room_for
from campaigns.crew import roster_of
from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    Headcount,
    Rollout,
    TechnicianDay,
    VendorChange,
)
from campaigns.rules import dates
from campaigns.situation import Situation
from campaigns.terms import calendar_with, freezes_of, terms_for
from campaigns.waves import waiting_on, waves_of

UNDECIDED = ("planned", "invited", "proposed", "missed")
FAR = timedelta(days=366)  # a day longer past is near nothing


def undecided(
    session: Session,
    campaign: Campaign,
    now: datetime,
    day_minutes: int,
    only: Collection[int] | None = None,
) -> list[tuple[Situation, dates.Terms]]:
    """In one go for all of them: a handful of statements, however many there are."""
    query = (
        select(Rollout, Customer, func.coalesce(Headcount.people, 0), Agreement)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(Headcount, Headcount.customer_id == Customer.id)
        .outerjoin(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(
            Rollout.campaign_id == campaign.id,
            Rollout.state.in_(UNDECIDED),
            Agreement.day.is_(None),
        )
        .order_by(Customer.folded_name)
    )
    rows = [row for row in session.execute(query) if only is None or row[0].id in only]
    change = session.get_one(VendorChange, campaign.change_id)
    freezes = freezes_of(session, [customer.id for _, customer, _, _ in rows], campaign.id)
    roster = roster_of(session, day_minutes, now.date())
    others = _others(session, campaign, now.date())
    waves = waves_of(session, campaign.id) if rows else ()
    found = []
    for rollout, customer, people, current in rows:
        situation = Situation(rollout, campaign, customer, change, current, people)
        calendar = calendar_with(customer, freezes)
        found.append(
            (
                situation,
                terms_for(
                    situation,
                    calendar,
                    now,
                    day_minutes,
                    roster,
                    others.get(customer.id, ()),
                    wave=waiting_on(waves, calendar.today(now)).get(rollout.wave_id, ""),
                ),
            )
        )
    return found


def _others(session: Session, campaign: Campaign, today: date) -> dict[int, tuple[date, ...]]:
    """The days of the customers' other campaigns; see `distance.others_of`."""
    rows = session.execute(
        select(Rollout.customer_id, Agreement.day)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(
            Rollout.campaign_id != campaign.id,
            Campaign.state.not_in(("draft", "approved", "cancelled")),
            Agreement.day >= today - FAR,
        )
        .order_by(Agreement.day)
    )
    found: dict[int, tuple[date, ...]] = {}
    for customer, day in rows:
        assert day is not None
        found[customer] = (*found.get(customer, ()), day)
    return found


def room_left(
    session: Session, found: Sequence[tuple[Situation, dates.Terms]]
) -> tuple[dict[date, list[int]], Room]:
    """What each technician with the skill has left on each day that somebody may have."""
    if not found:
        return {}, Room((), {}, {}, {})
    situation, terms = found[0]
    assert terms.crew is not None
    first = min(one.span.first for _, one in found)
    last = max(one.span.last for _, one in found)
    room = room_for(
        session, situation.rollout.id, first, last, terms.day_minutes, terms.crew, terms.limits
    )
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity, TechnicianDay.taken
        ).where(TechnicianDay.day.between(first, last))
    )
    begun = {(day, lane): capacity - taken for day, lane, capacity, taken in rows}
    days = [first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    left = {
        day: [begun.get((day, one.name), one.minutes(day)) for one in terms.crew.fitting]
        for day in days
    }
    return {day: _within(minutes, terms, room, day) for day, minutes in left.items()}, room


def _within(minutes: list[int], terms: dates.Terms, room: Room, day: date) -> list[int]:
    """Cut to the provider's limit of minutes a day, the least of them first."""
    if terms.limits.day_minutes is None:
        return minutes
    left = max(0, terms.limits.day_minutes - room.loads.get(day, dates.NO_LOAD).minutes)
    kept = []
    for have in sorted(minutes, reverse=True):
        kept.append(min(have, left))
        left -= kept[-1]
    return kept


def places(
    found: Sequence[tuple[Situation, dates.Terms]], free: Mapping[date, Sequence[int]], room: Room
) -> dict[date, int]:
    """How many customers more each day takes, where the provider limits them."""
    if not found:
        return {}
    limits = found[0][1].limits
    most: dict[date, int] = {}
    for day in free:
        load = room.loads.get(day, dates.NO_LOAD)
        rests = [
            limit - taken
            for limit, taken in ((limits.campaign_day, load.campaign), (limits.day, load.rollouts))
            if limit is not None
        ]
        if rests:
            most[day] = max(0, min(rests))
    return most
