"""What governs a customer's choice: its calendar, the playbook's rules, the vendor's date."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.capacity import minutes_needed
from campaigns.crew import Roster
from campaigns.models import Campaign, Customer, Freeze, Milestone, VendorChange
from campaigns.rows import rows_of
from campaigns.rules import playbook as playbooks
from campaigns.rules.calendar import Closure, WorkCalendar
from campaigns.rules.dates import Span, Terms, span
from campaigns.rules.milestones import Deadline, Fact, deadline
from campaigns.rules.steps import Playbook
from campaigns.situation import Situation

_FREEZES = select(Freeze.customer_id, Freeze.starts, Freeze.ends, Freeze.reason)
_FREEZES_OF_ONE = _FREEZES.where(
    Freeze.customer_id.is_(None) | (Freeze.customer_id == bindparam("customer"))
)
_OF_REVISION = (
    Milestone.change_id == bindparam("change"),
    Milestone.revision == bindparam("revision"),
)
_MILESTONES = select(Milestone).where(*_OF_REVISION).order_by(Milestone.day, Milestone.id)
_FACTS = (
    select(Milestone.kind, Milestone.day, Milestone.precision)
    .where(*_OF_REVISION)
    .order_by(Milestone.day, Milestone.id)
)


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
    if len(customer_ids) == 1:
        rows = rows_of(session, _FREEZES_OF_ONE, customer=customer_ids[0])
    else:
        rows = rows_of(session, _FREEZES)
    found: dict[int | None, list[Closure]] = {}
    for customer_id, starts, ends, reason in rows:
        found.setdefault(customer_id, []).append(Closure(starts, ends, reason))
    return found


def milestones(session: Session, change: VendorChange) -> Sequence[Milestone]:
    """The dated facts of the current revision, earliest first."""
    which = {"change": change.id, "revision": change.revision}
    return session.scalars(_MILESTONES, which).all()


def deadline_of(session: Session, campaign: Campaign, today: date) -> Deadline:
    """The vendor's date that binds the campaign: by the day it started, else was opened."""
    change = session.get_one(VendorChange, campaign.change_id)
    return deadline_with(session, campaign, change, today)


def deadline_with(
    session: Session, campaign: Campaign, change: VendorChange, today: date
) -> Deadline:
    """The same, where the campaign's change is at hand."""
    opened = (campaign.started_at or campaign.opened_at).date()
    found = rows_of(session, _FACTS, change=change.id, revision=change.revision)
    return deadline([Fact(*row) for row in found], opened, today)


def terms_for(
    situation: Situation,
    calendar: WorkCalendar,
    now: datetime,
    day_minutes: int,
    roster: Roster,
    others: tuple[date, ...] = (),
    no_later: date | None = None,
    wave: str = "",
) -> Terms:
    """What governs this customer's choice at this moment; `others` are the days of its other
    campaigns, `wave` says why its wave is not open yet."""
    rollout, campaign = situation.rollout, situation.campaign
    book = playbook_of(campaign.playbook_source)
    crew = roster.crew(situation.change.category)
    today = calendar.today(now)
    started = calendar.today(campaign.started_at or now)
    binding = rollout.vendor_day or campaign.vendor_day
    default = span(started, binding, book.rules)
    ahead = binding is not None and binding > started
    return Terms(
        today=today,
        span=Span(rollout.first_day or default.first, rollout.last_day or default.last),
        enforced_on=binding if ahead else None,
        vendor=situation.change.vendor,
        calendar=calendar,
        rules=book.rules,
        minutes=minutes_needed(situation.people, book, day_minutes, crew),
        day_minutes=day_minutes,
        crew=crew,
        limits=roster.limits,
        others=others,
        no_later=no_later,
        wave=wave,
    )
