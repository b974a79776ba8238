"""The migrations make exactly what the models say, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

import migrations
from campaigns.models import Base
from campaigns.store import Store


def test_migrations_make_what_the_models_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_has_nothing_pending_and_may_be_migrated_again(store: Store) -> None:
    assert migrations.pending(store.engine) == []
    migrations.upgrade(store.engine)
    assert migrations.pending(store.engine) == []


def test_the_checks_of_the_models_stand_in_the_database(store: Store) -> None:
    # Alembic compares no CHECK constraints.
    database = inspect(store.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        found = {str(check["name"]) for check in database.get_check_constraints(table.name)}
        assert found == wanted, table.name
