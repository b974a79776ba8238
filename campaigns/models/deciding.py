"""While a date is found: days put down, moves granted, who does not decide, new colleagues."""

from datetime import date, datetime, time

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Instant, Line, Name, UtcInstant, Word, to


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
    outcome: Mapped[Word | None]  # booked, declined, asked, not_told, gone, ended
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class DeferralGrant(Base):
    """Staff let a customer move its date to a later day once more, and why."""

    __tablename__ = "deferral_grant"

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"), index=True)
    by_staff: Mapped[str] = mapped_column(String(254))
    why: Mapped[Line]
    at: Mapped[Instant]


class NotDeciding(Base):
    """Somebody said "this is not me" or "I am the wrong person": no letters as decision maker.

    In force until `ended_at`, when staff found out otherwise.
    """

    __tablename__ = "not_deciding"
    __table_args__ = (
        Index(
            "uq_not_deciding_standing",
            "rollout_id",
            "contact_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    contact_id: Mapped[int] = mapped_column(to("contact.id"), index=True)
    kind: Mapped[Word]  # not_me, wrong_person
    said: Mapped[str] = mapped_column(String(2000))
    at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_by: Mapped[str | None] = mapped_column(String(254))


class ColleagueRequest(Base):
    """Somebody whom a customer wants us to write to, too; nothing is sent before staff said yes."""

    __tablename__ = "colleague_request"
    __table_args__ = (UniqueConstraint("rollout_id", "email"),)

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    by_contact_id: Mapped[int] = mapped_column(to("contact.id"))
    name: Mapped[Name]
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(100))
    at: Mapped[Instant]
    added: Mapped[bool | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    decided_by: Mapped[str | None] = mapped_column(String(254))
