"""Contacts by hand: a colleague is added, a role changes, somebody leaves or comes back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.headcount import recount
from campaigns.journal import Actor, record_of
from campaigns.models import Contact, Customer, FormerAddress
from campaigns.models.people import CONTACT_KINDS
from campaigns.register.contacts import ROLES
from campaigns.rules.records import ContactRecord
from campaigns.store import insert_missing


def find_customer(session: Session, customer_id: int) -> Customer:
    """The customer with this number. Raises NotFound."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.", "no_customer")
    return customer


def find_contact(session: Session, customer_id: int, contact_id: int) -> Contact:
    """The contact, who must be this customer's. Raises NotFound."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.customer_id != customer_id:
        raise NotFound("There is no such contact at this customer.", "no_contact")
    return contact


def add_contact(
    session: Session, customer_id: int, row: ContactRecord, *, who: Actor, now: datetime
) -> Contact:
    """A colleague who was not on the list; `row.email` is in lower case, `row.customer` unused.

    Raises NotFound, Invalid (`field` says where), Conflict where the address is on the list.
    """
    find_customer(session, customer_id)
    _check(row)
    values = _values(row) | {
        "customer_id": customer_id,
        "admin": False,
        "tags": {},
        "created_at": now,
    }
    if not insert_missing(session, Contact, [values]):
        raise _taken(row.email)
    contact = session.scalars(
        select(Contact).where(Contact.customer_id == customer_id, Contact.email == row.email)
    ).one()
    recount(session, [customer_id])
    record_of(
        session, contact, "contact_added", who, now, {"email": row.email, "roles": _roles(row)}
    )
    return contact


def change_contact(
    session: Session, contact: Contact, row: ContactRecord, *, who: Actor, now: datetime
) -> bool:
    """Name, address, roles, class and language as given; False where nothing differs.

    A new address has not bounced yet, so letters go there again; the old one is kept for
    evidence that still names it. Raises Invalid, and Conflict where the address is taken.
    """
    _check(row)
    changes = {k: v for k, v in _values(row).items() if getattr(contact, k) != v}
    if not changes:
        return False
    before = contact.email
    if "email" in changes:
        former = {"contact_id": contact.id, "email": before, "until": now}
        insert_missing(session, FormerAddress, [former])
        changes |= {"suppressed_at": None, "suppressed_why": None}
    try:
        with session.begin_nested():
            for name, value in changes.items():
                setattr(contact, name, value)
    except IntegrityError:
        raise _taken(row.email) from None
    if "kind" in changes:
        recount(session, [contact.customer_id])
    words = {name: value for name, value in changes.items() if not name.startswith("suppressed")}
    record_of(session, contact, "contact_changed", who, now, words)
    return True


def mark_left(session: Session, contact: Contact, *, who: Actor, now: datetime) -> int:
    """Somebody left: no more letters, and no longer counted.

    Returns how many people who may decide are still there. Raises Conflict.
    """
    if contact.left_at is not None:
        raise Conflict(f"{contact.name} was marked as left already.", "already_left")
    contact.left_at = now
    recount(session, [contact.customer_id])
    record_of(session, contact, "contact_left", who, now, {"email": contact.email})
    return len(
        session.scalars(
            select(Contact.id).where(
                Contact.customer_id == contact.customer_id,
                Contact.decision_maker.is_(True),
                Contact.left_at.is_(None),
            )
        ).all()
    )


def mark_back(session: Session, contact: Contact, *, who: Actor, now: datetime) -> None:
    """Somebody is there again. Raises Conflict where they had not left."""
    if contact.left_at is None:
        raise Conflict(f"{contact.name} has not left.", "not_left")
    contact.left_at = None
    recount(session, [contact.customer_id])
    record_of(session, contact, "contact_back", who, now, {"email": contact.email})


def _values(row: ContactRecord) -> dict[str, object]:
    values: dict[str, object] = {role: role in row.roles for role in ROLES}
    return values | {
        "name": row.name,
        "email": row.email,
        "kind": row.kind,
        "locale": row.locale,
    }


def _check(row: ContactRecord) -> None:
    if not row.name.strip():
        raise Invalid("Write the person's name.", field="name")
    if len(row.name) > 200:
        raise Invalid("A name has at most 200 characters.", field="name")
    if not row.email:
        raise Invalid("Write the mail address.", field="email")
    if row.kind not in CONTACT_KINDS:
        raise Invalid("Choose what kind of contact this is.", field="kind")


def _roles(row: ContactRecord) -> list[str]:
    return [role for role in ROLES if role in row.roles]


def _taken(email: str) -> Conflict:
    return Conflict(f"{email} is on this customer's list already.", "address_taken", "email")
