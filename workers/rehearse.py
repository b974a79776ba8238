"""Rehearsal: the campaign ahead, run by the production code on a copy and a clock of its own.

The copy is a database in memory with this campaign and its customers; letters go to a
list. What the rehearsal lists is therefore what the run then sends, as long as nobody
chooses, moves or reports anything in between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, insert, select, true
from sqlalchemy.orm import Session

from campaigns import launch, models, progress
from campaigns.journal import SYSTEM
from campaigns.models import (
    Agreement,
    Base,
    Campaign,
    Contact,
    Customer,
    Delivery,
    Rollout,
    Step,
    Task,
    Touch,
)
from campaigns.store import Store
from guides.letters import CompiledLetter
from workers.courier import run_until, sweep
from workers.mail import MemoryMailer
from workers.runtime import HandClock, Runtime

HORIZON = timedelta(days=800)
WHOLE = (
    "staff",
    "vendor_change",
    "milestone",
    "technician_day",
    "letter_version",
    "snapshot",
)
BY_CUSTOMER = ("freeze",)
BY_ROLLOUT = ("agreement", "booking", "customer_link", "touch")
BY_CONTACT = ("exemption", "standing")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that will happen; `at` is UTC, `local` with `zone` is what was promised."""

    at: datetime
    local: str
    zone: str
    customer: str
    step: str
    kind: str  # mail, task, skip, conflict, booking
    audience: str
    people: int
    subject: str
    reason: str
    recipients: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "local": self.local,
            "zone": self.zone,
            "customer": self.customer,
            "step": self.step,
            "kind": self.kind,
            "audience": self.audience,
            "people": self.people,
            "subject": self.subject,
            "reason": self.reason,
            "recipients": list(self.recipients),
        }


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All events from now on, in order."""

    campaign: str
    start: datetime
    until: datetime
    events: Sequence[Event]

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout rehearse --json`."""
        return {
            "campaign": self.campaign,
            "from": self.start.isoformat().replace("+00:00", "Z"),
            "until": self.until.isoformat().replace("+00:00", "Z"),
            "events": [event.as_json() for event in self.events],
        }


def rehearse(rt: Runtime, name: str, until: datetime | None = None) -> Rehearsal:
    """Every message, task, skip and conflict ahead. Nothing in the real database changes.

    A draft is rehearsed as if it were approved and started now. Raises NotFound and, for
    a change without a date, Conflict.
    """
    now = rt.clock.now()
    copy = Store("sqlite://")
    try:
        _copy(rt, copy, name)
        stage = replace(
            rt,
            store=copy,
            clock=HandClock(now),
            mailer=MemoryMailer(),
            nudge=_nothing,
            pinned=set(),
        )
        _raise_curtain(stage, name, now)
        end = until or now + HORIZON
        sweep(stage, now)
        run_until(stage, now, end, stage.clock.move_to)
        with copy.writing() as session:
            progress.move_along(session, end)
        with copy.reading() as session:
            events = _events(session, now)
    finally:
        copy.close()
    last = max((event.at for event in events), default=now)
    return Rehearsal(name, now, until or last, events)


def _nothing() -> None:
    """Nobody is woken by a rehearsal."""


def _raise_curtain(stage: Runtime, name: str, now: datetime) -> None:
    with stage.store.writing() as session:
        campaign = launch.find_campaign(session, name)
        if campaign.state == "draft":
            launch.approve(session, campaign, who=SYSTEM, now=now, two_person=False)
        if campaign.state == "approved":
            launch.start(session, campaign, who=SYSTEM, now=now)
        if campaign.state == "held":
            launch.resume(session, campaign, who=SYSTEM, now=now)


def _copy(rt: Runtime, copy: Store, name: str) -> None:
    Base.metadata.create_all(copy.engine)
    with rt.store.reading() as source, copy.writing() as target:
        campaign = launch.find_campaign(source, name)
        for table in Base.metadata.sorted_tables:
            condition = _share(table, campaign)
            if condition is None:
                continue
            found = source.execute(select(table).where(condition))
            rows = [dict(row) for row in found.mappings()]
            if rows:
                target.connection().execute(insert(table), rows)


def _share(table: Table, campaign: Campaign) -> ColumnElement[bool] | None:
    """Which rows of a table the rehearsal needs; None for a table that it does without."""
    rollouts = select(Rollout.id).where(Rollout.campaign_id == campaign.id)
    customers = select(Rollout.customer_id).where(Rollout.campaign_id == campaign.id)
    contacts = select(Contact.id).where(Contact.customer_id.in_(customers))
    touches = select(Touch.id).where(Touch.rollout_id.in_(rollouts))
    at = table.c
    if table.name in WHOLE:
        return true()
    if table.name in BY_ROLLOUT:
        return at.rollout_id.in_(rollouts)
    if table.name in BY_CUSTOMER:
        return at.customer_id.is_(None) | at.customer_id.in_(customers)
    if table.name in BY_CONTACT:
        return at.contact_id.in_(contacts)
    if table.name == "delivery":
        return at.touch_id.in_(touches)
    if table.name in ("campaign", "step"):
        return (at.id if table.name == "campaign" else at.campaign_id) == campaign.id
    if table.name in ("customer", "contact", "rollout"):
        return at.id.in_(
            {"customer": customers, "contact": contacts, "rollout": rollouts}[table.name]
        )
    return None


def _events(session: Session, start: datetime) -> list[Event]:
    events = [*_mails(session, start), *_touches(session, start)]
    events += [*_conflicts(session), *_bookings(session, start)]
    return sorted(events, key=lambda event: (event.at, event.customer, event.step, event.kind))


def _mails(session: Session, start: datetime) -> list[Event]:
    rows = session.execute(
        select(Delivery, Contact.email, Customer, Step, models.LetterVersion.compiled)
        .join(Contact, Contact.id == Delivery.contact_id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(models.LetterVersion, models.LetterVersion.version == Delivery.letter_version)
        .where(Delivery.settled_at >= start)
        .order_by(Contact.email)
    )
    groups: dict[tuple[int, str, str], list[Any]] = {}
    for row in rows:
        reason = row[0].reason or ""
        groups.setdefault((row[0].touch_id, row[0].state, reason), []).append(row)
    return [_mail(group) for group in groups.values()]


def _mail(group: Sequence[Any]) -> Event:
    delivery, _email, customer, step, compiled = group[0]
    sent = delivery.state == "sent"
    subject = _subject(compiled, delivery.facts) if sent else ""
    kind = "mail" if sent else "conflict" if delivery.state == "failed" else "skip"
    return Event(
        at=delivery.settled_at,
        local=_local(delivery.settled_at, customer.timezone),
        zone=customer.timezone,
        customer=customer.name,
        step=step.key,
        kind=kind,
        audience=step.audience,
        people=len(group),
        subject=subject,
        reason=delivery.reason or "",
        recipients=tuple(row[1] for row in group),
    )


def _subject(compiled: dict[str, Any] | None, facts: dict[str, str] | None) -> str:
    if compiled is None or facts is None:
        return ""
    subject = CompiledLetter.from_dict(compiled).subject
    for name, value in facts.items():
        subject = subject.replace(f"{{{{{name}}}}}", value)
    return subject


def _touches(session: Session, start: datetime) -> list[Event]:
    rows = session.execute(
        select(Touch, Step, Customer)
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Touch.done_at >= start)
    )
    events = []
    for touch, step, customer in rows:
        if step.channel == "task" and touch.state == "done":
            kind = "task"
        elif touch.state == "skipped" or (touch.state == "done" and touch.reason):
            kind = "skip"
        else:
            continue
        at = touch.opened_at or touch.due
        events.append(
            Event(
                at=at,
                local=_local(at, customer.timezone),
                zone=customer.timezone,
                customer=customer.name,
                step=step.key,
                kind=kind,
                audience=step.audience,
                people=0,
                subject=step.title,
                reason=touch.reason or "",
            )
        )
    return events


def _conflicts(session: Session) -> list[Event]:
    rows = session.execute(
        select(Task, Customer)
        .join(Rollout, Rollout.id == Task.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Task.kind.in_(("name_contact", "no_day")))
    )
    return [
        Event(
            at=task.due,
            local=_local(task.due, customer.timezone),
            zone=customer.timezone,
            customer=customer.name,
            step=task.kind,
            kind="conflict",
            audience="provider",
            people=0,
            subject=task.title,
            reason=task.text,
        )
        for task, customer in rows
    ]


def _bookings(session: Session, start: datetime) -> list[Event]:
    rows = session.execute(
        select(Agreement, Customer)
        .join(
            Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version)
        )
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Agreement.instant >= start)
    )
    return [
        Event(
            at=agreement.instant,
            local=_local(agreement.instant, agreement.zone),
            zone=agreement.zone,
            customer=customer.name,
            step="agreed-date",
            kind="booking",
            audience="provider",
            people=0,
            subject=f"{customer.name}: agreed date",
            reason=agreement.how,
        )
        for agreement, customer in rows
        if agreement.instant is not None
    ]


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
