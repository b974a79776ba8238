"""What lies beside a customer's rollouts: freezes, exemptions, tickets, the journal's soundness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns.journal import GENESIS, entry_hash
from campaigns.models import (
    Campaign,
    Contact,
    Exemption,
    Freeze,
    JournalEntry,
    JournalHead,
    Ticket,
)

FIELDS = ("chain", "number", "at", "who", "what", "subject", "details", "previous")


@dataclass(frozen=True, slots=True)
class ExemptionLine:
    """Somebody who is out of scope at present."""

    exemption: Exemption
    person: str
    campaign: str


@dataclass(frozen=True, slots=True)
class Folder:
    """`entries` counts the customer's journal; `broken` says what is wrong with its chain."""

    freezes: Sequence[Freeze]
    exemptions: Sequence[ExemptionLine]
    tickets: int
    entries: int
    broken: Sequence[str]


def folder(session: Session, customer_id: int, today: date) -> Folder:
    """Freezes that are not over, the provider's own among them; exemptions in force."""
    entries, broken = _chain(session, customer_id)
    return Folder(
        freezes=_freezes(session, customer_id, today),
        exemptions=_exemptions(session, customer_id, today),
        tickets=session.scalar(
            select(func.count()).select_from(Ticket).where(Ticket.customer_id == customer_id)
        )
        or 0,
        entries=entries,
        broken=broken,
    )


def _freezes(session: Session, customer_id: int, today: date) -> Sequence[Freeze]:
    return session.scalars(
        select(Freeze)
        .where(
            or_(Freeze.customer_id == customer_id, Freeze.customer_id.is_(None)),
            Freeze.ends >= today,
        )
        .order_by(Freeze.starts, Freeze.id)
    ).all()


def _exemptions(session: Session, customer_id: int, today: date) -> Sequence[ExemptionLine]:
    rows = session.execute(
        select(Exemption, Contact.name, Campaign.name)
        .join(Contact, Contact.id == Exemption.contact_id)
        .join(Campaign, Campaign.id == Exemption.campaign_id)
        .where(
            Contact.customer_id == customer_id,
            Exemption.ended_at.is_(None),
            Exemption.until >= today,
        )
        .order_by(Campaign.name, Contact.name, Exemption.id)
    )
    return [ExemptionLine(*row) for row in rows]


def _chain(session: Session, customer_id: int) -> tuple[int, list[str]]:
    """Walk one customer's chain from its first entry to its head."""
    problems = []
    number, previous = 0, GENESIS
    entries = session.scalars(
        select(JournalEntry).where(JournalEntry.chain == customer_id).order_by(JournalEntry.number)
    )
    for entry in entries.yield_per(1000):
        if entry.number != number + 1 or entry.previous != previous:
            problems.append(f"Entry {entry.number} does not follow entry {number}.")
        if entry_hash({name: getattr(entry, name) for name in FIELDS}) != entry.hash:
            problems.append(f"Entry {entry.number} was altered.")
        number, previous = entry.number, entry.hash
    head = session.get(JournalHead, customer_id)
    if head is not None and (head.number, head.hash) != (number, previous):
        problems.append("The last entries are missing.")
    return number, problems
