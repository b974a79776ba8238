"""What a new installation still lacks before its first campaign."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Contact, Customer, VendorChange


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How much of each there is; a campaign needs all of them, in this order."""

    customers: int
    contacts: int
    changes: int
    campaigns: int

    @property
    def over(self) -> bool:
        return self.campaigns > 0


def first_steps(session: Session) -> FirstSteps:
    """Four counts in one statement."""
    tables = (Customer, Contact, VendorChange, Campaign)
    counts = (select(func.count()).select_from(table).scalar_subquery() for table in tables)
    return FirstSteps(*session.execute(select(*counts)).one())
