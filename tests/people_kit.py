"""What is said of people at a customer: evidence, exceptions, changes by hand."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import headcount, observe
from campaigns.models import Campaign, Contact
from campaigns.rules.records import (
    EvidenceEnding,
    EvidenceFile,
    EvidenceRecord,
    Rejected,
)
from tests.kit import ADA, BO, Office


def word_of(upn: str, level: int | None, **more: Any) -> EvidenceRecord:
    """One row of an evidence file: what a vendor system says of that sign-in name."""
    plain: dict[str, Any] = dict.fromkeys(
        ("external_id", "address", "tenant", "required", "admin", "kind", "active")
    )
    return EvidenceRecord(**{**plain, "upn": upn or None, "level": level, **more})


def import_words(
    office: Office,
    *rows: EvidenceRecord,
    taken_at: datetime | None = None,
    file_hash: str | None = None,
    rejected: Sequence[Rejected] = (),
) -> observe.EvidenceResult:
    """An evidence file with these rows, taken now unless said otherwise."""
    when = taken_at or office.now
    file = EvidenceFile("graph", [*rows, *rejected], lambda: EvidenceEnding(when))
    digest = file_hash or hashlib.sha256(repr((rows, when)).encode()).hexdigest()
    with office.store.writing() as session:
        return observe.import_evidence(
            session,
            file,
            file_name="evidence.json",
            file_hash=lambda: digest,
            taken_at=None,
            customer=None,
            who=ADA,
            now=office.now,
        )


def contact_of(session: Session, address: str) -> Contact:
    return session.scalars(select(Contact).where(Contact.email == address)).one()


def change_contact(office: Office, address: str, **values: Any) -> int:
    """Set columns of a contact as some page or import would; its id."""
    with office.store.writing() as session:
        contact = contact_of(session, address)
        for name, value in values.items():
            setattr(contact, name, value)
        headcount.recount(session, [contact.customer_id])
        return contact.id


def except_until(office: Office, address: str, campaign: int, until: date) -> None:
    with office.store.writing() as session:
        observe.except_contact(
            session,
            contact_of(session, address),
            session.get_one(Campaign, campaign),
            reason="on long leave",
            until=until,
            who=BO,
            now=office.now,
        )
