"""A campaign: one vendor change met with one playbook, for chosen customers."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Instant, Line, Name, UtcInstant, Word, to

# `on_hold_by_vendor` is no pause of ours: the vendor itself says that it waits.
CAMPAIGN_STATES = (
    "draft",
    "approved",
    "running",
    "held",
    "on_hold_by_vendor",
    "finished",
    "cancelled",
)
PAUSED = ("held", "on_hold_by_vendor")  # nothing leaves; dates can still be agreed
ON = ("running", *PAUSED)


class Campaign(Base):
    """The playbook's text is kept as it was when the campaign was opened."""

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint(
            "state IN ('draft','approved','running','held','on_hold_by_vendor',"
            "'finished','cancelled')",
            name="state",
        ),
    )

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    change_id: Mapped[int] = mapped_column(to("vendor_change.id"), index=True)
    playbook: Mapped[Name]
    playbook_source: Mapped[str] = mapped_column(Text)
    state: Mapped[Word] = mapped_column(default="draft")
    vendor_day: Mapped[date | None]
    opened_by: Mapped[str] = mapped_column(String(254))
    opened_at: Mapped[Instant]
    approved_by: Mapped[str | None] = mapped_column(String(254))
    approved_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    started_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    held_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    held_why: Mapped[str | None] = mapped_column(String(500))
    finished_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Step(Base):
    """One line of the frozen playbook: who is told what, when, for how long it is useful."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"))
    position: Mapped[int]
    key: Mapped[Word]
    anchor: Mapped[Word]
    offset_days: Mapped[int]
    business_days: Mapped[bool]
    local_time: Mapped[time | None]
    audience: Mapped[Word]
    channel: Mapped[Word]
    scope: Mapped[Word]
    title: Mapped[Line]
    letter: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str | None] = mapped_column(Text)
    stop: Mapped[Word]
    valid_days: Mapped[int]
    required: Mapped[bool]
    compressible: Mapped[bool]
    ladder: Mapped[Word] = mapped_column(default="none", server_default="none")


class Selection(Base):
    """Why a customer is in the campaign, or is not."""

    __tablename__ = "selection"
    __table_args__ = (UniqueConstraint("campaign_id", "customer_id"),)

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"))
    customer_id: Mapped[int] = mapped_column(to("customer.id"), index=True)
    included: Mapped[bool]
    reason: Mapped[Line]
