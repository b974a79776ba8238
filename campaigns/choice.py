"""What one customer can choose from: the case, the days on offer, the day we would suggest."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.capacity import room_for
from campaigns.deferring import deferrals_of
from campaigns.models import Agreement, Campaign, Customer, Rollout, VendorChange
from campaigns.rules import dates
from campaigns.rules.calendar import DAY
from campaigns.rules.deferrals import Deferrals
from campaigns.situation import Situation, situation_of
from campaigns.terms import calendar_of, playbook_of, terms_for

UNDO = timedelta(hours=24)  # how long whoever decides can take back what somebody else chose


@dataclass(frozen=True, slots=True)
class Case:
    """A rollout with what is needed to decide about its date."""

    rollout: Rollout
    campaign: Campaign
    customer: Customer
    change: VendorChange
    terms: dates.Terms
    current: Agreement | None
    deferrals: Deferrals


def open_case(session: Session, rollout_id: int, now: datetime, day_minutes: int) -> Case:
    """Everything that a decision about this rollout's date rests on. Raises NotFound."""
    return case_in(session, situation_of(session, rollout_id), now, day_minutes)


def case_in(session: Session, situation: Situation, now: datetime, day_minutes: int) -> Case:
    """The same for a situation that is at hand."""
    calendar = calendar_of(session, situation.customer)
    rules = playbook_of(situation.campaign.playbook_source).rules
    moves = deferrals_of(session, situation.rollout, rules.deferrals)
    return Case(
        rollout=situation.rollout,
        campaign=situation.campaign,
        customer=situation.customer,
        change=situation.change,
        terms=terms_for(situation, calendar, now, day_minutes, moves.no_later),
        current=situation.current,
        deferrals=moves,
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
    terms = case.terms
    first, last = terms.span.first, terms.span.last
    room = room_for(session, case.rollout.id, first, last, terms.day_minutes)
    return dates.offer(terms, room.free)


def propose(session: Session, case: Case) -> tuple[date, time] | None:
    """Suggest the earliest day that is still open, or go on suggesting the one that is.

    Nothing is booked by it.
    """
    rollout = case.rollout
    still = [offered for offered in offers(session, case) if offered.verdict.open]
    if not still:
        return None
    day = next((offered for offered in still if offered.day == rollout.proposed_day), still[0])
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
