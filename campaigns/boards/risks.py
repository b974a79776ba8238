"""Why a customer is at risk, in words, the gravest first."""

from collections.abc import Sequence
from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, literal_column, select
from sqlalchemy.orm import Session

from campaigns.boards.lines import Agreed
from campaigns.models import (
    ON,
    Campaign,
    Contact,
    Delivery,
    NotDeciding,
    Rollout,
    Touch,
)
from campaigns.rules.adoption import People, gate
from campaigns.rules.days import relative
from campaigns.rules.steps import Playbook

UNDECIDED = ("planned", "invited", "proposed")
OVER = ("verified", "excepted")
NOBODY_NAMED = "no decision maker named"
BOUNCED = "owner's address bounced"
REFUSED = "a letter to the owner was refused"
NOBODY_DECIDES = (NOBODY_NAMED, BOUNCED, REFUSED)  # somebody else has to be asked
# As the index of such letters says it: neither engine uses it for less.
AMISS = Delivery.state.in_((literal_column("'failed'"), literal_column("'uncertain'")))
SOON = 21  # days before the vendor's date from which "no date" is a risk


def stood_down() -> ColumnElement[bool]:
    """The contact said of this rollout that somebody else decides."""
    return exists().where(
        NotDeciding.rollout_id == Rollout.id,
        NotDeciding.contact_id == Contact.id,
        NotDeciding.ended_at.is_(None),
    )


def unreachable_owners(
    session: Session, campaign: Campaign, rollout_ids: Sequence[int] | None = None
) -> dict[int, str]:
    """Why the decision makers of a customer cannot be reached, by customer id.

    For all customers of the campaign, or those of these rollouts.
    """
    living = select(Rollout.customer_id).where(Rollout.campaign_id == campaign.id)
    if rollout_ids is not None:
        living = living.where(Rollout.id.in_(rollout_ids))
    deciding = and_(
        Contact.customer_id == Rollout.customer_id,
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        ~stood_down(),
    )
    named = session.execute(
        living.add_columns(func.count(Contact.customer_id), func.count(Contact.suppressed_at))
        .outerjoin(Contact, deciding)
        .group_by(Rollout.customer_id)
    )
    refused = set(session.scalars(refused_customers(), {"campaign": campaign.id}))
    found = {}
    for customer_id, many, suppressed in named:
        why = REFUSED if customer_id in refused else ""
        if suppressed == many:
            why = BOUNCED if many else NOBODY_NAMED
        found[customer_id] = why
    return found


@cache
def refused_customers() -> Select[int]:
    """The customers at which a letter to somebody who decides was refused for good.

    Of the campaign given as the parameter `campaign`.
    """
    return (
        select(Rollout.customer_id)
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(
            Rollout.campaign_id == bindparam("campaign"),
            AMISS,
            Delivery.state == "failed",
            Contact.decision_maker.is_(True),
        )
    )


def risks_of(
    state: str,
    last_day: date | None,
    vendor_day: date | None,
    campaign: Campaign,
    agreed: Agreed | None,
    counted: People,
    today: date,
    unreachable: str,
    book: Playbook,
) -> tuple[str, ...]:
    """`state`, `last_day` and `vendor_day` are the rollout's own; `today` is the customer's day.

    What is added here, `boards/summary.py` has to look for as well.
    """
    if campaign.state not in ON or state in OVER:
        return ()
    risks = ["the vendor's date passed without a date"] if state == "missed" else []
    if agreed is None and unreachable:
        risks.append(unreachable)
    if agreed is None and state in UNDECIDED:
        risks += _undecided(last_day, vendor_day or campaign.vendor_day, today)
    if agreed is not None:
        risks += _around_the_day(state, agreed, counted, today, book)
    return tuple(risks)


def _undecided(last_day: date | None, vendor_day: date | None, today: date) -> list[str]:
    if last_day is not None and last_day < today:
        return ["no date, and none is left on offer"]
    if vendor_day is not None and 0 <= (vendor_day - today).days <= SOON:
        return [f"no date, vendor enforces {relative(vendor_day, today)}"]
    return []


def _around_the_day(
    state: str, agreed: Agreed, counted: People, today: date, book: Playbook
) -> list[str]:
    if state in ("agreed", "implementing") and agreed.day < today:
        return [f"its day was {relative(agreed.day, today)}, and nobody has said that it is done"]
    days = (agreed.day - today).days
    percent = book.rules.gate_percent
    if 0 <= days <= 7 and not gate(counted, percent):
        return [f"{counted.sentence()}, gate {percent} %, {relative(agreed.day, today)}"]
    return []
