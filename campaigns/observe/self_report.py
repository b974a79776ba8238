"""What people say on their guide's page: kept as their word, never counted as evidence."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import Contact, Customer, CustomerLink, Rollout, SelfReport, Task
from campaigns.store import insert_missing


def report_done(session: Session, link: CustomerLink, now: datetime) -> None:
    """`I have done it`. Saying it twice is saying it once."""
    _say(session, link, "done", None, now)


def want_help(session: Session, link: CustomerLink, text: str, now: datetime) -> None:
    """`I need help`: a task for the technician, one for each person until it is done."""
    text = text.strip()[:2000]
    _say(session, link, "help", text or None, now)
    given = session.scalar(
        select(func.count()).where(
            Task.kind == "help",
            Task.rollout_id == link.rollout_id,
            Task.contact_id == link.contact_id,
            Task.done_at.is_not(None),
        )
    )
    contact = session.get_one(Contact, link.contact_id)
    rollout = session.get_one(Rollout, link.rollout_id)
    customer = session.get_one(Customer, contact.customer_id)
    row = {
        "dedupe_key": f"help:{rollout.id}:{contact.id}:{given}",
        "kind": "help",
        "title": f"{customer.name}: {contact.name} needs help"[:500],
        "text": text or "Pressed “I need help” on the guide's page.",
        "campaign_id": rollout.campaign_id,
        "rollout_id": rollout.id,
        "contact_id": contact.id,
        "due": now,
        "created_at": now,
    }
    insert_missing(session, Task, [row])


def _say(session: Session, link: CustomerLink, says: str, text: str | None, now: datetime) -> bool:
    row = {
        "rollout_id": link.rollout_id,
        "contact_id": link.contact_id,
        "says": says,
        "text": text,
        "at": now,
    }
    if not insert_missing(session, SelfReport, [row]):
        return False
    contact = session.get_one(Contact, link.contact_id)
    record(
        session,
        who=Actor(contact.email, "contact"),
        what=f"said_{says}",
        subject=contact.name,
        now=now,
        customer_id=contact.customer_id,
    )
    return True
