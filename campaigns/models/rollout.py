"""A campaign at one customer: its state, the dates agreed, the minutes booked."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Hash, Id, Instant, Line, UtcInstant, Word, to

ROLLOUT_STATES = (
    "planned",
    "invited",
    "proposed",
    "agreed",
    "implementing",
    "implemented",
    "verified",
    "excepted",
    "missed",
)


class Rollout(Base):
    """One per campaign and customer. `version` counts the agreements; 0 is none yet."""

    __tablename__ = "rollout"
    __table_args__ = (UniqueConstraint("campaign_id", "customer_id"),)

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"))
    customer_id: Mapped[int] = mapped_column(to("customer.id"), index=True)
    state: Mapped[Word] = mapped_column(default="planned")
    version: Mapped[int] = mapped_column(default=0)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    proposed_day: Mapped[date | None]
    proposed_time: Mapped[time | None]
    link_version: Mapped[int] = mapped_column(default=1)
    # How often the rules of its zone moved an agreed instant: each raises the calendar's SEQUENCE.
    rezoned: Mapped[int] = mapped_column(default=0)
    vendor_day: Mapped[date | None]  # which the vendor gave this customer alone, while it holds
    wave_id: Mapped[int | None] = mapped_column(to("wave.id"), index=True)
    implemented_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Agreement(Base):
    """What was agreed, by whom, when and how. Rows are only ever added.

    `forwarded` where somebody else signed than the person whose link it was, or somebody who
    does not decide: whoever decides is told and can undo it for a day.

    A withdrawn date is a version of its own, with `day` None and `how` withdrawn.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("rollout_id", "version"),
        UniqueConstraint("rollout_id", "answer_key"),
    )

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    version: Mapped[int]
    day: Mapped[date | None]
    local_time: Mapped[time | None]
    zone: Mapped[str] = mapped_column(String(64))
    instant: Mapped[datetime | None] = mapped_column(UtcInstant)
    shifted: Mapped[bool] = mapped_column(default=False)
    how: Mapped[Word]  # picked, moved, by_staff, withdrawn, proposed_default, undone, freeze
    forwarded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    by_name: Mapped[str] = mapped_column(String(200))
    by_role: Mapped[str] = mapped_column(String(100))
    by_contact_id: Mapped[int | None] = mapped_column(to("contact.id"))
    by_staff: Mapped[str | None] = mapped_column(String(254))
    answer_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant]

    @property
    def local(self) -> datetime | None:
        """The promise as the customer's clock shows it; None for a withdrawn date."""
        if self.day is None or self.local_time is None:
            return None
        return datetime.combine(self.day, self.local_time)


class TechnicianDay(Base):
    """How many minutes one technician has on one day, and how many are promised.

    `excess` is what had been promised beyond the capacity when the technician's hours became
    fewer: those dates stand, and nothing more is booked.
    """

    __tablename__ = "technician_day"
    __table_args__ = (
        UniqueConstraint("lane", "day"),
        CheckConstraint("taken <= capacity + excess", name="not_oversold"),
        CheckConstraint("excess >= 0", name="excess"),
        CheckConstraint("taken >= 0", name="not_negative"),
        Index("ix_technician_day_day", "day"),
    )

    id: Mapped[Id]
    lane: Mapped[str] = mapped_column(String(254))
    day: Mapped[date]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    excess: Mapped[int] = mapped_column(default=0)


class Booking(Base):
    """Minutes of a technician's day that one agreement takes, until released."""

    __tablename__ = "booking"
    __table_args__ = (
        UniqueConstraint("rollout_id", "version"),
        Index(
            "uq_booking_held",
            "rollout_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    version: Mapped[int]
    technician_day_id: Mapped[int] = mapped_column(to("technician_day.id"), index=True)
    minutes: Mapped[int]
    released_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class CustomerLink(Base):
    """A link in a letter, known here only by its hash.

    `purpose` is `choose` (the customer's page) or `guide` (a person's own guide).
    """

    __tablename__ = "customer_link"
    __table_args__ = (UniqueConstraint("rollout_id", "contact_id", "purpose", "version"),)

    id: Mapped[Id]
    token_hash: Mapped[Hash] = mapped_column(unique=True)
    purpose: Mapped[Word]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    contact_id: Mapped[int] = mapped_column(to("contact.id"), index=True)
    version: Mapped[int]
    created_at: Mapped[Instant]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Task(Base):
    """Something a member of staff has to do; `dedupe_key` keeps it from being asked twice.

    `owner` is the address of whoever it is for: the customer's account manager, or else
    whoever opened the campaign.
    """

    __tablename__ = "task"
    __table_args__ = (Index("ix_task_open", "done_at", "due"),)

    id: Mapped[Id]
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[Word]
    title: Mapped[Line]
    text: Mapped[str] = mapped_column(String(4000))
    campaign_id: Mapped[int | None] = mapped_column(to("campaign.id"), index=True)
    rollout_id: Mapped[int | None] = mapped_column(to("rollout.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(to("contact.id"))
    due: Mapped[Instant]
    created_at: Mapped[Instant]
    done_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    done_by: Mapped[str | None] = mapped_column(String(254))
    owner: Mapped[str | None] = mapped_column(String(254))
