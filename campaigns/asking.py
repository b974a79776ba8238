"""What customers say besides a date: a question, none of these fit, somebody else decides."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.choice import Case
from campaigns.contact.work import owner_of
from campaigns.errors import Invalid
from campaigns.journal import Actor, record
from campaigns.models import (
    Task,
)
from campaigns.store import insert_missing


@dataclass(frozen=True, slots=True)
class Chooser:
    """Who chose, as they named themselves, and by which door they came."""

    name: str
    role: str
    contact_id: int | None = None
    staff: str | None = None
    forwarded: bool = False  # the link was another person's, or its reader does not decide

    @property
    def actor(self) -> Actor:
        return Actor(self.staff or self.name, self.role)


def ask(
    session: Session, case: Case, *, kind: str, text: str, chooser: Chooser, now: datetime
) -> None:
    """A question, `none of these fit` or `not the right person` becomes a task for staff."""
    titles = {
        "question": f"{case.customer.name} asks",
        "none_fit": f"{case.customer.name}: none of the dates fit",
        "wrong_person": f"{case.customer.name}: somebody else decides",
        "not_me": f"{case.customer.name}: our letters reach the wrong person",
    }
    if kind not in titles:
        raise Invalid("Choose what it is about.", field="kind")
    text = text.strip()[:2000]
    if not text and kind == "question":
        raise Invalid("Write your question first.", field="text")
    digest = hashlib.sha256(f"{chooser.contact_id}:{text}".encode()).hexdigest()[:32]
    row = {
        "dedupe_key": f"{kind}:{case.rollout.id}:{digest}",
        "kind": kind,
        "title": titles[kind][:500],
        "text": f"{chooser.name} wrote: {text}" if text else f"Told us by {chooser.name}.",
        "campaign_id": case.campaign.id,
        "rollout_id": case.rollout.id,
        "contact_id": chooser.contact_id,
        "due": now,
        "owner": owner_of(session, case.customer, case.rollout),
        "created_at": now,
    }
    if insert_missing(session, Task, [row]):
        note(session, case, f"asked_{kind}", chooser.actor, now, {"text": text})


def ask_for_new_date(
    session: Session, case: Case, version: int, chooser: Chooser, now: datetime
) -> None:
    """A withdrawn date leaves nothing planned, so somebody has to see to a new one."""
    row = {
        "dedupe_key": f"new_date:{case.rollout.id}:{version}",
        "kind": "new_date",
        "title": f"{case.customer.name}: agree a new date"[:500],
        "text": f"{chooser.name} withdrew the date. Call and agree another one.",
        "campaign_id": case.campaign.id,
        "rollout_id": case.rollout.id,
        "due": now,
        "owner": owner_of(session, case.customer, case.rollout),
        "created_at": now,
    }
    insert_missing(session, Task, [row])


def note(
    session: Session,
    case: Case,
    what: str,
    who: Actor,
    now: datetime,
    details: Mapping[str, object],
) -> None:
    subject = f"{case.campaign.name}: {case.customer.name}"
    record(
        session,
        who=who,
        what=what,
        subject=subject,
        now=now,
        customer_id=case.customer.id,
        details=details,
    )
