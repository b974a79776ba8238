"""What has happened on a rehearsal's stage, read as events."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from campaigns.models import (
    Campaign,
    Contact,
    Customer,
    Delivery,
    LetterVersion,
    Rollout,
    Step,
    Task,
    Touch,
)
from guides.letters import CompiledLetter
from workers.events import Event
from workers.seen_work import AT_ONCE, Past, bookings, local_of, tasks, touches


def past_of(session: Session) -> Past:
    """What is settled by now; a clock that stands still cannot tell it from what comes."""
    settled = select(Delivery.id).where(Delivery.settled_at.is_not(None))
    done = select(Touch.id).where(Touch.done_at.is_not(None))
    return Past(
        frozenset(session.scalars(settled)),
        frozenset(session.scalars(done)),
        frozenset(session.scalars(select(Task.id))),
    )


def events_since(
    session: Session, start: datetime, past: Past, campaigns: Collection[int]
) -> list[Event]:
    """The events of these campaigns, in the order in which they happen."""
    events = [*_mails(session, start, past, campaigns)]
    events += touches(session, start, past, campaigns)
    events += tasks(session, past, campaigns)
    events += bookings(session, start, campaigns)
    return sorted(
        events,
        key=lambda event: (event.at, event.customer, event.campaign, event.step, event.kind),
    )


_MAILS = (
    select(
        Delivery.id,
        Delivery.touch_id,
        Delivery.state,
        Delivery.reason,
        Delivery.settled_at,
        Delivery.letter_version,
        Contact.email,
        type_coerce(Delivery.facts, Text).label("facts"),
    )
    .join(Contact, Contact.id == Delivery.contact_id)
    .order_by(Delivery.touch_id, Delivery.state, Delivery.reason, Contact.email)
)


def _mails(
    session: Session, start: datetime, past: Past, campaigns: Collection[int]
) -> Iterator[Event]:
    letters = _letters(session)
    rows = session.execute(_MAILS.where(Delivery.settled_at >= start)).yield_per(AT_ONCE)
    scenes = _scenes(session, campaigns)
    fresh = (row for row in rows if row.id not in past.deliveries and row.touch_id in scenes)
    for _, group in groupby(fresh, lambda row: (row.touch_id, row.state, row.reason)):
        yield _mail(list(group), scenes, letters)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What the letters of one touch have in common."""

    customer: str
    zone: str
    step: str
    audience: str
    campaign: str
    closes: datetime
    note: str | None


def _scenes(session: Session, campaigns: Collection[int]) -> dict[int, _Scene]:
    rows = session.execute(
        select(
            Touch.id,
            Customer.name,
            Customer.timezone,
            Step.key,
            Step.audience,
            Campaign.name,
            Touch.valid_until,
            Touch.note,
        )
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Touch.opened_at.is_not(None), Campaign.id.in_(campaigns))
    )
    return {row[0]: _Scene(*row[1:]) for row in rows.yield_per(AT_ONCE)}


def _letters(session: Session) -> dict[str, CompiledLetter]:
    rows = session.execute(select(LetterVersion.version, LetterVersion.compiled))
    return {version: CompiledLetter.from_dict(stored) for version, stored in rows}


def _mail(
    group: Sequence[Any],
    scenes: dict[int, _Scene],
    letters: dict[str, CompiledLetter],
) -> Event:
    first = group[0]
    scene = scenes[first.touch_id]
    sent = first.state == "sent"
    subject = ""
    if sent and first.letter_version in letters:
        # Read once a touch: the subject is the same for all of its people.
        subject = _subject(letters[first.letter_version].subject, json.loads(first.facts))
    return Event(
        at=first.settled_at,
        local=local_of(first.settled_at, scene.zone),
        zone=scene.zone,
        customer=scene.customer,
        step=scene.step,
        kind="mail" if sent else "conflict" if first.state == "failed" else "skip",
        audience=scene.audience,
        people=len(group),
        subject=subject,
        reason=first.reason or scene.note or "",
        recipients=tuple(row.email for row in group),
        closes=scene.closes,
        campaign=scene.campaign,
    )


def _subject(subject: str, facts: dict[str, str]) -> str:
    for name, value in facts.items():
        subject = subject.replace(f"{{{{{name}}}}}", value)
    return subject
