"""Alembic's entry: runs on the connection that it is handed."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text

from campaigns.models import Base
from campaigns.models.base import Json, UtcInstant
from migrations import LOCK

target_metadata = Base.metadata


def render(kind: str, item: Any, made: AutogenContext) -> str | Literal[False]:
    """Our column types are written out, so that a migration never imports today's models."""
    if kind == "type" and isinstance(item, UtcInstant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        made.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    connection = connection.execution_options(writing=True)
    context.configure(
        connection=connection,
        target_metadata=target_metadata,
        render_as_batch=sqlite,
        compare_type=True,
        render_item=render,
        transaction_per_migration=False,
    )
    with connection.begin():
        if not sqlite:
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        context.run_migrations()


run(context.config.attributes["connection"])
