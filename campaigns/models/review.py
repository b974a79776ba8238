"""A vendor's move under review, what is decided for each customer, and dates of its own."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Facts, Id, Instant, Line, UtcInstant, Word, to


class ChangeReview(Base):
    """What a vendor changed since somebody last looked; one open review a change.

    `before` is the version that counted until then, `differences` what is not as it was.
    """

    __tablename__ = "change_review"
    __table_args__ = (
        CheckConstraint("state IN ('open','approved','gone')", name="state"),
        Index(
            "uq_change_review_open",
            "change_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(to("vendor_change.id"), index=True)
    before: Mapped[Facts]
    differences: Mapped[Facts]
    opened_at: Mapped[Instant]
    state: Mapped[Word] = mapped_column(default="open")
    decided_by: Mapped[str | None] = mapped_column(String(254))
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ReviewLine(Base):
    """What is to be done about one agreed date, and what came of it.

    `outcome` is None until the review is approved; then moved, kept, or refused with `reason`.
    """

    __tablename__ = "review_line"
    __table_args__ = (
        UniqueConstraint("review_id", "rollout_id"),
        CheckConstraint("choice IN ('keep','move')", name="choice"),
    )

    id: Mapped[Id]
    review_id: Mapped[int] = mapped_column(to("change_review.id"))
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"), index=True)
    choice: Mapped[Word]
    day: Mapped[date | None]
    local_time: Mapped[time | None]
    chosen_by: Mapped[str] = mapped_column(String(254))
    chosen_at: Mapped[Instant]
    old_day: Mapped[date | None]
    told: Mapped[int | None]  # how many people had been told the old day, at approval
    outcome: Mapped[Word | None]
    reason: Mapped[str | None] = mapped_column(String(500))


class VendorPostponement(Base):
    """A vendor gave one customer a date of its own; it holds until it expires or is ended."""

    __tablename__ = "vendor_postponement"
    __table_args__ = (
        Index(
            "uq_vendor_postponement_standing",
            "change_id",
            "customer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(to("vendor_change.id"))
    customer_id: Mapped[int] = mapped_column(to("customer.id"), index=True)
    day: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date | None]
    by_staff: Mapped[Line]
    at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
