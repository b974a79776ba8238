"""What one customer can choose from: the case, the days on offer, the day we would suggest."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.capacity import free_minutes
from campaigns.errors import NotFound
from campaigns.models import Agreement, Booking, Campaign, Customer, Rollout, TechnicianDay
from campaigns.rules import dates
from campaigns.rules.calendar import DAY
from campaigns.terms import terms_for


@dataclass(frozen=True, slots=True)
class Case:
    """A rollout with what is needed to decide about its date."""

    rollout: Rollout
    campaign: Campaign
    customer: Customer
    terms: dates.Terms
    current: Agreement | None


def open_case(session: Session, rollout_id: int, now: datetime, day_minutes: int) -> Case:
    """Everything that a decision about this rollout's date rests on."""
    rollout = session.get(Rollout, rollout_id)
    if rollout is None:
        raise NotFound("There is no such rollout.", "no_rollout")
    campaign = session.get_one(Campaign, rollout.campaign_id)
    customer = session.get_one(Customer, rollout.customer_id)
    terms = terms_for(session, rollout, campaign, now, day_minutes)
    return Case(rollout, campaign, customer, terms, current_agreement(session, rollout))


def current_agreement(session: Session, rollout: Rollout) -> Agreement | None:
    """The latest agreement, a withdrawal included; None before the first."""
    return session.scalar(
        select(Agreement).where(
            Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
        )
    )


def offers(session: Session, case: Case) -> list[dates.OfferedDay]:
    """Every day between the first and the last on offer, closed ones with their reason."""
    terms = case.terms
    free = free_minutes(session, terms.span.first, terms.span.last, terms.day_minutes)
    return dates.offer(terms, with_own(session, case, free))


def propose(session: Session, case: Case) -> tuple[date, time] | None:
    """Suggest the earliest day that is still open; nothing is booked by it."""
    day = next((offered for offered in offers(session, case) if offered.verdict.open), None)
    if day is None:
        return None
    case.rollout.proposed_day, case.rollout.proposed_time = day.day, day.times[0]
    if case.rollout.state in ("planned", "invited"):
        case.rollout.state = "proposed"
    return day.day, day.times[0]


def change_until(case: Case) -> date | None:
    """The last day on which the customer can still change the agreed date by the link."""
    if case.current is None or case.current.day is None:
        return None
    return case.current.day - case.terms.rules.change_cutoff_days * DAY


def with_own(session: Session, case: Case, free: dict[date, int]) -> dict[date, int]:
    """The minutes that this customer holds already count as free for itself."""
    row = session.execute(
        select(TechnicianDay.day, TechnicianDay.capacity - TechnicianDay.taken + Booking.minutes)
        .join(Booking, Booking.technician_day_id == TechnicianDay.id)
        .where(Booking.rollout_id == case.rollout.id, Booking.released_at.is_(None))
    ).first()
    if row is None or row[0] not in free:
        return free
    return {**free, row[0]: max(free[row[0]], row[1])}
