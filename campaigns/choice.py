"""What one customer can choose from: the case, the days on offer, the day we would suggest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.capacity import Room, room_for
from campaigns.crew import ROSTER, Roster, roster_in
from campaigns.deferring import ANSWERS, answers_in
from campaigns.distance import OTHERS, others_in
from campaigns.models import Agreement, Campaign, Customer, Rollout, VendorChange
from campaigns.rows import by_kind, rows_of, together
from campaigns.rules import dates
from campaigns.rules.calendar import DAY
from campaigns.rules.deferrals import Deferrals
from campaigns.situation import Situation, situation_of
from campaigns.terms import (
    WORKING_TIME,
    calendar_with,
    playbook_of,
    terms_for,
    working_time_in,
)
from campaigns.waves import why_waiting

# What stands around a rollout, in one statement: it is read for every decision.
_WITHOUT_ROSTER = together(*WORKING_TIME, OTHERS, *ANSWERS)
_AROUND = together(*WORKING_TIME, OTHERS, *ANSWERS, *ROSTER)
UNDO = timedelta(hours=24)  # how long whoever decides can take back what somebody else chose


@dataclass(frozen=True, slots=True)
class Case:
    """A rollout with what is needed to decide about its date.

    `neighbours` are the customer's rollouts in other campaigns that may choose a date as well,
    `answer_keys` those of the forms that were answered.
    """

    rollout: Rollout
    campaign: Campaign
    customer: Customer
    change: VendorChange
    terms: dates.Terms
    current: Agreement | None
    deferrals: Deferrals
    neighbours: tuple[int, ...] = ()
    answer_keys: frozenset[str] = frozenset()


def open_case(session: Session, rollout_id: int, now: datetime, day_minutes: int) -> Case:
    """Everything that a decision about this rollout's date rests on. Raises NotFound."""
    return case_in(session, situation_of(session, rollout_id), now, day_minutes)


def case_in(
    session: Session,
    situation: Situation,
    now: datetime,
    day_minutes: int,
    roster: Roster | None = None,
) -> Case:
    """The same for a situation that is at hand, and the `roster` of the customer's own today."""
    rollout, customer = situation.rollout, situation.customer
    rows = rows_of(
        session,
        _AROUND if roster is None else _WITHOUT_ROSTER,
        rollout=rollout.id,
        customer=customer.id,
        campaign=situation.campaign.id,
        today=now.astimezone(ZoneInfo(customer.timezone)).date(),
    )
    found = by_kind(rows)
    calendar = calendar_with(customer, working_time_in(found))
    today = calendar.today(now)
    roster = roster or roster_in(found, day_minutes)
    others = others_in(found, today, roster.limits.distance)
    rules = playbook_of(situation.campaign.playbook_source).rules
    answers = answers_in(found, rules.deferrals)
    return Case(
        rollout=rollout,
        campaign=situation.campaign,
        customer=customer,
        change=situation.change,
        terms=terms_for(
            situation,
            calendar,
            now,
            day_minutes,
            roster,
            others.days,
            answers.deferrals.no_later,
            why_waiting(session, rollout, today),
        ),
        current=situation.current,
        deferrals=answers.deferrals,
        neighbours=others.choosing,
        answer_keys=answers.keys,
    )


def current_agreement(session: Session, rollout: Rollout) -> Agreement | None:
    """The latest agreement, a withdrawal included; None before the first."""
    return session.scalar(
        select(Agreement).where(
            Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
        )
    )


def offers(session: Session, case: Case) -> tuple[dates.OfferedDay, ...]:
    """Every day between the first and the last on offer, closed ones with their reason."""
    room = room_of(session, case, case.terms.span.first, case.terms.span.last)
    return dates.offer(case.terms, room.free, room.loads)


def room_of(session: Session, case: Case, first: date, last: date) -> Room:
    """What is left for this rollout between two days, both included."""
    terms = case.terms
    return room_for(
        session, case.rollout.id, first, last, terms.day_minutes, terms.crew, terms.limits
    )


def propose(case: Case, offered: Sequence[dates.OfferedDay]) -> tuple[date, time] | None:
    """Suggest the earliest of these days that is still open, or go on suggesting the one that is.

    Nothing is booked by it.
    """
    rollout = case.rollout
    still = [one for one in offered if one.verdict.open]
    if not still:
        return None
    day = next((one for one in still if one.day == rollout.proposed_day), still[0])
    at = rollout.proposed_time if rollout.proposed_time in day.times else None
    rollout.proposed_day, rollout.proposed_time = day.day, at or day.times[0]
    if case.rollout.state in ("planned", "invited"):
        case.rollout.state = "proposed"
    return day.day, rollout.proposed_time


def change_until(case: Case) -> date | None:
    """The last day on which the customer can still change the agreed date by the link."""
    if case.current is None or case.current.day is None:
        return None
    return case.current.day - case.terms.rules.change_cutoff_days * DAY


def undo_until(agreement: Agreement) -> datetime | None:
    """Until when whoever decides can undo what somebody else chose; None where nobody can."""
    chosen = agreement.forwarded and agreement.day is not None
    return agreement.at + UNDO if chosen else None
