"""The migrations make exactly what the models say, on both engines."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect, text

import migrations
from campaigns.errors import Refused
from campaigns.models import Base
from campaigns.store import Store
from tests.shared import ROOT


def test_migrations_make_what_the_models_say(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_has_nothing_pending_and_may_be_migrated_again(store: Store) -> None:
    assert migrations.pending(store.engine) == []
    migrations.upgrade(store.engine)
    assert migrations.pending(store.engine) == []


def test_the_history_that_a_start_compares_is_the_one_that_alembic_runs() -> None:
    script = ScriptDirectory.from_config(migrations.config())
    assert list(migrations.history()) == [found.revision for found in script.walk_revisions()]


def test_a_database_of_a_newer_program_is_refused_and_an_empty_one_lacks_all() -> None:
    store = Store("sqlite://")
    assert migrations.pending(store.engine) == list(migrations.history())
    migrations.upgrade(store.engine)
    with store.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'from tomorrow'"))
    with pytest.raises(Refused, match="newer version"):
        migrations.pending(store.engine)


def test_a_worker_loads_neither_the_web_nor_the_migrations() -> None:
    """They are half of its start."""
    asked = "import sys, rollout.cli.serve, workers.scaled; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {"celery", "sqlalchemy"} <= set(done.stdout.split())
    assert {"flask", "alembic", "gunicorn"} & set(done.stdout.split()) == set()


def test_the_checks_of_the_models_stand_in_the_database(store: Store) -> None:
    # Alembic compares no CHECK constraints.
    database = inspect(store.engine)
    for table in Base.metadata.sorted_tables:
        wanted = {str(c.name) for c in table.constraints if isinstance(c, CheckConstraint)}
        found = {str(check["name"]) for check in database.get_check_constraints(table.name)}
        assert found == wanted, table.name
