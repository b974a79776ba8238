"""Dates for all customers of a campaign that have none: proposed together, booked by nobody.

What may be had is what `dates.judge` offers each customer; what it costs is said in
`rules.proposing`. A proposal that is accepted is the day that the customer's letter and page
name; the customer still says yes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.capacity import Room
from campaigns.journal import Actor, record
from campaigns.models import Campaign, Rollout
from campaigns.outlook import UNLIKED_CODES, can_have, outlook_among
from campaigns.rules import dates
from campaigns.rules.foresight import Outlook
from campaigns.rules.packing import Packing
from campaigns.rules.proposing import CHANGED, LATER, UNLIKED, Proposal, Wisher, propose
from campaigns.situation import Situation
from campaigns.terms import playbook_of
from campaigns.undecided import places, room_left, undecided

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
    found = undecided(session, campaign, now, day_minutes)
    free, room = room_left(session, found)
    ready = _ready(session, campaign, found, now)
    wishers = [
        _wisher(situation, terms, room, ready.get(situation.customer.id, 0))
        for situation, terms in found
    ]
    plan = propose(wishers, free, places(found, free, room))
    outlook = outlook_among(campaign, found, free, room)
    lines = [_line(situation, terms, plan) for situation, terms in found]
    return Dates(
        campaign.name,
        sorted(lines, key=lambda line: (line.day or date.max, line.customer.casefold())),
        plan,
        outlook,
        _load(wishers, plan, free, found),
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
    any more, or is full with those proposed here before it, is left as it is.
    """
    kept = 0
    found = undecided(session, campaign, now, day_minutes, only=set(chosen))
    free, room = room_left(session, found)
    packing = Packing(free, 0.0, places(found, free, room))
    for situation, terms in found:
        rollout, day = situation.rollout, chosen[situation.rollout.id]
        verdict = dates.by_staff(terms, day, room.free, room.loads)
        wish = Wisher(rollout.id, terms.minutes, 1.0, {day: 0.0})
        if not verdict.open or not packing.put(wish, day) or rollout.proposed_day == day:
            continue
        if not _keep(session, rollout, day, terms):
            continue
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


def _keep(session: Session, rollout: Rollout, day: date, terms: dates.Terms) -> bool:
    """False where the customer has decided meanwhile."""
    times = dates.starts(terms, day) or terms.rules.slots  # staff may go outside the hours
    kept = session.scalar(
        update(Rollout)
        .where(Rollout.id == rollout.id, Rollout.version == rollout.version)
        .values(proposed_day=day, proposed_time=times[-1])
        .returning(Rollout.id)
    )
    return kept is not None


def _ready(
    session: Session,
    campaign: Campaign,
    found: Sequence[tuple[Situation, dates.Terms]],
    now: datetime,
) -> dict[int, int]:
    """How many people of each customer are known to be ready, by customer."""
    evidence = playbook_of(campaign.playbook_source).evidence.value
    rollouts = [situation.rollout.id for situation, _ in found]
    counts = people.count(session, rollouts, campaign.id, evidence, now.date())
    return {customer: counted.done for customer, counted in counts.items()}


def _weight(persons: int, ready: int) -> float:
    """How much it matters when a customer comes: larger ones first, and of two of one size the
    one where more people would stand outside if it came late. 2 for a usual one, nobody ready."""
    outside = max(0, persons - ready)
    return 1 + (persons + outside) / (2 * USUAL_PEOPLE)


def _wisher(situation: Situation, terms: dates.Terms, room: Room, ready: int) -> Wisher:
    rollout = situation.rollout
    weight = _weight(situation.people, ready)
    days: dict[date, float] = {}
    why: dict[str, int] = {}
    for place, offered in enumerate(dates.offer(terms, room.free, room.loads)):
        if not can_have(terms, offered, room):
            if offered.verdict.code not in UNLIKED_CODES:
                why[offered.verdict.reason] = why.get(offered.verdict.reason, 0) + 1
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
    found: Sequence[tuple[Situation, dates.Terms]],
) -> list[tuple[date, int, int]]:
    minutes = {one.key: one.minutes for one in wishers}
    used: dict[date, int] = {}
    for key, day in plan.placed.items():
        used[day] = used.get(day, 0) + minutes[key]
    crew = found[0][1].crew if found else None
    whole = {day: sum(one.minutes(day) for one in crew.fitting) if crew else 0 for day in used}
    return [(day, whole[day] - sum(free[day]) + used[day], whole[day]) for day in sorted(used)]
