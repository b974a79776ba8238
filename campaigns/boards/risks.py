"""Why a customer is at risk, in words, the gravest first."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.boards.lines import Agreed
from campaigns.models import (
    Campaign,
    Contact,
    Delivery,
    Rollout,
    Touch,
)
from campaigns.rules.adoption import People, gate
from campaigns.rules.days import relative
from campaigns.rules.steps import Playbook

UNDECIDED = ("planned", "invited", "proposed")
NOBODY_NAMED = "no decision maker named"
BOUNCED = "owner's address bounced"
REFUSED = "a letter to the owner was refused"
NOBODY_DECIDES = (NOBODY_NAMED, BOUNCED, REFUSED)  # somebody else has to be asked
SOON = 21  # days before the vendor's date from which "no date" is a risk


def unreachable_owners(session: Session, campaign: Campaign) -> dict[int, str]:
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
    found = dict.fromkeys(session.scalars(living), NOBODY_NAMED)
    for customer_id, many, suppressed in named:
        found[customer_id] = BOUNCED if suppressed == many else ""
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
        found[customer_id] = found[customer_id] or REFUSED
    return found


def risks_of(
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
        risks += _around_the_day(rollout, agreed, counted, today, book)
    return tuple(risks)


def _undecided(rollout: Rollout, campaign: Campaign, today: date) -> list[str]:
    if rollout.last_day is not None and rollout.last_day < today:
        return ["no date, and none is left on offer"]
    if campaign.vendor_day is not None and 0 <= (campaign.vendor_day - today).days <= SOON:
        return [f"no date, vendor enforces {relative(campaign.vendor_day, today)}"]
    return []


def _around_the_day(
    rollout: Rollout, agreed: Agreed, counted: People, today: date, book: Playbook
) -> list[str]:
    if rollout.state in ("agreed", "implementing") and agreed.day < today:
        return [f"its day was {relative(agreed.day, today)}, and nobody has said that it is done"]
    days = (agreed.day - today).days
    percent = book.rules.gate_percent
    if 0 <= days <= 7 and not gate(counted, percent):
        return [f"{counted.sentence()}, gate {percent} %, {relative(agreed.day, today)}"]
    return []
