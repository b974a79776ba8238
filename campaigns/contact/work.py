"""Work for staff that comes of a touch."""

from collections.abc import Collection, Mapping
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
    here = still_here(session, (customer.account_manager, campaign.opened_by))
    return owner_among(here, customer, campaign)


def owner_among(here: Collection[str], customer: Customer, campaign: Campaign) -> str | None:
    """The same, where it is known who is `still_here`."""
    named = (customer.account_manager, campaign.opened_by)
    return next((email for email in named if email in here), None)


def still_here(session: Session, emails: Collection[str | None]) -> frozenset[str]:
    """Those of the addresses that are of staff."""
    return frozenset(session.scalars(_STILL_HERE, {"emails": list(emails)}))


def task_row(
    dedupe_key: str,
    kind: str,
    title: str,
    text: str,
    rollout: Rollout,
    customer: Customer,
    owner: str | None,
    now: datetime,
) -> Mapping[str, object]:
    """A task of staff, as a row."""
    return {
        "dedupe_key": dedupe_key,
        "kind": kind,
        "title": f"{customer.name}: {title}"[:500],
        "text": text[:4000],
        "campaign_id": rollout.campaign_id,
        "rollout_id": rollout.id,
        "due": now,
        "owner": owner,
        "created_at": now,
    }


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
    owner = owner_of(session, customer, rollout)
    row = task_row(dedupe_key, kind, title, text, rollout, customer, owner, now)
    insert_missing(session, Task, [row])
