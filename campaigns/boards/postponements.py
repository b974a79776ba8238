"""Dates that a vendor gave single customers, as they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Customer, VendorChange, VendorPostponement


@dataclass(frozen=True, slots=True)
class Granted:
    """One customer's own date; `evidence` says where the vendor granted it."""

    customer_id: int
    customer: str
    day: date
    evidence: str
    expires_on: date | None

    def as_json(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "date": self.day.isoformat(),
            "evidence": self.evidence,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
        }


def postponements(session: Session, change: VendorChange) -> Sequence[Granted]:
    """By customer."""
    rows = session.execute(
        select(VendorPostponement, Customer.name)
        .join(Customer, Customer.id == VendorPostponement.customer_id)
        .where(VendorPostponement.change_id == change.id, VendorPostponement.ended_at.is_(None))
        .order_by(Customer.folded_name)
    )
    return [
        Granted(row.customer_id, name, row.day, row.evidence, row.expires_on) for row, name in rows
    ]
