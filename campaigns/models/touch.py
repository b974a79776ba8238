"""Planned contacts and the letters that came of them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, DateTime, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import (
    Base,
    Facts,
    Hash,
    Id,
    Instant,
    Json,
    UtcInstant,
    Word,
    to,
)

# What waits asks for a date that cannot be had yet; see `campaigns.waiting`.
TOUCH_STATES = ("planned", "waiting", "open", "done", "skipped", "cancelled")
DELIVERY_STATES = (
    "due",
    "sending",
    "sent",
    "skipped",
    "cancelled",
    "expired",
    "failed",
    "uncertain",
)


class Touch(Base):
    """A planned contact: one row a rollout and step, whatever the number of people."""

    __tablename__ = "touch"
    __table_args__ = (
        UniqueConstraint("rollout_id", "step_id", "version"),
        CheckConstraint(
            "state IN ('planned','waiting','open','done','skipped','cancelled')", name="state"
        ),
        Index(
            "ix_touch_planned",
            "due",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_touch_next",
            "rollout_id",
            "due",
            "step_id",
            sqlite_where=text("state = 'planned'"),
            postgresql_where=text("state = 'planned'"),
        ),
        Index(
            "ix_touch_waiting",
            "rollout_id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_touch_open",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    step_id: Mapped[int] = mapped_column(to("step.id"))
    version: Mapped[int]
    day: Mapped[date]
    due: Mapped[Instant]
    valid_until: Mapped[Instant]
    state: Mapped[Word] = mapped_column(default="planned")
    reason: Mapped[str | None] = mapped_column(String(500))
    opened_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    done_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    told_day: Mapped[date | None]
    # As the customer's clock shows `due` and `valid_until`: they are derived again from these
    # when a zone's rules change. None where the instant itself was meant.
    local_due: Mapped[datetime | None] = mapped_column(DateTime)
    local_end: Mapped[datetime | None] = mapped_column(DateTime)
    note: Mapped[str | None] = mapped_column(String(500))  # why it goes on another day


class LetterVersion(Base):
    """A compiled letter, pinned: what was sent can be shown as it was sent."""

    __tablename__ = "letter_version"

    version: Mapped[Hash] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    language: Mapped[str] = mapped_column(String(20))
    compiled: Mapped[Facts]
    created_at: Mapped[Instant]


class TouchWording(Base):
    """The letter that a touch began with, by language: whoever is later gets the same words."""

    __tablename__ = "touch_wording"

    touch_id: Mapped[int] = mapped_column(to("touch.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[str] = mapped_column(to("letter_version.version"))


class Delivery(Base):
    """One letter to one person. `mark` is committed before the server may take it."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("touch_id", "contact_id"),
        CheckConstraint(
            "state IN ('due','sending','sent','skipped','cancelled','expired',"
            "'failed','uncertain')",
            name="state",
        ),
        Index(
            "ix_delivery_due",
            "next_try",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        Index(
            "ix_delivery_urgent",
            "next_try",
            sqlite_where=text("state = 'due' AND urgent"),
            postgresql_where=text("state = 'due' AND urgent"),
        ),
        Index(
            "ix_delivery_sending",
            "lease_until",
            sqlite_where=text("state = 'sending'"),
            postgresql_where=text("state = 'sending'"),
        ),
        Index(
            "ix_delivery_amiss",
            "state",
            "settled_at",
            sqlite_where=text("state IN ('failed','uncertain')"),
            postgresql_where=text("state IN ('failed','uncertain')"),
        ),
        Index("ix_delivery_contact_id_settled_at", "contact_id", "settled_at"),
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    touch_id: Mapped[int] = mapped_column(to("touch.id"))
    contact_id: Mapped[int] = mapped_column(to("contact.id"))
    state: Mapped[Word]
    reason: Mapped[str | None] = mapped_column(String(500))
    attempt: Mapped[int] = mapped_column(default=0)
    next_try: Mapped[Instant]
    # Somebody did something and waits for this answer: it goes before what was planned.
    urgent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    lease_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    token: Mapped[str | None] = mapped_column(String(32))
    mark: Mapped[datetime | None] = mapped_column(UtcInstant)
    message_id: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(254))
    letter_version: Mapped[str | None] = mapped_column(to("letter_version.version"))
    facts: Mapped[dict[str, str] | None] = mapped_column(Json)
    body_hash: Mapped[str | None] = mapped_column(String(64))
    told_day: Mapped[date | None]
    reply: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Instant]
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)
