"""Contacts from a file, matched by external id, then by address."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns.headcount import recount
from campaigns.journal import Actor, record
from campaigns.links import Links
from campaigns.models import Contact, Customer, FormerAddress
from campaigns.register.result import ImportResult
from campaigns.relink import after_change
from campaigns.rules.records import ContactRecord, Parsed, Rejected
from campaigns.store import insert_missing

ROLES = ("decision_maker", "site_contact", "manager", "pilot", "vip")


@dataclass
class _Draft:
    """What the file would change, by customer."""

    create: list[tuple[Customer, ContactRecord]] = field(default_factory=list)
    update: list[tuple[Contact, ContactRecord]] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    touched: dict[int, Customer] = field(default_factory=dict)


@dataclass
class _Known:
    """The contacts that are there already, by what a row may call them."""

    by_address: dict[tuple[int, str], Contact] = field(default_factory=dict)
    by_id: dict[tuple[int, str], Contact] = field(default_factory=dict)

    def match(self, customer: Customer, row: ContactRecord) -> Contact | None:
        found = self.by_id.get((customer.id, row.external_id)) if row.external_id else None
        return found or self.by_address.get((customer.id, row.email))


def import_contacts(
    session: Session,
    parsed: Parsed[ContactRecord],
    *,
    who: Actor,
    now: datetime,
    accept_good_rows: bool = False,
    preview: bool = False,
    links: Links | None = None,
) -> ImportResult:
    """Bring in a contacts file; the customer must be there already.

    A row that matches by external id but has another address is a rename: the old
    address is kept, and with `links` the page's links of whoever has a new address are renewed,
    so that nobody chooses by a letter to the old one. An empty cell never erases what is known.
    """
    customers = {c.folded_name: c for c in session.scalars(select(Customer))}
    draft = _Draft(rejected=list(parsed.rejected))
    named = {row.customer.casefold() for _, row in parsed.accepted}
    known = _known(session, [c.id for folded, c in customers.items() if folded in named])
    for line, row in parsed.accepted:
        customer = customers.get(row.customer.casefold())
        if customer is None:
            reason = f'There is no customer "{row.customer}". Import customers first.'
            draft.rejected.append(Rejected(line, reason))
        else:
            _place(draft, line, known, customer, row)
    store = not preview and (accept_good_rows or not draft.rejected)
    if store:
        _write(session, draft, who, now, links)
    return ImportResult(
        rows=parsed.rows,
        rejected=sorted(draft.rejected, key=lambda r: r.line),
        created=len(draft.create),
        updated=len(draft.update),
        unchanged=draft.unchanged,
        stored=store,
        warnings=parsed.warnings,
    )


def _known(session: Session, customer_ids: list[int]) -> _Known:
    known = _Known()
    contacts = session.scalars(select(Contact).where(Contact.customer_id.in_(customer_ids)))
    for contact in contacts:
        known.by_address[contact.customer_id, contact.email] = contact
        if contact.external_id:
            known.by_id[contact.customer_id, contact.external_id] = contact
    return known


def _place(draft: _Draft, line: int, known: _Known, customer: Customer, row: ContactRecord) -> None:
    contact = known.match(customer, row)
    bearer = known.by_address.get((customer.id, row.email), contact)
    if bearer is not contact and bearer is not None:
        reason = f'The address "{row.email}" belongs to {bearer.name} already.'
        draft.rejected.append(Rejected(line, reason))
        return
    if contact is None:
        draft.create.append((customer, row))
    elif _changes(contact, row):
        draft.update.append((contact, row))
    else:
        draft.unchanged += 1
        return
    draft.touched[customer.id] = customer


def _changes(contact: Contact, row: ContactRecord) -> dict[str, Any]:
    """The fields in which the row differs from what is known."""
    values: dict[str, Any] = {role: role in row.roles for role in ROLES}
    values |= {"name": row.name, "email": row.email, "kind": row.kind, "left_at": None}
    for name in ("locale", "external_id"):
        if getattr(row, name) is not None:
            values[name] = getattr(row, name)
    values["tags"] = {**contact.tags, **row.tags}
    return {name: value for name, value in values.items() if getattr(contact, name) != value}


def _write(session: Session, draft: _Draft, who: Actor, now: datetime, links: Links | None) -> None:
    rows = [_new(customer, row, now) for customer, row in draft.create]
    if rows:
        session.execute(insert(Contact), rows)
    for contact, row in draft.update:
        changes = _changes(contact, row)
        if "email" in changes:
            former = {"contact_id": contact.id, "email": contact.email, "until": now}
            insert_missing(session, FormerAddress, [former])
        for name, value in changes.items():
            setattr(contact, name, value)
        if "email" in changes and links is not None:
            after_change(session, contact, links, who=who, now=now)
    recount(session, draft.touched)
    for customer in draft.touched.values():
        record(
            session,
            who=who,
            what="contacts_imported",
            subject=customer.name,
            now=now,
            customer_id=customer.id,
            details={
                "created": sum(1 for c, _ in draft.create if c.id == customer.id),
                "updated": sum(1 for c, _ in draft.update if c.customer_id == customer.id),
            },
        )


def _new(customer: Customer, row: ContactRecord, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {role: role in row.roles for role in ROLES}
    return values | {
        "customer_id": customer.id,
        "name": row.name,
        "email": row.email,
        "upn": None,
        "external_id": row.external_id,
        "kind": row.kind,
        "admin": False,
        "locale": row.locale,
        "tags": dict(row.tags),
        "created_at": now,
    }
