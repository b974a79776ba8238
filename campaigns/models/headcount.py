"""How many people there are at each customer and where they stand, kept beside the rows."""

from sqlalchemy.orm import Mapped, mapped_column

from campaigns.models.base import Base, Word, to

RUNGS = ("level_0", "level_1", "level_2", "level_3", "level_4")


class Headcount(Base):
    """The people of a customer who count: living persons, whatever the campaign or the day."""

    __tablename__ = "headcount"

    customer_id: Mapped[int] = mapped_column(to("customer.id"), primary_key=True)
    people: Mapped[int]


class LevelCount(Base):
    """How many of them stand on each rung of one kind of evidence; the rest is unknown."""

    __tablename__ = "level_count"

    customer_id: Mapped[int] = mapped_column(to("customer.id"), primary_key=True)
    evidence: Mapped[Word] = mapped_column(primary_key=True)
    level_0: Mapped[int]
    level_1: Mapped[int]
    level_2: Mapped[int]
    level_3: Mapped[int]
    level_4: Mapped[int]
