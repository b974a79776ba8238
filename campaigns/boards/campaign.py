"""One campaign as a table of customers, those at risk first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.customer_lines import customer_lines
from campaigns.boards.lines import Agreed, CustomerLine, NextTouch, line_json, people_json
from campaigns.boards.risks import UNDECIDED
from campaigns.models import ON, Campaign, VendorChange
from campaigns.rules.adoption import People
from campaigns.rules.steps import Evidence
from campaigns.terms import deadline_of, playbook_of

__all__ = [
    "UNDECIDED",
    "Agreed",
    "CampaignView",
    "CustomerLine",
    "NextTouch",
    "campaign_list",
    "campaign_view",
    "people_json",
]


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign and its customers at one moment."""

    id: int
    name: str
    state: str
    change_id: str
    change_title: str
    vendor: str
    vendor_day: date | None
    vendor_date: str | None
    playbook: str
    opened_by: str
    approved_by: str | None
    held_why: str | None
    started_at: datetime | None
    lines: Sequence[CustomerLine]
    total: People
    measured: bool  # whether evidence says who is ready; else everybody is unknown for good

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout campaigns show --json`."""
        return {
            "name": self.name,
            "state": self.state,
            "change": self.change_id,
            "playbook": self.playbook,
            "vendor_date": self.vendor_day.isoformat() if self.vendor_day else None,
            "customers": [line_json(line) for line in self.lines],
        }

    @property
    def undecided(self) -> int:
        return sum(1 for line in self.lines if line.state in UNDECIDED)

    @property
    def at_risk(self) -> int:
        return sum(1 for line in self.lines if line.risks)


def campaign_view(session: Session, campaign: Campaign, now: datetime) -> CampaignView:
    """The whole table in a handful of statements, whatever the number of people."""
    change = session.get_one(VendorChange, campaign.change_id)
    lines = customer_lines(session, campaign, now)
    lines.sort(key=lambda line: (not line.risks, line.customer.casefold()))
    return CampaignView(
        id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        change_id=change.source_id,
        change_title=change.title,
        vendor=change.vendor,
        vendor_day=campaign.vendor_day,
        vendor_date=deadline_of(session, campaign, now.date()).words,
        playbook=campaign.playbook,
        opened_by=campaign.opened_by,
        approved_by=campaign.approved_by,
        held_why=campaign.held_why,
        started_at=campaign.started_at,
        lines=lines,
        total=sum((line.people for line in lines), people.NOBODY),
        measured=playbook_of(campaign.playbook_source).evidence is not Evidence.NONE,
    )


def campaign_list(session: Session, *, living: bool = False) -> Sequence[Campaign]:
    """All campaigns, or the `living` alone; these first, then by name."""
    order = (*ON, "approved", "draft", "finished", "cancelled")
    query = select(Campaign)
    if living:
        query = query.where(Campaign.state.in_(order[:5]))
    rows = session.scalars(query).all()
    return sorted(rows, key=lambda c: (order.index(c.state), c.name.casefold()))
