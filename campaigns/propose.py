"""Dates for all customers of a campaign that have none: proposed together, booked by nobody.

What may be had is what `dates.judge` offers each customer; what it costs is said in
`rules.proposing`. A proposal that is accepted is the day that the customer's letter and page
name; the customer still says yes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns.capacity import lanes
from campaigns.journal import Actor, record
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
from campaigns.rules.foresight import Outlook, foresee
from campaigns.rules.proposing import CHANGED, LATER, UNLIKED, Proposal, Wisher, propose
from campaigns.situation import Situation
from campaigns.terms import calendar_with, freezes_of, playbook_of, terms_for

UNDECIDED = ("planned", "invited", "proposed", "missed")
UNLIKED_CODES = ("avoided_weekday", "eve")
USUAL_PEOPLE = 25  # a customer of usual size


@dataclass(frozen=True, slots=True)
class Line:
    """One customer of the proposal; `day` None has its `reason`."""

    rollout_id: int
    customer: str
    people: int
    minutes: int
    before: date | None
    day: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Dates:
    """What is proposed for a campaign at this moment, and whether it can be done at all."""

    campaign: str
    lines: Sequence[Line]
    proposal: Proposal
    outlook: Outlook
    load: Sequence[tuple[date, int, int]]  # minutes taken with the proposal, minutes there are


def proposed(session: Session, campaign: Campaign, now: datetime, day_minutes: int) -> Dates:
    """The best days that can be found for everybody without a date. Changes nothing."""
    found = [
        (situation, terms)
        for situation, terms in _undecided(session, campaign, now, day_minutes)
        if terms.span.last > terms.today
    ]
    free = _free(session, found, day_minutes)
    most = {day: max(left, default=0) for day, left in free.items()}
    wishers = [_wisher(situation, terms, most) for situation, terms in found]
    plan = propose(wishers, free)
    usual = [day for day in free if day.weekday() not in _avoided(campaign)]
    ahead = sorted(day for day in usual if any(day in one.days for one in wishers))
    outlook = foresee(
        [one.minutes for one in wishers],
        [(day, free[day]) for day in ahead],
        campaign.vendor_day,
    )
    lines = [_line(situation, terms, plan) for situation, terms in found]
    return Dates(
        campaign.name,
        sorted(lines, key=lambda line: (line.day or date.max, line.customer.casefold())),
        plan,
        outlook,
        _load(wishers, plan, free, day_minutes, len(lanes(session))),
    )


def quality(found: Dates) -> str:
    """How good the plan is, in a sentence."""
    plan = found.proposal
    if not found.lines:
        return "Nobody is without a date."
    if plan.proved:
        return "No better plan is possible."
    saved = max(0.0, plan.in_turn - plan.cost)
    better = f", {saved / plan.in_turn:.0%} cheaper than one after the other" if saved else ""
    return f"At most {plan.gap:.1%} from the best plan that there could be{better}."


def accept(
    session: Session,
    campaign: Campaign,
    chosen: Mapping[int, date],
    *,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> int:
    """Keep these days as what is proposed to the customers; how many are new.

    Nothing is booked. A customer that has agreed a date meanwhile, or whose day cannot be had
    any more, is left as it is.
    """
    kept = 0
    for situation, terms in _undecided(session, campaign, now, day_minutes, only=set(chosen)):
        rollout, day = situation.rollout, chosen[situation.rollout.id]
        verdict = dates.by_staff(terms, day, {})
        if not verdict.open or rollout.proposed_day == day:
            continue
        session.execute(
            update(Rollout)
            .where(Rollout.id == rollout.id, Rollout.version == rollout.version)
            .values(proposed_day=day, proposed_time=terms.rules.slots[-1])
        )
        record(
            session,
            who=who,
            what="date_proposed",
            subject=f"{campaign.name}: {situation.customer.name}",
            now=now,
            customer_id=situation.customer.id,
            details={"day": day.isoformat()},
        )
        kept += 1
    return kept


def _undecided(
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
    freezes = freezes_of(session, [customer.id for _, customer, _, _ in rows])
    found = []
    for rollout, customer, people, current in rows:
        situation = Situation(rollout, campaign, customer, change, current, people)
        calendar = calendar_with(customer, freezes)
        found.append((situation, terms_for(situation, calendar, now, day_minutes)))
    return found


def _avoided(campaign: Campaign) -> Collection[int]:
    return playbook_of(campaign.playbook_source).rules.avoid_weekdays


def _free(
    session: Session, found: Sequence[tuple[Situation, dates.Terms]], day_minutes: int
) -> dict[date, list[int]]:
    """What each technician has left on each day that somebody may have."""
    if not found:
        return {}
    first = min(terms.span.first for _, terms in found)
    last = max(terms.span.last for _, terms in found)
    names = lanes(session)
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity, TechnicianDay.taken
        ).where(TechnicianDay.day.between(first, last))
    )
    begun = {(day, lane): capacity - taken for day, lane, capacity, taken in rows}
    days = [first.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    return {day: [begun.get((day, lane), day_minutes) for lane in names] for day in days}


def _wisher(situation: Situation, terms: dates.Terms, most: Mapping[date, int]) -> Wisher:
    rollout = situation.rollout
    weight = 1 + situation.people / USUAL_PEOPLE
    days: dict[date, float] = {}
    why: dict[str, int] = {}
    for place, offered in enumerate(dates.offer(terms, most)):
        code = offered.verdict.code
        if not offered.verdict.open and code not in UNLIKED_CODES:
            why[offered.verdict.reason] = why.get(offered.verdict.reason, 0) + 1
            continue
        if not offered.verdict.open and not dates.by_staff(terms, offered.day, most).open:
            continue
        price = LATER * weight * place / 5 + (0 if offered.verdict.open else UNLIKED)
        if rollout.proposed_day not in (None, offered.day):
            price += CHANGED
        days[offered.day] = price
    shut = max(why, key=why.__getitem__) if why else ""
    return Wisher(rollout.id, terms.minutes, weight, days, shut)


def _line(situation: Situation, terms: dates.Terms, plan: Proposal) -> Line:
    rollout = situation.rollout
    return Line(
        rollout.id,
        situation.customer.name,
        situation.people,
        terms.minutes,
        rollout.proposed_day,
        plan.placed.get(rollout.id),
        plan.unplaced.get(rollout.id, ""),
    )


def _load(
    wishers: Sequence[Wisher],
    plan: Proposal,
    free: Mapping[date, Sequence[int]],
    day_minutes: int,
    technicians: int,
) -> list[tuple[date, int, int]]:
    minutes = {one.key: one.minutes for one in wishers}
    used: dict[date, int] = {}
    for key, day in plan.placed.items():
        used[day] = used.get(day, 0) + minutes[key]
    whole = day_minutes * technicians
    return [(day, whole - sum(free[day]) + used[day], whole) for day in sorted(used)]
