"""What governs a customer's choice: its calendar, the playbook's rules, the vendor's date."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.capacity import minutes_needed
from campaigns.models import Campaign, Customer, Freeze, Milestone, Rollout, VendorChange
from campaigns.rules import playbook as playbooks
from campaigns.rules.calendar import Closure, WorkCalendar
from campaigns.rules.dates import Span, Terms, span
from campaigns.rules.milestones import Deadline, deadline
from campaigns.rules.steps import Playbook


@lru_cache(maxsize=256)
def playbook_of(source: str) -> Playbook:
    """The frozen playbook of a campaign, read once."""
    return playbooks.read(source, "playbook")


def calendar_of(session: Session, customer: Customer) -> WorkCalendar:
    """The customer's working calendar with its own freezes and the provider's."""
    return calendar_with(customer, freezes_of(session, [customer.id]))


def calendar_with(customer: Customer, freezes: Mapping[int | None, list[Closure]]) -> WorkCalendar:
    closures = (*freezes.get(None, ()), *freezes.get(customer.id, ()))
    return WorkCalendar(customer.timezone, customer.country, customer.subdivision, closures)


def freezes_of(session: Session, customer_ids: Sequence[int]) -> Mapping[int | None, list[Closure]]:
    query = select(Freeze)
    if len(customer_ids) == 1:
        query = query.where(
            (Freeze.customer_id.is_(None)) | (Freeze.customer_id == customer_ids[0])
        )
    found: dict[int | None, list[Closure]] = {}
    for row in session.scalars(query):
        found.setdefault(row.customer_id, []).append(Closure(row.starts, row.ends, row.reason))
    return found


def milestones(session: Session, change: VendorChange) -> Sequence[Milestone]:
    """The dated facts of the current revision, earliest first."""
    return session.scalars(
        select(Milestone)
        .where(Milestone.change_id == change.id, Milestone.revision == change.revision)
        .order_by(Milestone.day, Milestone.id)
    ).all()


def deadline_of(session: Session, campaign: Campaign, today: date) -> Deadline:
    """The vendor's date that binds the campaign: by the day it started, else was opened."""
    change = session.get_one(VendorChange, campaign.change_id)
    opened = (campaign.started_at or campaign.opened_at).date()
    return deadline(milestones(session, change), opened, today)


def terms_for(
    session: Session, rollout: Rollout, campaign: Campaign, now: datetime, day_minutes: int
) -> Terms:
    """What governs this customer's choice at this moment."""
    customer = session.get_one(Customer, rollout.customer_id)
    change = session.get_one(VendorChange, campaign.change_id)
    calendar = calendar_of(session, customer)
    book = playbook_of(campaign.playbook_source)
    today = calendar.today(now)
    started = calendar.today(campaign.started_at or now)
    default = span(started, campaign.vendor_day, book.rules)
    ahead = campaign.vendor_day is not None and campaign.vendor_day > started
    return Terms(
        today=today,
        span=Span(rollout.first_day or default.first, rollout.last_day or default.last),
        enforced_on=campaign.vendor_day if ahead else None,
        vendor=change.vendor,
        calendar=calendar,
        rules=book.rules,
        minutes=minutes_needed(session, rollout, book, day_minutes),
        day_minutes=day_minutes,
    )
