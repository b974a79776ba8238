"""What a vendor's move means for each agreed date: the list that somebody looks at and approves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.models import (
    Agreement,
    Campaign,
    ChangeReview,
    Customer,
    Delivery,
    ReviewLine,
    Rollout,
    Touch,
    VendorChange,
)
from campaigns.revised import LIVE
from campaigns.rules import dates
from campaigns.rules.milestones import Deadline
from campaigns.rules.revisions import Finding, finding
from campaigns.terms import deadline_with, playbook_of

OVER = ("implementing", "implemented", "verified")


@dataclass(frozen=True, slots=True)
class Line:
    """One customer with an agreed date ahead.

    `choice` is keep or move, and `day` and `at` where it would move to; `chosen` where a person
    said so, else it is what we suggest. `told` counts the people whose last letter with a date
    named the agreed one. `outcome` is None until the review is approved.
    """

    rollout_id: int
    campaign: str
    customer: str
    agreed: date
    agreed_at: time
    zone: str
    vendor_day: date | None
    finding: Finding
    told: int
    choice: str
    day: date | None = None
    at: time | None = None
    chosen: bool = False
    outcome: str | None = None
    reason: str | None = None


def lines_of(
    session: Session, review: ChangeReview, now: datetime, day_minutes: int
) -> tuple[Line, ...]:
    """Every agreed date ahead of the change's living campaigns, by customer."""
    change = session.get_one(VendorChange, review.change_id)
    rows = session.execute(
        select(Rollout, Campaign, Customer, Agreement)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(
            Campaign.change_id == change.id,
            Campaign.state.in_(LIVE),
            Rollout.state.not_in(OVER),
            Agreement.instant > now,
        )
        .order_by(Customer.folded_name, Campaign.name)
    ).all()
    deadlines: dict[int, Deadline] = {}
    for _, campaign, _, _ in rows:
        if campaign.id not in deadlines:
            deadlines[campaign.id] = deadline_with(session, campaign, change, now.date())
    told = told_the_date(session, [rollout.id for rollout, _, _, _ in rows])
    chosen = _choices(session, review)
    found = []
    for rollout, campaign, customer, agreement in rows:
        line = _line(rollout, campaign, customer, agreement, deadlines[campaign.id], told)
        found.append(_decided(session, line, chosen.get(rollout.id), now, day_minutes))
    return tuple(found)


def told_the_date(session: Session, rollout_ids: Sequence[int]) -> Mapping[int, int]:
    """By rollout: how many people's last letter with a date named the one that is agreed."""
    newest = (
        select(func.max(Delivery.id).label("id"))
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(
            Touch.rollout_id.in_(rollout_ids),
            Delivery.told_day.is_not(None),
            Delivery.state.in_(("sent", "uncertain")),
        )
        .group_by(Touch.rollout_id, Delivery.contact_id)
        .subquery()
    )
    rows = session.execute(
        select(Touch.rollout_id, func.count())
        .select_from(newest)
        .join(Delivery, Delivery.id == newest.c.id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(Delivery.told_day == Agreement.day)
        .group_by(Touch.rollout_id)
    )
    return {row[0]: row[1] for row in rows}


def _choices(session: Session, review: ChangeReview) -> Mapping[int, ReviewLine]:
    rows = session.scalars(select(ReviewLine).where(ReviewLine.review_id == review.id))
    return {row.rollout_id: row for row in rows}


def _line(
    rollout: Rollout,
    campaign: Campaign,
    customer: Customer,
    agreement: Agreement,
    vendor: Deadline,
    told: Mapping[int, int],
) -> Line:
    assert agreement.day is not None
    assert agreement.local_time is not None
    rules = playbook_of(campaign.playbook_source).rules
    binding = rollout.vendor_day or vendor.day
    return Line(
        rollout_id=rollout.id,
        campaign=campaign.name,
        customer=customer.name,
        agreed=agreement.day,
        agreed_at=agreement.local_time,
        zone=agreement.zone,
        vendor_day=binding,
        finding=finding(
            agreement.day,
            rollout.vendor_day or campaign.vendor_day,
            binding,
            rules.latest_days,
            rules.lead_days,
            vendor.on_hold,
        ),
        told=told.get(rollout.id, 0),
        choice="keep",
    )


def _decided(
    session: Session, line: Line, chosen: ReviewLine | None, now: datetime, day_minutes: int
) -> Line:
    """With what a person chose; else a date that is too late is proposed the next earlier one."""
    if chosen is not None:
        return replace(
            line, choice=chosen.choice, day=chosen.day, at=chosen.local_time, chosen=True
        )
    if line.finding != "too late":
        return line
    free = _nearest(session, line, now, day_minutes)
    if free is None:
        return replace(line, reason="no earlier day can be had: call the customer")
    return replace(line, choice="move", day=free[0], at=free[1])


def _nearest(
    session: Session, line: Line, now: datetime, day_minutes: int
) -> tuple[date, time] | None:
    """The last open day by the vendor's new date, at the agreed time of day where that is free."""
    case = choice.open_case(session, line.rollout_id, now, day_minutes)
    terms = case.terms
    assert line.vendor_day is not None
    last = dates.span(terms.today, line.vendor_day, terms.rules).last
    span = dates.Span(min(terms.span.first, last), last)
    case = replace(case, terms=replace(terms, span=span, enforced_on=line.vendor_day))
    days = [one for one in choice.offers(session, case) if one.verdict.open]
    if not days:
        return None
    day = days[-1]
    return day.day, line.agreed_at if line.agreed_at in day.times else day.times[0]
