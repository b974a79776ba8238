"""The journal, and what this installation knows about itself."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Facts, Hash, Id, Instant, Json, UtcInstant

PROVIDER_CHAIN = 0


class JournalHead(Base):
    """The tail of a chain: one for each customer, chain 0 for the provider."""

    __tablename__ = "journal_head"

    chain: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[Hash]


class JournalEntry(Base):
    """Who did what to what, and when; each entry carries the hash of the one before."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    id: Mapped[Id]
    chain: Mapped[int]
    number: Mapped[int]
    at: Mapped[Instant]
    who: Mapped[str] = mapped_column(String(254))
    what: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(300))
    details: Mapped[Facts]
    previous: Mapped[Hash]
    hash: Mapped[Hash]


class Installation(Base):
    """One row: which installation this is, where it is served, where a driven clock stands."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    instance: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[Instant]
    served_at: Mapped[str | None] = mapped_column(String(300))  # address of the last `rollout up`
    clock_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    clock_set_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # by the machine's clock
    swept_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    swept_machine_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    # What cannot be set by hand, read together with swept_machine_at: a clock that jumps shows.
    swept_boot: Mapped[str | None] = mapped_column(String(64))
    swept_uptime: Mapped[float | None]  # seconds since that boot
    beat_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # by the machine's clock
    # Where the database was when sending was confirmed, so that a copy is known as one.
    place: Mapped[list[str] | None] = mapped_column(Json)
    armed_at: Mapped[datetime | None] = mapped_column(UtcInstant)  # by the machine's clock
    rounds: Mapped[int] = mapped_column(default=0)  # sweeps that handed letters over
    held_why: Mapped[str | None] = mapped_column(String(500))  # until somebody confirms sending
    # With a clock that runs fast, one process at a time walks from due moment to due moment.
    turn: Mapped[str | None] = mapped_column(String(32))
    turn_until: Mapped[datetime | None] = mapped_column(UtcInstant)  # by the machine's clock
