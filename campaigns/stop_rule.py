"""Station stop rule: a ring is held at whose customer too many were blocked in the first hour."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.contact.work import owner_of
from campaigns.journal import SYSTEM
from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    Headcount,
    Rollout,
    SelfReport,
    Task,
    Ticket,
    Wave,
)
from campaigns.rules.days import long_day
from campaigns.rules.waves import LATE_WORD, hour, must_stop
from campaigns.waving import hold, note

NAMED = 20  # customers whose dates a task names


def watch(session: Session, now: datetime) -> int:
    """Hold each ring at one of whose customers too many were blocked; how many were held."""
    rows = session.execute(
        select(Wave, Campaign, Rollout, Customer, Agreement.instant, Headcount.people)
        .join(Rollout, Rollout.wave_id == Wave.id)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .join(Headcount, Headcount.customer_id == Customer.id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(
            Wave.held_at.is_(None),
            Campaign.state.not_in(("finished", "cancelled")),
            Agreement.instant <= now,
            Agreement.instant > now - 2 * LATE_WORD,
        )
        .order_by(Rollout.id)
    ).all()
    held = 0
    for wave, campaign, rollout, customer, instant, people in rows:
        assert instant is not None  # the statement asked for those with one
        calls, tickets = _signs(session, wave, rollout, instant)
        if must_stop(max(calls, tickets), people, wave.stop_percent):
            said = _said(calls, tickets, people, customer.name)
            why = f"{said}; the wave allows {wave.stop_percent} %"
            held += _stop(session, campaign, wave, rollout, customer, why, now)
    return held


def _said(calls: int, tickets: int, people: int, customer: str) -> str:
    """What is known, and no more: a ticket names neither a person nor, reliably, a matter."""
    if calls >= tickets:
        return f"{calls:,} of {people:,} people at {customer} called for help in the first hour"
    tickets_came = "1 ticket came" if tickets == 1 else f"{tickets:,} tickets came"
    return f"{tickets_came} from {customer} ({people:,} people) in the first hour"


def _signs(session: Session, wave: Wave, rollout: Rollout, instant: datetime) -> tuple[int, int]:
    """People who called for help on the guide, and tickets. The two are not added: one person may
    have done both."""
    since, until = hour(instant, rollout.implemented_at)
    if wave.released_at is not None:
        since = max(since, wave.released_at)
    calls = session.scalar(
        select(func.count(func.distinct(SelfReport.contact_id))).where(
            SelfReport.rollout_id == rollout.id,
            SelfReport.says == "help",
            SelfReport.at >= since,
            SelfReport.at <= until,
        )
    )
    tickets = session.scalar(
        select(func.count()).where(
            Ticket.customer_id == rollout.customer_id,
            Ticket.opened >= since,
            Ticket.opened <= until,
        )
    )
    return calls or 0, tickets or 0


def _stop(
    session: Session,
    campaign: Campaign,
    wave: Wave,
    rollout: Rollout,
    customer: Customer,
    why: str,
    now: datetime,
) -> bool:
    """Once, whoever sees it first: hold the ring, and one named person has the task."""
    if not hold(session, wave, why, now):
        return False
    session.add(
        Task(
            dedupe_key=f"wave:{wave.id}:{now.isoformat()}",
            kind="wave_held",
            title=f'Wave "{wave.name}" is on hold: {campaign.name}',
            text=f"{why}. Help these people first; then release the wave, with the reason. "
            f"{_dates_ahead(session, wave, now)}",
            campaign_id=campaign.id,
            rollout_id=rollout.id,
            due=now,
            created_at=now,
            owner=owner_of(session, customer, rollout),
        )
    )
    note(session, campaign, wave, "wave_held", SYSTEM, now, {"why": why})
    return True


def _dates_ahead(session: Session, wave: Wave, now: datetime) -> str:
    """Which dates of the wave stand all the same: whether they are kept is for people to say."""
    rows = session.execute(
        select(Customer.name, Agreement.day)
        .join(Rollout, Rollout.customer_id == Customer.id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(Rollout.wave_id == wave.id, Agreement.instant > now)
        .order_by(Agreement.instant, Customer.name)
    ).all()
    if not rows:
        return "No other date of this wave lies ahead."
    named = [f"{name} on {long_day(day)}" for name, day in rows[:NAMED] if day is not None]
    more = f" and {len(rows) - NAMED:,} more" if len(rows) > NAMED else ""
    return (
        f"Dates that stand all the same: {'; '.join(named)}{more}. Call those who had better wait."
    )
