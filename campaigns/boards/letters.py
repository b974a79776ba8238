"""A letter as it was sent, put together again from the pinned version and the kept facts."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import Contact, Customer, Delivery, LetterVersion, Rollout, Step, Touch


@dataclass(frozen=True, slots=True)
class LetterCopy:
    """What is kept of one letter. `compiled` and `facts` are None where it never left.

    `told_day` is the agreed day that it named, so that a correction goes to those who read it.
    """

    public_id: str
    step: str
    title: str
    customer_id: int
    customer: str
    person: str
    address: str | None
    state: str
    reason: str | None
    reply: str | None
    settled_at: datetime | None
    message_id: str | None
    compiled: dict[str, Any] | None
    facts: dict[str, str] | None
    told_day: date | None
    note: str | None  # why it went on another day than the playbook counts


def letter_copy(session: Session, public_id: str) -> LetterCopy:
    """Raises NotFound. Personal links are not kept: whoever fills the letter puts words there."""
    row = session.execute(
        select(Delivery, Contact, Step, Customer, LetterVersion, Touch.note)
        .join(Contact, Contact.id == Delivery.contact_id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(LetterVersion, LetterVersion.version == Delivery.letter_version)
        .where(Delivery.public_id == public_id)
    ).first()
    if row is None:
        raise NotFound("There is no such letter.", "no_delivery")
    delivery, contact, step, customer, version, note = row
    return LetterCopy(
        public_id=delivery.public_id,
        step=step.key,
        title=step.title,
        customer_id=customer.id,
        customer=customer.name,
        person=contact.name,
        address=delivery.address or contact.email,
        state=delivery.state,
        reason=delivery.reason,
        reply=delivery.reply,
        settled_at=delivery.settled_at,
        message_id=delivery.message_id,
        compiled=version.compiled if version else None,
        facts=delivery.facts,
        told_day=delivery.told_day,
        note=note,
    )
