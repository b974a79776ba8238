"""Work for staff that comes of a touch."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.models import (
    Campaign,
    Customer,
    Rollout,
    Staff,
    Task,
)
from campaigns.store import insert_missing

# Built once: every step that is a task asks it.
_STILL_HERE = select(Staff.email).where(
    Staff.email.in_(bindparam("emails", expanding=True)), Staff.ended_at.is_(None)
)


def owner_of(session: Session, customer: Customer, rollout: Rollout) -> str | None:
    """Who sees to a customer: its account manager, or else whoever opened the campaign."""
    campaign = session.get_one(Campaign, rollout.campaign_id)
    named = (customer.account_manager, campaign.opened_by)
    found = set(session.scalars(_STILL_HERE, {"emails": named}))
    return next((email for email in named if email in found), None)


def add_task(
    session: Session,
    dedupe_key: str,
    kind: str,
    title: str,
    text: str,
    rollout: Rollout,
    now: datetime,
) -> None:
    customer = session.get_one(Customer, rollout.customer_id)
    row = {
        "dedupe_key": dedupe_key,
        "kind": kind,
        "title": f"{customer.name}: {title}"[:500],
        "text": text[:4000],
        "campaign_id": rollout.campaign_id,
        "rollout_id": rollout.id,
        "due": now,
        "owner": owner_of(session, customer, rollout),
        "created_at": now,
    }
    insert_missing(session, Task, [row])
