"""One campaign as a table of customers, those at risk first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.lines import Agreed, CustomerLine, NextTouch, line_json, people_json
from campaigns.boards.risks import UNDECIDED, risks_of, unreachable_owners
from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch, VendorChange
from campaigns.rules.adoption import People
from campaigns.rules.calendar import WorkCalendar
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
    lines = _lines(session, campaign, now)
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


def _lines(session: Session, campaign: Campaign, now: datetime) -> list[CustomerLine]:
    """Every customer of the campaign, those at risk first, then by name."""
    book = playbook_of(campaign.playbook_source)
    counts = people.count(session, None, campaign.id, book.evidence.value, now.date())
    following = _next_touches(session, campaign)
    bounced = unreachable_owners(session, campaign)
    lines = []
    for rollout, customer, agreement in _pairs(session, campaign):
        counted = counts.get(customer.id, people.NOBODY)
        agreed = _agreed(agreement)
        today = WorkCalendar(customer.timezone).today(now)
        unreachable = bounced.get(customer.id, "")
        line = CustomerLine(
            rollout_id=rollout.id,
            customer_id=customer.id,
            customer=customer.name,
            zone=customer.timezone,
            account_manager=customer.account_manager,
            state=rollout.state,
            agreed=agreed,
            proposed_day=_still_proposed(rollout, agreed, today),
            next_touch=following.get(rollout.id),
            people=counted,
            risks=risks_of(rollout, campaign, agreed, counted, today, unreachable, book),
        )
        lines.append(line)
    return sorted(lines, key=lambda line: (not line.risks, line.customer.casefold()))


def _still_proposed(rollout: Rollout, agreed: Agreed | None, today: date) -> date | None:
    if agreed is not None or rollout.proposed_day is None or rollout.proposed_day < today:
        return None
    return rollout.proposed_day


def campaign_list(session: Session) -> Sequence[Campaign]:
    """All campaigns, the living ones first, then by name."""
    order = ("running", "held", "approved", "draft", "finished", "cancelled")
    rows = session.scalars(select(Campaign)).all()
    return sorted(rows, key=lambda c: (order.index(c.state), c.name.casefold()))


def _pairs(
    session: Session, campaign: Campaign
) -> Sequence[tuple[Rollout, Customer, Agreement | None]]:
    rows = session.execute(
        select(Rollout, Customer, Agreement)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(Rollout.campaign_id == campaign.id)
    )
    return [(rollout, customer, agreement) for rollout, customer, agreement in rows]


def _agreed(agreement: Agreement | None) -> Agreed | None:
    if agreement is None or agreement.day is None or agreement.local_time is None:
        return None
    assert agreement.instant is not None
    return Agreed(
        agreement.day,
        agreement.local_time,
        agreement.zone,
        agreement.how,
        agreement.version,
        agreement.instant,
    )


def _next_touches(session: Session, campaign: Campaign) -> dict[int, NextTouch]:
    soonest = (
        select(Touch.rollout_id, func.min(Touch.due).label("due"))
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .where(Rollout.campaign_id == campaign.id, Touch.state == "planned")
        .group_by(Touch.rollout_id)
        .subquery()
    )
    rows = session.execute(
        select(Touch.rollout_id, Step.key, Step.title, Touch.due, Touch.day)
        .join(soonest, (soonest.c.rollout_id == Touch.rollout_id) & (soonest.c.due == Touch.due))
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.state == "planned")
        .order_by(Step.position.desc())
    )
    return {row[0]: NextTouch(*row[1:]) for row in rows}
