"""Who is ready, in numbers with their whole."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.campaign import CustomerLine
from campaigns.boards.customer_lines import customer_lines
from campaigns.models import Campaign, Customer, Rollout
from campaigns.rules.adoption import People


def adoption(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> dict[str, Any]:
    """The shape of `rollout report adoption --json`; numbers as on the board."""
    lines = chosen(session, campaign, now, customer)
    return {
        "campaign": campaign.name,
        "as_of": instant(now),
        "customers": [{"customer": line.customer, **_adoption_row(line.people)} for line in lines],
        "total": total_of(lines),
    }


def total_of(lines: Sequence[CustomerLine]) -> dict[str, Any]:
    """All these customers' people together."""
    return _adoption_row(sum((line.people for line in lines), people.NOBODY))


def chosen(
    session: Session, campaign: Campaign, now: datetime, customer: str | None
) -> list[CustomerLine]:
    """Every customer's line by name, or the line of the one that is named."""
    only = None
    if customer is not None:
        only = session.scalars(
            select(Rollout.id)
            .join(Customer, Customer.id == Rollout.customer_id)
            .where(Rollout.campaign_id == campaign.id, Customer.folded_name == customer.casefold())
        ).all()
        if not only:
            return []
    lines = customer_lines(session, campaign, now, only)
    return sorted(lines, key=lambda line: line.customer.casefold())


def _adoption_row(counted: People) -> dict[str, Any]:
    return {
        "people": counted.total,
        "done": counted.done,
        "not_done": counted.not_done,
        "unknown": counted.unknown,
        "excepted": counted.excepted,
        "levels": dict(counted.levels),
    }


def instant(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
