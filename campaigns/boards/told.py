"""Which date a letter told, so that a correction goes to exactly those who read the old one."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Delivery


def told_day(session: Session, public_id: str) -> date | None:
    """The agreed day that the letter named; None where it named none, or never left."""
    return session.scalar(select(Delivery.told_day).where(Delivery.public_id == public_id))
