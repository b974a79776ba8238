"""One customer: every rollout as a timeline, the people by readiness, evidence, the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.escalation import Climb, climbs
from campaigns.boards.person_lines import PersonLine, person_lines
from campaigns.boards.timeline import Happening, timeline
from campaigns.deferring import grants_of
from campaigns.errors import NotFound
from campaigns.models import (
    ON,
    Agreement,
    Campaign,
    ColleagueRequest,
    Contact,
    Customer,
    CustomerDomain,
    DeferralGrant,
    Delivery,
    JournalEntry,
    NotDeciding,
    Observation,
    PutDown,
    Rollout,
    Snapshot,
    Step,
    Task,
    Touch,
)
from campaigns.notices import Proof, colleagues_named, proofs, standing_down, standing_notice
from campaigns.rules.adoption import People
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.deferrals import Answer, Deferrals, count
from campaigns.rules.steps import Evidence
from campaigns.terms import playbook_of

__all__ = ["CustomerView", "Happening", "PersonLine", "RolloutView", "customer_view"]
LETTERS_SHOWN = 500
ROLES = ("decision_maker", "site_contact", "manager", "pilot", "vip", "admin")


@dataclass(frozen=True, slots=True)
class RolloutView:
    """A campaign at this customer."""

    rollout: Rollout
    campaign: Campaign
    agreements: Sequence[Agreement]
    timeline: Sequence[Happening]
    people: Sequence[PersonLine]
    counted: People
    measured: bool  # whether evidence says who is ready
    letters: Sequence[tuple[Delivery, str, str]]
    tasks: Sequence[Task]
    deferrals: Deferrals
    grants: Sequence[DeferralGrant]
    put_down: PutDown | None
    proofs: Sequence[Proof]
    not_deciding: Sequence[tuple[NotDeciding, str]]
    colleagues: Sequence[ColleagueRequest]
    climbs: Sequence[Climb]

    @property
    def current(self) -> Agreement | None:
        return next((a for a in self.agreements if a.version == self.rollout.version), None)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything on a customer's page. Of `contacts`, whoever has a role and the first others."""

    customer: Customer
    domains: Sequence[str]
    today: date
    contacts: Sequence[Contact]
    contacts_in_all: int
    rollouts: Sequence[RolloutView]
    snapshots: Sequence[tuple[Snapshot, int]]
    journal: Sequence[JournalEntry]


def customer_view(
    session: Session, customer_id: int, now: datetime, few: int | None = None
) -> CustomerView:
    """With `few`, at most so many people of each state and contacts without a role.

    Raises NotFound.
    """
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.", "no_customer")
    today = WorkCalendar(customer.timezone).today(now)
    pairs = session.execute(
        select(Rollout, Campaign)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Rollout.customer_id == customer.id)
        .order_by(Campaign.state.in_(ON).desc(), Campaign.opened_at.desc())
    ).all()
    return CustomerView(
        customer=customer,
        domains=session.scalars(
            select(CustomerDomain.domain).where(CustomerDomain.customer_id == customer.id)
        ).all(),
        today=today,
        contacts=_contacts(session, customer, few),
        contacts_in_all=session.scalar(
            select(func.count()).where(Contact.customer_id == customer.id)
        )
        or 0,
        rollouts=[_rollout(session, customer, r, c, today, now, few) for r, c in pairs],
        snapshots=_snapshots(session, customer),
        journal=session.scalars(
            select(JournalEntry)
            .where(JournalEntry.chain == customer.id)
            .order_by(JournalEntry.number.desc())
            .limit(200)
        ).all(),
    )


def _dealt_with() -> ColumnElement[bool]:
    """Whoever we deal with, and whom no letter reaches; the others only work there."""
    roles = (getattr(Contact, role).is_(True) for role in ROLES)
    return and_(Contact.left_at.is_(None), or_(Contact.suppressed_at.is_not(None), *roles))


def _contacts(session: Session, customer: Customer, few: int | None) -> Sequence[Contact]:
    query = select(Contact).where(Contact.customer_id == customer.id)
    if few is None:
        return session.scalars(query.order_by(Contact.name)).all()
    named = session.scalars(query.where(_dealt_with())).all()
    others = session.scalars(
        query.where(~_dealt_with()).order_by(Contact.name, Contact.id).limit(few)
    )
    return sorted([*named, *others], key=lambda contact: contact.name)


def _rollout(
    session: Session,
    customer: Customer,
    rollout: Rollout,
    campaign: Campaign,
    today: date,
    now: datetime,
    few: int | None,
) -> RolloutView:
    book, grants = playbook_of(campaign.playbook_source), grants_of(session, rollout.id)
    evidence, allowed = book.evidence.value, book.rules.deferrals
    counts = people.count(session, [rollout.id], campaign.id, evidence, today)
    agreements = session.scalars(
        select(Agreement).where(Agreement.rollout_id == rollout.id).order_by(Agreement.version)
    ).all()
    return RolloutView(
        rollout=rollout,
        campaign=campaign,
        agreements=agreements,
        timeline=timeline(session, rollout, agreements, now),
        people=person_lines(session, rollout, campaign, evidence, today, few),
        counted=counts.get(customer.id, people.NOBODY),
        measured=evidence != Evidence.NONE,
        letters=_letters(session, rollout),
        tasks=session.scalars(
            select(Task).where(Task.rollout_id == rollout.id).order_by(Task.due)
        ).all(),
        deferrals=count((Answer(a.day, a.how) for a in agreements), allowed + len(grants)),
        grants=grants,
        put_down=standing_notice(session, rollout),
        proofs=proofs(session, rollout.id),
        not_deciding=standing_down(session, rollout.id),
        colleagues=colleagues_named(session, rollout.id),
        climbs=climbs(session, customer, rollout, campaign, book),
    )


def _letters(session: Session, rollout: Rollout) -> Sequence[tuple[Delivery, str, str]]:
    rows = session.execute(
        select(Delivery, Contact.name, Step.title)
        .join(Contact, Contact.id == Delivery.contact_id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.rollout_id == rollout.id)
        .order_by(Delivery.id.desc())
        .limit(LETTERS_SHOWN)
    )
    return [(delivery, name, title) for delivery, name, title in rows]


def _snapshots(session: Session, customer: Customer) -> Sequence[tuple[Snapshot, int]]:
    rows = session.execute(
        select(Snapshot, func.count())
        .join(Observation, Observation.snapshot_id == Snapshot.id)
        .where(Observation.customer_id == customer.id)
        .group_by(Snapshot.id)
        .order_by(Snapshot.taken_at.desc())
        .limit(50)
    )
    return [(snapshot, many) for snapshot, many in rows]
