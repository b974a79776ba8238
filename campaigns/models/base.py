"""The ground under every table: naming, keys, and instants that are always UTC."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

# Constraint names are derived, so that a migration can name what it drops on both engines.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcInstant(TypeDecorator[datetime]):
    """An instant. Refuses naive datetimes; what comes back is always aware and UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: instants carry a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigKey = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[int, mapped_column(BigKey, primary_key=True)]
Instant = Annotated[datetime, mapped_column(UtcInstant)]
Word = Annotated[str, mapped_column(String(40))]
Name = Annotated[str, mapped_column(String(200))]
Line = Annotated[str, mapped_column(String(500))]
Hash = Annotated[str, mapped_column(String(64))]
Facts = Annotated[dict[str, Any], mapped_column(Json)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


def to(target: str) -> ForeignKey:
    """A foreign key that refuses to leave orphans behind: nothing cascades by itself."""
    return ForeignKey(target, ondelete="RESTRICT")
