"""A campaign's customers in waves: which come first, and what must be good before the next."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Name, UtcInstant, to


class Wave(Base):
    """One ring. It opens on `opens_on` and when every earlier one is over and none is on hold.

    It is over when `exit_share` per cent of its customers are verified and the last of its dates
    lies `exit_days` back. `stop_percent`: more people blocked at one customer hold the ring.
    """

    __tablename__ = "wave"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        UniqueConstraint("campaign_id", "name"),
        CheckConstraint("exit_share BETWEEN 0 AND 100", name="exit_share"),
        CheckConstraint("exit_days BETWEEN 0 AND 365", name="exit_days"),
        CheckConstraint("stop_percent BETWEEN 0 AND 100", name="stop_percent"),
    )

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"))
    number: Mapped[int]
    name: Mapped[Name]
    opens_on: Mapped[date | None]
    exit_share: Mapped[int] = mapped_column(default=100)
    exit_days: Mapped[int] = mapped_column(default=0)
    stop_percent: Mapped[int] = mapped_column(default=5)
    held_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    held_why: Mapped[str | None] = mapped_column(String(500))
    released_at: Mapped[datetime | None] = mapped_column(UtcInstant)
