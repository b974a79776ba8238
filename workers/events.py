"""What a rehearsal saw, as a list of events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import models
from campaigns.models import (
    Agreement,
    Contact,
    Customer,
    Delivery,
    Rollout,
    Step,
    Task,
    Touch,
)
from guides.letters import CompiledLetter


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
    closes: datetime | None = None  # when a letter would have been useless

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
class Past:
    """What had happened before the rehearsal began, by id."""

    deliveries: frozenset[int]
    touches: frozenset[int]


def past_of(session: Session) -> Past:
    """What is settled by now; a clock that stands still cannot tell it from what comes."""
    settled = select(Delivery.id).where(Delivery.settled_at.is_not(None))
    done = select(Touch.id).where(Touch.done_at.is_not(None))
    return Past(frozenset(session.scalars(settled)), frozenset(session.scalars(done)))


def events_since(session: Session, start: datetime, past: Past) -> list[Event]:
    events = [*_mails(session, start, past), *_touches(session, start, past)]
    events += [*_conflicts(session), *_bookings(session, start)]
    return sorted(events, key=lambda event: (event.at, event.customer, event.step, event.kind))


def _mails(session: Session, start: datetime, past: Past) -> list[Event]:
    rows = session.execute(
        select(
            Delivery,
            Contact.email,
            Customer,
            Step,
            models.LetterVersion.compiled,
            Touch.valid_until,
            Touch.note,
        )
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
        if row[0].id in past.deliveries:
            continue
        reason = row[0].reason or ""
        groups.setdefault((row[0].touch_id, row[0].state, reason), []).append(row)
    return [_mail(group) for group in groups.values()]


def _mail(group: Sequence[Any]) -> Event:
    delivery, _email, customer, step, compiled, closes, note = group[0]
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
        reason=delivery.reason or note or "",
        recipients=tuple(row[1] for row in group),
        closes=closes,
    )


def _subject(compiled: dict[str, Any] | None, facts: dict[str, str] | None) -> str:
    if compiled is None or facts is None:
        return ""
    subject = CompiledLetter.from_dict(compiled).subject
    for name, value in facts.items():
        subject = subject.replace(f"{{{{{name}}}}}", value)
    return subject


def _touches(session: Session, start: datetime, past: Past) -> list[Event]:
    rows = session.execute(
        select(Touch, Step, Customer)
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Touch.done_at >= start)
    )
    events = []
    for touch, step, customer in rows:
        if touch.id in past.touches:
            continue
        if step.channel == "booking" and touch.state == "done":
            continue  # the booking itself says so
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
                reason=touch.reason or touch.note or "",
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
