"""The vendor's date as campaigns follow it: everybody's, and what it granted one customer alone."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from campaigns import schedule
from campaigns.journal import SYSTEM, Actor, record
from campaigns.models import (
    Campaign,
    Customer,
    Rollout,
    Task,
    Touch,
    VendorChange,
    VendorPostponement,
)
from campaigns.revised import live_campaigns
from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.dates import span
from campaigns.rules.plan import Anchors, PlanStep, plan
from campaigns.store import insert_missing
from campaigns.terms import calendar_with, deadline_with, freezes_of, playbook_of


def follow_vendor(
    session: Session, campaign: Campaign, change: VendorChange, now: datetime
) -> None:
    """Take over the vendor's date of today. Agreed dates stay as they are.

    The days on offer are counted anew from the campaign's start, and the letters and tasks that
    count down to the vendor's day are planned anew where they have not left.
    """
    campaign.vendor_day = deadline_with(session, campaign, change, now.date()).day
    _follow(session, campaign, Rollout.campaign_id == campaign.id, now)


def take_own_dates(session: Session, campaign: Campaign, now: datetime) -> None:
    """At its start a campaign takes over what the vendor has granted single customers."""
    standing = session.scalars(
        select(VendorPostponement).where(
            VendorPostponement.change_id == campaign.change_id,
            VendorPostponement.ended_at.is_(None),
        )
    )
    for one in standing.all():
        own_date(session, campaign, one.customer_id, one.day, now)


def own_date(
    session: Session, campaign: Campaign, customer_id: int, day: date | None, now: datetime
) -> None:
    """The vendor's date for one customer alone from now on; None: everybody's holds again."""
    which = (Rollout.campaign_id == campaign.id) & (Rollout.customer_id == customer_id)
    session.flush()
    session.execute(update(Rollout).where(which).values(vendor_day=day))
    _follow(session, campaign, which, now)


def expire(session: Session, now: datetime) -> int:
    """End what the vendor granted until a day that has passed everywhere; how many ended.

    Somebody is told, because the customer's date may be too late by everybody's.
    """
    over = session.scalars(
        select(VendorPostponement)
        .where(
            VendorPostponement.ended_at.is_(None),
            VendorPostponement.expires_on < (now - DAY).date(),
        )
        .order_by(VendorPostponement.id)
    ).all()
    for one in over:
        end(session, one, who=SYSTEM, now=now)
        change = session.get_one(VendorChange, one.change_id)
        customer = session.get_one(Customer, one.customer_id)
        task = {
            "dedupe_key": f"postponement:{one.id}",
            "kind": "postponement_over",
            "title": f"{customer.name}: {change.vendor} no longer waits"[:500],
            "text": f"What {change.vendor} had granted ({one.evidence}) ended on {one.expires_on}. "
            "Ask for more time, or see to it that the agreed date is in time.",
            "due": now,
            "owner": customer.account_manager,
            "created_at": now,
        }
        insert_missing(session, Task, [task])
    return len(over)


def end(session: Session, one: VendorPostponement, *, who: Actor, now: datetime) -> None:
    """Everybody's date holds again for this customer."""
    one.ended_at = now
    change = session.get_one(VendorChange, one.change_id)
    for campaign in live_campaigns(session, change):
        own_date(session, campaign, one.customer_id, None, now)
    note(session, change, one, "vendor_date_ended", who, now)


def note(
    session: Session,
    change: VendorChange,
    one: VendorPostponement,
    what: str,
    who: Actor,
    now: datetime,
) -> None:
    """One entry in the customer's chain."""
    details = {
        "day": one.day.isoformat(),
        "evidence": one.evidence,
        "expires_on": one.expires_on.isoformat() if one.expires_on else None,
    }
    record(
        session,
        who=who,
        what=what,
        subject=change.source_id,
        now=now,
        customer_id=one.customer_id,
        details=details,
    )


def _follow(
    session: Session, campaign: Campaign, which: ColumnElement[bool], now: datetime
) -> None:
    session.flush()
    if campaign.started_at is None:
        return
    steps = schedule.steps_of(session, campaign).anchored(("vendor_date",))
    rules = playbook_of(campaign.playbook_source).rules
    pairs = session.execute(
        select(Rollout, Customer)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(which)
        .order_by(Rollout.id)
        .execution_options(populate_existing=True)
    ).all()
    freezes = freezes_of(session, [customer.id for _, customer in pairs], campaign.id)
    for rollout, customer in pairs:
        calendar = calendar_with(customer, freezes)
        binding = rollout.vendor_day or campaign.vendor_day
        offered = span(calendar.today(campaign.started_at), binding, rules)
        rollout.first_day, rollout.last_day = offered.first, offered.last
        if rollout.state == "missed" and binding is not None and binding > calendar.today(now):
            rollout.state = "invited"  # there is a date to keep to again
        _plan_anew(session, rollout.id, binding, steps, calendar, now)


def _plan_anew(
    session: Session,
    rollout_id: int,
    binding: date | None,
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
    anchors = Anchors(vendor_date=binding)
    planned = plan(due, anchors, calendar, now) if binding else []
    rows = [
        schedule.row_of(rollout_id, 0, touch) | {"id": waiting[touch.step_id]} for touch in planned
    ]
    if rows:
        session.execute(update(Touch), rows)
    gone = set(waiting.values()) - {row["id"] for row in rows}
    touches = select(Touch.id).where(Touch.id.in_(gone))
    schedule.take_back(session, schedule.taking_back(touches), "the vendor moved its date", now)
