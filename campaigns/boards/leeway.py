"""How far each customer of a campaign may still move its date, and who was put down for a day."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.deferring import answers_of
from campaigns.models import Campaign, Customer, PutDown, Rollout
from campaigns.terms import playbook_of


def leeway(session: Session, campaign: Campaign) -> dict[str, dict[str, Any]]:
    """By customer: `deferrals` used and allowed, and the day `put_down` that still stands."""
    allowed = playbook_of(campaign.playbook_source).rules.deferrals
    rows = session.execute(
        select(Rollout, Customer.name, PutDown)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(
            PutDown,
            (PutDown.rollout_id == Rollout.id)
            & (PutDown.version == Rollout.version)
            & PutDown.outcome.is_(None),
        )
        .where(Rollout.campaign_id == campaign.id)
    )
    found: dict[str, dict[str, Any]] = {}
    for rollout, customer, notice in rows.all():
        moves = answers_of(session, rollout, allowed).deferrals
        found[customer] = {
            "deferrals": {"used": moves.used, "allowed": moves.allowed},
            "put_down": None
            if notice is None
            else {"date": notice.day.isoformat(), "until": notice.until.isoformat()},
        }
    return found
