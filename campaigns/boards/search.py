"""Search everywhere: customers, contacts, campaigns, changes, letters; by name, address or id."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaigns.boards.customers import Wanted, customer_page
from campaigns.models import (
    Campaign,
    Contact,
    Customer,
    Delivery,
    Rollout,
    VendorChange,
)

SHOWN = 25
REFERENCE = re.compile(r"ro-(\d{1,18})-(\d{1,18})")  # what letters give to quote on the phone
Text = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its number or id, what it is called, and where it belongs."""

    id: int | str
    name: str
    detail: str
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Up to SHOWN of each."""

    customers: Sequence[Hit] = field(default_factory=tuple)
    contacts: Sequence[Hit] = field(default_factory=tuple)
    campaigns: Sequence[Hit] = field(default_factory=tuple)
    changes: Sequence[Hit] = field(default_factory=tuple)
    letters: Sequence[Hit] = field(default_factory=tuple)


def search(session: Session, words: str) -> Found:
    """Everything that holds the words, whatever their case; nothing for empty words."""
    words = " ".join(words.split())
    if not words:
        return Found()
    return Found(
        customers=_customers(session, words),
        contacts=_contacts(session, words),
        campaigns=_campaigns(session, words),
        changes=_changes(session, words),
        letters=_letters(session, words),
    )


def _holds(words: str, *columns: Text) -> ColumnElement[bool]:
    # SQLite folds only ASCII, so the words are also looked for as they were typed.
    texts = [column.contains(words, autoescape=True) for column in columns]
    folded = [func.lower(column).contains(words.lower(), autoescape=True) for column in columns]
    return or_(*texts, *folded)


def _customers(session: Session, words: str) -> list[Hit]:
    page = customer_page(session, Wanted(words=words), limit=SHOWN)
    found = [Hit(row.id, row.name, row.zone, row.id) for row in page.rows]
    reference = REFERENCE.fullmatch(words.lower())
    if reference:
        row = session.execute(
            select(Customer.id, Customer.name, Customer.timezone)
            .join(Rollout, Rollout.customer_id == Customer.id)
            .where(Rollout.campaign_id == int(reference[1]), Rollout.id == int(reference[2]))
        ).first()
        found += [Hit(row[0], row[1], f"reference {words.upper()}", row[0])] if row else []
    return found


def _contacts(session: Session, words: str) -> list[Hit]:
    rows = session.execute(
        select(Contact, Customer.name)
        .join(Customer, Customer.id == Contact.customer_id)
        .where(_holds(words, Contact.name, Contact.email, Contact.upn, Contact.external_id))
        .order_by(Contact.name, Contact.id)
        .limit(SHOWN)
    )
    return [
        Hit(contact.id, contact.name, f"{contact.email}, {customer}", contact.customer_id)
        for contact, customer in rows
    ]


def _campaigns(session: Session, words: str) -> list[Hit]:
    rows = session.scalars(
        select(Campaign).where(_holds(words, Campaign.name)).order_by(Campaign.name).limit(SHOWN)
    )
    return [Hit(campaign.id, campaign.name, campaign.state) for campaign in rows]


def _changes(session: Session, words: str) -> list[Hit]:
    columns = (
        VendorChange.source_id,
        VendorChange.title,
        VendorChange.plain_title,
        VendorChange.vendor,
    )
    rows = session.scalars(
        select(VendorChange)
        .where(_holds(words, *columns))
        .order_by(VendorChange.source_id)
        .limit(SHOWN)
    )
    return [Hit(row.source_id, row.title, f"{row.vendor}, {row.source_id}") for row in rows]


def _letters(session: Session, words: str) -> list[Hit]:
    """By the whole id only, as headers, logs and the journal carry it."""
    wanted = words.strip("<>").lower()
    rows = session.execute(
        select(Delivery, Contact)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(or_(Delivery.public_id == wanted, Delivery.message_id == f"<{wanted}>"))
        .limit(SHOWN)
    )
    return [
        Hit(delivery.public_id, f"Letter to {contact.name}", delivery.state, contact.customer_id)
        for delivery, contact in rows
    ]
