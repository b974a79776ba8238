"""One customer: every rollout as a timeline, the people by readiness, evidence, the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.errors import NotFound
from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    Customer,
    CustomerDomain,
    Delivery,
    Exemption,
    JournalEntry,
    Observation,
    Rollout,
    SelfReport,
    Snapshot,
    Standing,
    Step,
    Task,
    Touch,
)
from campaigns.rules.adoption import People, word
from campaigns.rules.calendar import WorkCalendar
from campaigns.terms import playbook_of

LETTERS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; `ahead` lies below today's line."""

    at: datetime
    kind: str  # letter, task, agreement, skipped, planned
    title: str
    detail: str
    ahead: bool
    touch_id: int | None = None
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person with what is known and since when."""

    contact: Contact
    state: str
    level: int | None
    required: bool | None
    reason: str | None
    taken_at: datetime | None
    source: str | None
    says: tuple[str, ...]
    excepted_until: date | None


@dataclass(frozen=True, slots=True)
class RolloutView:
    """A campaign at this customer."""

    rollout: Rollout
    campaign: Campaign
    agreements: Sequence[Agreement]
    timeline: Sequence[Happening]
    people: Sequence[PersonLine]
    counted: People
    letters: Sequence[tuple[Delivery, str, str]]
    tasks: Sequence[Task]

    @property
    def current(self) -> Agreement | None:
        return next((a for a in self.agreements if a.version == self.rollout.version), None)


@dataclass(frozen=True, slots=True)
class CustomerView:
    """Everything on a customer's page."""

    customer: Customer
    domains: Sequence[str]
    today: date
    contacts: Sequence[Contact]
    rollouts: Sequence[RolloutView]
    snapshots: Sequence[tuple[Snapshot, int]]
    journal: Sequence[JournalEntry]


def customer_view(session: Session, customer_id: int, now: datetime) -> CustomerView:
    """Raises NotFound."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.", "no_customer")
    today = WorkCalendar(customer.timezone).today(now)
    pairs = session.execute(
        select(Rollout, Campaign)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Rollout.customer_id == customer.id)
        .order_by(Campaign.state.in_(("running", "held")).desc(), Campaign.opened_at.desc())
    ).all()
    return CustomerView(
        customer=customer,
        domains=session.scalars(
            select(CustomerDomain.domain).where(CustomerDomain.customer_id == customer.id)
        ).all(),
        today=today,
        contacts=_contacts(session, customer),
        rollouts=[_rollout(session, customer, r, c, today, now) for r, c in pairs],
        snapshots=_snapshots(session, customer),
        journal=session.scalars(
            select(JournalEntry)
            .where(JournalEntry.chain == customer.id)
            .order_by(JournalEntry.number.desc())
            .limit(200)
        ).all(),
    )


def _contacts(session: Session, customer: Customer) -> Sequence[Contact]:
    return session.scalars(
        select(Contact).where(Contact.customer_id == customer.id).order_by(Contact.name)
    ).all()


def _rollout(
    session: Session,
    customer: Customer,
    rollout: Rollout,
    campaign: Campaign,
    today: date,
    now: datetime,
) -> RolloutView:
    evidence = playbook_of(campaign.playbook_source).evidence.value
    counts = people.count(session, [rollout.id], campaign.id, evidence, today)
    agreements = session.scalars(
        select(Agreement).where(Agreement.rollout_id == rollout.id).order_by(Agreement.version)
    ).all()
    return RolloutView(
        rollout=rollout,
        campaign=campaign,
        agreements=agreements,
        timeline=_timeline(session, rollout, agreements, now),
        people=_people(session, customer, rollout, campaign, evidence, today),
        counted=counts.get(customer.id, people.NOBODY),
        letters=_letters(session, rollout),
        tasks=session.scalars(
            select(Task).where(Task.rollout_id == rollout.id).order_by(Task.due)
        ).all(),
    )


def _timeline(
    session: Session, rollout: Rollout, agreements: Sequence[Agreement], now: datetime
) -> list[Happening]:
    counts: dict[int, list[tuple[str, int]]] = {}
    for touch_id, state, many in session.execute(
        select(Delivery.touch_id, Delivery.state, func.count())
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(Touch.rollout_id == rollout.id)
        .group_by(Delivery.touch_id, Delivery.state)
        .order_by(Delivery.state)
    ):
        counts.setdefault(touch_id, []).append((state, many))
    rows = session.execute(
        select(Touch, Step)
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.rollout_id == rollout.id)
    )
    found = [_touch_line(touch, step, tuple(counts.get(touch.id, ())), now) for touch, step in rows]
    found += [_agreement_line(agreement) for agreement in agreements]
    return sorted(found, key=lambda line: line.at)


def _touch_line(
    touch: Touch, step: Step, counts: tuple[tuple[str, int], ...], now: datetime
) -> Happening:
    kind = {"planned": "planned", "skipped": "skipped", "cancelled": "skipped"}.get(
        touch.state, "task" if step.channel == "task" else "letter"
    )
    at = touch.opened_at or touch.due
    return Happening(at, kind, step.title, touch.reason or "", at > now, touch.id, counts)


def _agreement_line(agreement: Agreement) -> Happening:
    by = f"{agreement.by_name}, {agreement.by_role}"
    if agreement.day is None or agreement.local_time is None:
        return Happening(agreement.at, "agreement", "Date withdrawn", by, False)
    day = (
        f"{agreement.day:%a} {agreement.day.day} {agreement.day:%b %Y} {agreement.local_time:%H:%M}"
    )
    return Happening(agreement.at, "agreement", f"Agreed: {day}", f"{by} ({agreement.how})", False)


def _people(
    session: Session,
    customer: Customer,
    rollout: Rollout,
    campaign: Campaign,
    evidence: str,
    today: date,
) -> list[PersonLine]:
    until = (
        select(func.max(Exemption.until))
        .where(
            Exemption.contact_id == Contact.id,
            Exemption.campaign_id == campaign.id,
            Exemption.ended_at.is_(None),
            Exemption.until >= today,
        )
        .scalar_subquery()
    )
    says: dict[int, list[str]] = {}
    for contact_id, said in session.execute(
        select(SelfReport.contact_id, SelfReport.says).where(SelfReport.rollout_id == rollout.id)
    ):
        says.setdefault(contact_id, []).append(said)
    rows = session.execute(
        select(Contact, Standing, Snapshot.source, until)
        .outerjoin(Standing, people.standing_of(evidence))
        .outerjoin(Snapshot, Snapshot.id == Standing.snapshot_id)
        .where(Contact.customer_id == customer.id, people.counted())
        .order_by(Contact.name)
    )
    return [
        PersonLine(
            contact=contact,
            state=word(standing.level if standing else None, excepted is not None),
            level=standing.level if standing else None,
            required=standing.required if standing else None,
            reason=standing.reason if standing else "no evidence yet",
            taken_at=standing.taken_at if standing else None,
            source=source,
            says=tuple(says.get(contact.id, ())),
            excepted_until=excepted,
        )
        for contact, standing, source, excepted in rows
    ]


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
