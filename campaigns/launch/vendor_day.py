"""A campaign follows the vendor's new date: what is on offer, and what counts down to that date."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import schedule
from campaigns.models import Campaign, Customer, Rollout, Touch, VendorChange
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.dates import span
from campaigns.rules.plan import Anchors, PlanStep, plan
from campaigns.terms import calendar_with, deadline_with, freezes_of, playbook_of


def follow_vendor(
    session: Session, campaign: Campaign, change: VendorChange, now: datetime
) -> None:
    """Take over the vendor's date of today. Agreed dates stay as they are.

    The days on offer are counted anew from the campaign's start, and the letters and tasks that
    count down to the vendor's day are planned anew where they have not left.
    """
    campaign.vendor_day = deadline_with(session, campaign, change, now.date()).day
    session.flush()
    if campaign.started_at is None:
        return
    steps = schedule.steps_of(session, campaign).anchored(("vendor_date",))
    rules = playbook_of(campaign.playbook_source).rules
    pairs = session.execute(
        select(Rollout, Customer)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Rollout.campaign_id == campaign.id)
        .order_by(Rollout.id)
    ).all()
    freezes = freezes_of(session, [customer.id for _, customer in pairs])
    spans: list[dict[str, object]] = []
    for rollout, customer in pairs:
        calendar = calendar_with(customer, freezes)
        offered = span(calendar.today(campaign.started_at), campaign.vendor_day, rules)
        spans.append({"id": rollout.id, "first_day": offered.first, "last_day": offered.last})
        _plan_anew(session, rollout.id, campaign, steps, calendar, now)
    if spans:
        session.execute(update(Rollout), spans)


def _plan_anew(
    session: Session,
    rollout_id: int,
    campaign: Campaign,
    steps: Sequence[PlanStep],
    calendar: WorkCalendar,
    now: datetime,
) -> None:
    """What counts down to the vendor's day and has not left; the rest stays as it is."""
    waiting: dict[int, int] = dict(
        session.execute(
            select(Touch.step_id, Touch.id).where(
                Touch.rollout_id == rollout_id,
                Touch.state == "planned",
                Touch.step_id.in_([step.id for step in steps]),
            )
        ).all()
    )
    due = [step for step in steps if step.id in waiting]
    anchors = Anchors(vendor_date=campaign.vendor_day)
    planned = plan(due, anchors, calendar, now) if campaign.vendor_day else []
    rows = [
        schedule.row_of(rollout_id, 0, touch) | {"id": waiting[touch.step_id]} for touch in planned
    ]
    if rows:
        session.execute(update(Touch), rows)
    gone = set(waiting.values()) - {row["id"] for row in rows}
    touches = select(Touch.id).where(Touch.id.in_(gone))
    schedule.take_back(session, touches, "the vendor moved its date", now)
