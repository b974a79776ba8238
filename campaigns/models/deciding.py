"""While a date is being found: the day a silent customer is put down for, further moves granted."""

from datetime import date, datetime, time

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Instant, Line, UtcInstant, Word, to


class PutDown(Base):
    """A day that a customer was told it has unless it says otherwise; a place is held for it.

    It stands while `outcome` is None and the rollout still has the same `version`: whoever
    agrees a date ends it by that alone. `until` is the customer's last day to say otherwise.
    """

    __tablename__ = "put_down"
    __table_args__ = (Index("ix_put_down_rollout_id_version", "rollout_id", "version"),)

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    touch_id: Mapped[int] = mapped_column(to("touch.id"), unique=True)
    version: Mapped[int]
    day: Mapped[date]
    local_time: Mapped[time]
    zone: Mapped[str] = mapped_column(String(64))
    until: Mapped[date]
    at: Mapped[Instant]
    outcome: Mapped[Word | None]  # booked, declined, asked, not_told, gone
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class DeferralGrant(Base):
    """Staff let a customer move its date to a later day once more, and why."""

    __tablename__ = "deferral_grant"

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"), index=True)
    by_staff: Mapped[str] = mapped_column(String(254))
    why: Mapped[Line]
    at: Mapped[Instant]
