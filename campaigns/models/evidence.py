"""What vendor systems and people say about who is ready."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, BigKey, Facts, Hash, Id, Instant, Json, UtcInstant, Word, to


class Snapshot(Base):
    """One imported file. The same file for the same customer is one snapshot."""

    __tablename__ = "snapshot"
    __table_args__ = (
        UniqueConstraint("file_hash"),
        CheckConstraint("rows_in = accepted + rejected", name="rows_balance"),
    )

    id: Mapped[Id]
    source: Mapped[Word]
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[Hash]
    taken_at: Mapped[Instant]
    imported_at: Mapped[Instant]
    imported_by: Mapped[str] = mapped_column(String(254))
    rows_in: Mapped[int]
    accepted: Mapped[int]
    rejected: Mapped[int]
    matched: Mapped[int]
    rejections: Mapped[Facts]


class Observation(Base):
    """What one snapshot says of one person. Rows are only ever added.

    Contact and customer are no foreign keys: Postgres would look each up once more, which takes
    longer than the rest of the row. One statement writes these rows, from contacts that it has
    just found; each of them has a standing, whose foreign key keeps the contact, and with it
    the customer.
    """

    __tablename__ = "observation"
    __table_args__ = (Index("ix_observation_contact_id_taken_at", "contact_id", "taken_at"),)

    id: Mapped[Id]
    snapshot_id: Mapped[int] = mapped_column(to("snapshot.id"))
    contact_id: Mapped[int | None] = mapped_column(BigKey)
    customer_id: Mapped[int | None] = mapped_column(BigKey, index=True)
    identity: Mapped[str] = mapped_column(String(254))
    taken_at: Mapped[Instant]
    level: Mapped[int | None]
    required: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    methods: Mapped[list[str]] = mapped_column(Json)
    raw: Mapped[Facts]


class Standing(Base):
    """The newest word on one person and one kind of evidence; level None is unknown."""

    __tablename__ = "standing"
    __table_args__ = (UniqueConstraint("contact_id", "evidence"),)

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(to("contact.id"))
    evidence: Mapped[Word]
    level: Mapped[int | None]
    required: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    taken_at: Mapped[Instant]
    snapshot_id: Mapped[int] = mapped_column(to("snapshot.id"))


class SelfReport(Base):
    """What a person said on the guide's page: done, or help wanted. Never evidence."""

    __tablename__ = "self_report"
    __table_args__ = (UniqueConstraint("rollout_id", "contact_id", "says"),)

    id: Mapped[Id]
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"))
    contact_id: Mapped[int] = mapped_column(to("contact.id"), index=True)
    says: Mapped[Word]
    text: Mapped[str | None] = mapped_column(String(2000))
    at: Mapped[Instant]


class Exemption(Base):
    """A person who is out of scope for a while, why, and who approved it."""

    __tablename__ = "exemption"

    id: Mapped[Id]
    contact_id: Mapped[int] = mapped_column(to("contact.id"), index=True)
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    approved_by: Mapped[str] = mapped_column(String(254))
    until: Mapped[date]
    at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Ticket(Base):
    """A help-desk ticket; work and waiting are different minutes."""

    __tablename__ = "ticket"
    __table_args__ = (UniqueConstraint("source", "reference"),)

    id: Mapped[Id]
    source: Mapped[Word]
    reference: Mapped[str] = mapped_column(String(100))
    customer_id: Mapped[int] = mapped_column(to("customer.id"), index=True)
    opened: Mapped[Instant]
    closed: Mapped[datetime | None] = mapped_column(UtcInstant)
    work_minutes: Mapped[float | None]
    waiting_minutes: Mapped[float | None]
    summary: Mapped[str] = mapped_column(String(500))
    topic: Mapped[str | None] = mapped_column(String(40))


class ValueStatement(Base):
    """A value report as it was given, with the inputs and assumptions of that day."""

    __tablename__ = "value_statement"

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(to("campaign.id"), index=True)
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(String(254))
    inputs: Mapped[Facts]
    result: Mapped[Facts]
