"""What governs a customer's choice: its calendar, the playbook's rules, the vendor's date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.capacity import minutes_needed
from campaigns.crew import Roster
from campaigns.models import Campaign, Customer, Freeze, Milestone, VendorChange, WorkingWeek
from campaigns.models.base import BigKey
from campaigns.rows import Parts, by_kind, part, rows_of, together
from campaigns.rules import playbook as playbooks
from campaigns.rules.calendar import Closure, Hours, Week, WorkCalendar
from campaigns.rules.dates import Span, Terms, span
from campaigns.rules.hours import USUAL_WEEK
from campaigns.rules.milestones import Deadline, Fact, deadline
from campaigns.rules.steps import Playbook
from campaigns.situation import Situation

_OWN = bindparam("customer", type_=BigKey)
_FREEZES = part(
    "freeze",
    key=Freeze.customer_id,
    word=Freeze.reason,
    said=Freeze.repeats,
    number=Freeze.workdays,
    starts=Freeze.starts,
    ends=Freeze.ends,
    until=Freeze.until,
).where(Freeze.campaign_id.is_(None) | (Freeze.campaign_id == bindparam("campaign", type_=BigKey)))
_WEEKS = part(
    "hours",
    key=WorkingWeek.customer_id,
    weekday=WorkingWeek.weekday,
    opens=WorkingWeek.opens,
    closes=WorkingWeek.closes,
)
WORKING_TIME = (
    _FREEZES.where(Freeze.customer_id.is_(None) | (Freeze.customer_id == _OWN)),
    _WEEKS.where(WorkingWeek.customer_id.is_(None) | (WorkingWeek.customer_id == _OWN)),
)
_OF_ONE = together(*WORKING_TIME)
_THESE = bindparam("customers", type_=BigKey, expanding=True)
_OF_SOME = together(
    _FREEZES.where(Freeze.customer_id.is_(None) | Freeze.customer_id.in_(_THESE)),
    _WEEKS.where(WorkingWeek.customer_id.is_(None) | WorkingWeek.customer_id.in_(_THESE)),
)
_OF_ALL = together(_FREEZES, _WEEKS)
MANY = 500  # customers; both engines limit how many values one statement may carry
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


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Freezes and weeks by customer; those of the provider under None."""

    freezes: Mapping[int | None, Sequence[Closure]]
    weeks: Mapping[int | None, Week]


def calendar_of(
    session: Session, customer: Customer, campaign_id: int | None = None
) -> WorkCalendar:
    """The customer's working calendar: its week or the provider's, and the freezes of both.

    Freezes of one campaign close days for that campaign alone.
    """
    return calendar_with(customer, freezes_of(session, [customer.id], campaign_id))


def calendar_with(customer: Customer, found: WorkingTime) -> WorkCalendar:
    """The same from what was read for many customers at once."""
    own = found.weeks.get(customer.id)
    return WorkCalendar(
        zone=customer.timezone,
        country=customer.country,
        subdivision=customer.subdivision,
        closures=(*found.freezes.get(None, ()), *found.freezes.get(customer.id, ())),
        week=own or found.weeks.get(None, USUAL_WEEK),
        own_week=own is not None,
        provider_week=found.weeks.get(None) if own else None,
    )


def our_calendar(found: WorkingTime) -> WorkCalendar:
    """The provider's own week and freezes. It has no country: holidays are the customers'."""
    return WorkCalendar(
        "UTC",
        closures=tuple(found.freezes.get(None, ())),
        week=found.weeks.get(None, USUAL_WEEK),
    )


def closure_of(freeze: Freeze) -> Closure:
    """The days of a freeze, as the rules read them."""
    return Closure(
        freeze.starts, freeze.ends, freeze.reason, freeze.repeats, freeze.workdays, freeze.until
    )


def freezes_of(
    session: Session, customer_ids: Sequence[int], campaign_id: int | None = None
) -> WorkingTime:
    """Freezes and weeks of these customers and of the provider, in one statement."""
    which = {"campaign": campaign_id}
    if len(customer_ids) == 1:
        rows = rows_of(session, _OF_ONE, customer=customer_ids[0], **which)
    elif len(customer_ids) <= MANY:
        rows = rows_of(session, _OF_SOME, customers=list(customer_ids), **which)
    else:
        rows = rows_of(session, _OF_ALL, **which)
    return working_time_in(by_kind(rows))


def working_time_in(found: Parts) -> WorkingTime:
    """The same from the rows of `WORKING_TIME`."""
    freezes: dict[int | None, list[Closure]] = {}
    for customer, reason, repeats, workdays, _, starts, ends, until, *_ in found["freeze"]:
        freeze = Closure(starts, ends, reason, repeats, workdays, until)
        freezes.setdefault(customer, []).append(freeze)
    weeks: dict[int | None, list[Hours | None]] = {}
    for customer, _, _, _, weekday, _, _, _, opens, closes in found["hours"]:
        weeks.setdefault(customer, [None] * 7)[weekday] = Hours(opens, closes)
    return WorkingTime(freezes, {whose: tuple(week) for whose, week in weeks.items()})


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
