"""What a new installation still lacks before its first campaign."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Contact, Customer, VendorChange


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How much of each there is; the first campaign needs all of them, in this order."""

    customers: int
    contacts: int
    changes: int


def first_steps(session: Session) -> FirstSteps | None:
    """Three counts in one statement, or None: after the first campaign nobody counts contacts."""
    if session.scalar(select(Campaign.id).limit(1)) is not None:
        return None
    tables = (Customer, Contact, VendorChange)
    counts = (select(func.count()).select_from(table).scalar_subquery() for table in tables)
    return FirstSteps(*session.execute(select(*counts)).one())
