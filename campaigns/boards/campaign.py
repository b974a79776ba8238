"""One campaign as a table of customers, those at risk first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.briefing import vendor_words
from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    Customer,
    Delivery,
    Rollout,
    Step,
    Touch,
    VendorChange,
)
from campaigns.rules.adoption import People, gate
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.steps import Playbook
from campaigns.schedule import playbook_of

UNDECIDED = ("planned", "invited", "proposed")
SOON = 21  # days before the vendor's date from which "no date" is a risk


@dataclass(frozen=True, slots=True)
class Agreed:
    """The date that stands, as the customer was promised it."""

    day: date
    time: time
    zone: str
    how: str
    version: int
    instant: datetime


@dataclass(frozen=True, slots=True)
class NextTouch:
    """What comes next for this customer."""

    key: str
    title: str
    due: datetime
    day: date


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer's row. `risks` are reasons in words, the gravest first; empty is fine."""

    rollout_id: int
    customer_id: int
    customer: str
    zone: str
    account_manager: str | None
    state: str
    agreed: Agreed | None
    proposed_day: date | None
    next_touch: NextTouch | None
    people: People
    risks: tuple[str, ...]


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

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout campaigns show --json`."""
        return {
            "name": self.name,
            "state": self.state,
            "change": self.change_id,
            "playbook": self.playbook,
            "vendor_date": self.vendor_day.isoformat() if self.vendor_day else None,
            "customers": [_line_json(line) for line in self.lines],
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
    book = playbook_of(campaign.playbook_source)
    counts = people.count(session, None, campaign.id, book.evidence.value, now.date())
    following = _next_touches(session, campaign)
    bounced = _unreachable(session, campaign)
    lines = []
    for rollout, customer, agreement in _pairs(session, campaign):
        counted = counts.get(customer.id, people.NOBODY)
        agreed = _agreed(agreement)
        today = WorkCalendar(customer.timezone).today(now)
        risks = _risks(
            rollout, campaign, agreed, counted, today, bounced.get(customer.id, ""), book
        )
        lines.append(
            CustomerLine(
                rollout_id=rollout.id,
                customer_id=customer.id,
                customer=customer.name,
                zone=customer.timezone,
                account_manager=customer.account_manager,
                state=rollout.state,
                agreed=agreed,
                proposed_day=rollout.proposed_day if agreed is None else None,
                next_touch=following.get(rollout.id),
                people=counted,
                risks=risks,
            )
        )
    lines.sort(key=lambda line: (not line.risks, line.customer.casefold()))
    return CampaignView(
        id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        change_id=change.source_id,
        change_title=change.title,
        vendor=change.vendor,
        vendor_day=campaign.vendor_day,
        vendor_date=vendor_words(session, campaign),
        playbook=campaign.playbook,
        opened_by=campaign.opened_by,
        approved_by=campaign.approved_by,
        held_why=campaign.held_why,
        started_at=campaign.started_at,
        lines=lines,
        total=sum((line.people for line in lines), people.NOBODY),
    )


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


def _unreachable(session: Session, campaign: Campaign) -> dict[int, str]:
    """Why the decision makers of a customer cannot be reached, by customer id."""
    living = select(Rollout.customer_id).where(Rollout.campaign_id == campaign.id)
    named = session.execute(
        select(Contact.customer_id, func.count(), func.count(Contact.suppressed_at))
        .where(
            Contact.customer_id.in_(living),
            Contact.decision_maker.is_(True),
            Contact.left_at.is_(None),
        )
        .group_by(Contact.customer_id)
    ).all()
    found = dict.fromkeys(session.scalars(living), "no decision maker named")
    for customer_id, many, suppressed in named:
        found[customer_id] = "owner's address bounced" if suppressed == many else ""
    refused = session.execute(
        select(Rollout.customer_id, func.count())
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(
            Rollout.campaign_id == campaign.id,
            Delivery.state == "failed",
            Contact.decision_maker.is_(True),
        )
        .group_by(Rollout.customer_id)
    )
    for customer_id, _ in refused:
        found[customer_id] = found[customer_id] or "a letter to the owner was refused"
    return found


def _risks(
    rollout: Rollout,
    campaign: Campaign,
    agreed: Agreed | None,
    counted: People,
    today: date,
    unreachable: str,
    book: Playbook,
) -> tuple[str, ...]:
    if campaign.state not in ("running", "held") or rollout.state in ("verified", "excepted"):
        return ()
    risks = ["the vendor's date passed without a date"] if rollout.state == "missed" else []
    if agreed is None and unreachable:
        risks.append(unreachable)
    if agreed is None and rollout.state in UNDECIDED:
        risks += _undecided(rollout, campaign, today)
    if agreed is not None:
        risks += _before_the_day(agreed, counted, today, book)
    return tuple(risks)


def _undecided(rollout: Rollout, campaign: Campaign, today: date) -> list[str]:
    if rollout.last_day is not None and rollout.last_day < today:
        return ["no date, and none is left on offer"]
    if campaign.vendor_day is not None and 0 <= (campaign.vendor_day - today).days <= SOON:
        return [f"no date, vendor enforces in {(campaign.vendor_day - today).days} days"]
    return []


def _before_the_day(agreed: Agreed, counted: People, today: date, book: Playbook) -> list[str]:
    days = (agreed.day - today).days
    percent = book.rules.gate_percent
    if 0 <= days <= 7 and not gate(counted, percent):
        return [f"{counted.sentence()}, gate {percent} %, in {days} days"]
    return []


def _line_json(line: CustomerLine) -> dict[str, Any]:
    agreed = line.agreed
    following = line.next_touch
    return {
        "customer": line.customer,
        "state": line.state,
        "agreed": None
        if agreed is None
        else {
            "date": agreed.day.isoformat(),
            "time": f"{agreed.time:%H:%M}",
            "zone": agreed.zone,
            "how": agreed.how,
            "version": agreed.version,
        },
        "next_touch": None
        if following is None
        else {
            "step": following.key,
            "title": following.title,
            "date": following.day.isoformat(),
            "at": following.due.isoformat().replace("+00:00", "Z"),
        },
        "people": people_json(line.people),
        "risks": list(line.risks),
    }


def people_json(counted: People) -> dict[str, int]:
    """Counts with their whole: total = done + not_done + unknown + excepted."""
    return {
        "total": counted.total,
        "done": counted.done,
        "not_done": counted.not_done,
        "unknown": counted.unknown,
        "excepted": counted.excepted,
    }
