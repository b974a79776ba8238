"""Rollouts move along by what has happened, never by hope."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.errors import Conflict
from campaigns.journal import SYSTEM, Actor, record
from campaigns.models import ON, Campaign, Customer, Rollout
from campaigns.rules.calendar import WorkCalendar
from campaigns.terms import playbook_of
from campaigns.vendor_dates import expire

WITHOUT_DATE = ("planned", "invited", "proposed")


def implemented(session: Session, rollout: Rollout, *, who: Actor, now: datetime) -> None:
    """A technician says that it is switched on. Raises Conflict where no date is agreed."""
    if rollout.state not in ("agreed", "implementing"):
        raise Conflict(
            f"This rollout is {rollout.state}, so it cannot be marked as done.", "wrong_state"
        )
    rollout.state, rollout.implemented_at = "implemented", now
    _note(session, rollout, "implemented", who, now)


def move_along(session: Session, now: datetime) -> None:
    """Missed where the vendor's day came without a date; verified where evidence says so.

    What a vendor granted one customer until a day ends by itself.
    """
    expire(session, now)
    rows = session.execute(
        select(Rollout, Campaign, Customer.timezone)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(
            Campaign.state.in_(ON),
            Rollout.state.in_((*WITHOUT_DATE, "implemented")),
        )
    )
    for rollout, campaign, zone in rows.all():
        today = WorkCalendar(zone).today(now)
        if rollout.state in WITHOUT_DATE:
            _miss(session, rollout, campaign, today, now)
        else:
            _verify(session, rollout, campaign, today, now)


def _miss(
    session: Session, rollout: Rollout, campaign: Campaign, today: date, now: datetime
) -> None:
    started, binding = campaign.started_at, rollout.vendor_day or campaign.vendor_day
    ahead = binding is not None and started and binding > started.date()
    if ahead and binding is not None and today >= binding:
        rollout.state = "missed"
        _note(session, rollout, "missed", SYSTEM, now)


def _verify(
    session: Session, rollout: Rollout, campaign: Campaign, today: date, now: datetime
) -> None:
    evidence = playbook_of(campaign.playbook_source).evidence.value
    counts = people.count(session, [rollout.id], campaign.id, evidence, today)
    counted = counts.get(rollout.customer_id)
    if counted is not None and counted.done and counted.done == counted.in_scope:
        rollout.state = "verified"
        _note(session, rollout, "verified", SYSTEM, now)


def _note(session: Session, rollout: Rollout, what: str, who: Actor, now: datetime) -> None:
    customer = session.get_one(Customer, rollout.customer_id)
    record(
        session,
        who=who,
        what=f"rollout_{what}",
        subject=customer.name,
        now=now,
        customer_id=customer.id,
    )
