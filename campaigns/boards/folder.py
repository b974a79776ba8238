"""What lies beside a customer's rollouts: freezes, exemptions, tickets, the journal's soundness."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from campaigns.journal import breaks
from campaigns.models import (
    Campaign,
    Contact,
    Exemption,
    Freeze,
    JournalEntry,
    Ticket,
)


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
    return Folder(
        freezes=_freezes(session, customer_id, today),
        exemptions=_exemptions(session, customer_id, today),
        tickets=session.scalar(
            select(func.count()).select_from(Ticket).where(Ticket.customer_id == customer_id)
        )
        or 0,
        entries=session.scalar(
            select(func.count()).select_from(JournalEntry).where(JournalEntry.chain == customer_id)
        )
        or 0,
        broken=[one.sentence() for one in breaks(session, customer_id)],
    )


def _freezes(session: Session, customer_id: int, today: date) -> Sequence[Freeze]:
    return session.scalars(
        select(Freeze)
        .where(
            or_(Freeze.customer_id == customer_id, Freeze.customer_id.is_(None)),
            or_(
                Freeze.ends >= today,
                (Freeze.repeats != "once") & (Freeze.until.is_(None) | (Freeze.until >= today)),
            ),
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
