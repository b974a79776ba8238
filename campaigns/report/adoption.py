"""Who is ready, in numbers with their whole."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards import campaign_view
from campaigns.boards.campaign import CampaignView, CustomerLine
from campaigns.models import (
    Campaign,
)
from campaigns.rules.adoption import People


def adoption(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> dict[str, Any]:
    """The shape of `rollout report adoption --json`; numbers as on the board."""
    lines = chosen(campaign_view(session, campaign, now), customer)
    total = sum((line.people for line in lines), people.NOBODY)
    return {
        "campaign": campaign.name,
        "as_of": instant(now),
        "customers": [{"customer": line.customer, **_adoption_row(line.people)} for line in lines],
        "total": _adoption_row(total),
    }


def chosen(view: CampaignView, customer: str | None) -> list[CustomerLine]:
    lines = sorted(view.lines, key=lambda line: line.customer.casefold())
    if customer is None:
        return lines
    return [line for line in lines if line.customer.casefold() == customer.casefold()]


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
