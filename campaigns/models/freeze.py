"""Days on which nothing is done, once or again and again."""

from datetime import date

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Id, Instant, Line, Word, to


class Freeze(Base):
    """Of one customer and one campaign; of all where none is named.

    `starts` to `ends` is the first time; how it comes back is said in `rules.freezes.Closure`.
    """

    __tablename__ = "freeze"
    __table_args__ = (
        CheckConstraint("ends >= starts", name="ends_after_start"),
        CheckConstraint("workdays >= 0", name="some_workdays"),
    )

    id: Mapped[Id]
    customer_id: Mapped[int | None] = mapped_column(to("customer.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(to("campaign.id"), index=True)
    starts: Mapped[date]
    ends: Mapped[date]
    reason: Mapped[Line]
    repeats: Mapped[Word] = mapped_column(default="once")
    workdays: Mapped[int] = mapped_column(default=0)  # of `month_end`
    until: Mapped[date | None]


class FreezeKept(Base):
    """Staff let an agreed date stand although it lies in a freeze, and why.

    It holds for that `version` of the date: whatever is agreed later is looked at anew.
    """

    __tablename__ = "freeze_kept"
    __table_args__ = (UniqueConstraint("freeze_id", "rollout_id", "version"),)

    id: Mapped[Id]
    freeze_id: Mapped[int] = mapped_column(to("freeze.id"))
    rollout_id: Mapped[int] = mapped_column(to("rollout.id"), index=True)
    version: Mapped[int]
    by_staff: Mapped[str] = mapped_column(String(254))
    why: Mapped[Line]
    at: Mapped[Instant]
