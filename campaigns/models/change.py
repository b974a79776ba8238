"""What vendors will do, and every version of what they said about it."""

from datetime import date, datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Facts, Hash, Id, Instant, Line, Name, UtcInstant, Word, to


class VendorChange(Base):
    """A change that a vendor forces on its customers, as last told."""

    __tablename__ = "vendor_change"

    id: Mapped[Id]
    source_id: Mapped[str] = mapped_column(String(100), unique=True)
    vendor: Mapped[Name]
    title: Mapped[Line]
    text: Mapped[str] = mapped_column(Text)
    effect: Mapped[Line]
    plain_title: Mapped[str | None] = mapped_column(String(200))
    plain_summary: Mapped[str | None] = mapped_column(String(1000))
    category: Mapped[Word]
    evidence: Mapped[Word]
    lead_days: Mapped[int | None]
    revision: Mapped[int]
    created_at: Mapped[Instant]


class ChangeRevision(Base):
    """One version of the vendor's words. What the vendor said last is what counts."""

    __tablename__ = "change_revision"
    __table_args__ = (UniqueConstraint("change_id", "number"),)

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(to("vendor_change.id"))
    number: Mapped[int]
    title: Mapped[Line]
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[Hash]
    said_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    recorded_at: Mapped[Instant]
    details: Mapped[Facts]


class Milestone(Base):
    """A dated fact of a revision. `day` is the first day of the period `precision` names."""

    __tablename__ = "milestone"

    id: Mapped[Id]
    change_id: Mapped[int] = mapped_column(to("vendor_change.id"), index=True)
    revision: Mapped[int]
    kind: Mapped[Word]
    day: Mapped[date | None]
    precision: Mapped[Word]
    zone: Mapped[str | None] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    typed_by: Mapped[str | None] = mapped_column(String(254))  # who read it in the vendor's words
