"""When technicians work, what they can do, and how much the provider takes on."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Line, Word, to

LIMITS = ("campaign_day", "day", "day_minutes", "distance_days")


class TechnicianWeek(Base):
    """Minutes for rollouts on one day of every week; Monday is 0.

    A technician without a row has the usual day from Monday to Friday.
    """

    __tablename__ = "technician_week"
    __table_args__ = (
        UniqueConstraint("staff_id", "weekday"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
    )

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(to("staff.id"))
    weekday: Mapped[int]
    minutes: Mapped[int]


class DayOff(Base):
    """Days on which a technician does not work, first and last included."""

    __tablename__ = "day_off"
    __table_args__ = (
        UniqueConstraint("staff_id", "starts", "ends"),
        CheckConstraint("ends >= starts", name="ends_after_start"),
    )

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(to("staff.id"))
    starts: Mapped[date]
    ends: Mapped[date]
    reason: Mapped[Line]


class TechnicianSkill(Base):
    """A category of changes that a technician can do; without a row, all of them."""

    __tablename__ = "technician_skill"
    __table_args__ = (UniqueConstraint("staff_id", "category"),)

    id: Mapped[Id]
    staff_id: Mapped[int] = mapped_column(to("staff.id"))
    category: Mapped[Word]


class BookingLimit(Base):
    """How much is taken on, by name; a limit without a row does not bind.

    `campaign_day`: rollouts of one campaign on one day; `day`: rollouts of all campaigns on one
    day; `day_minutes`: minutes of all technicians on one day; `distance_days`: between two
    campaigns of one customer (a week where it has no row).
    """

    __tablename__ = "booking_limit"
    __table_args__ = (
        CheckConstraint(
            "name IN ('campaign_day','day','day_minutes','distance_days')", name="name"
        ),
        CheckConstraint("value >= 0", name="not_negative"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(40), unique=True)
    value: Mapped[int]


class DayLoad(Base):
    """What is booked on one day: of one campaign, and of all where `campaign_id` is 0.

    A booking adds to both rows, in that order, only where the limits leave room for it.
    """

    __tablename__ = "day_load"
    __table_args__ = (
        UniqueConstraint("day", "campaign_id"),
        CheckConstraint("rollouts >= 0", name="rollouts"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )

    id: Mapped[Id]
    day: Mapped[date]
    campaign_id: Mapped[int]
    rollouts: Mapped[int]
    minutes: Mapped[int]
