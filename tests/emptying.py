"""How a database is made empty again between tests."""

from pathlib import Path

from campaigns.models import Base
from campaigns.store import Store

# The engines, and the fixture that opens a store of each once a process.
STORES = {"sqlite": "sqlite_store", "postgresql": "postgres_store"}
TABLES = [table.name for table in reversed(Base.metadata.sorted_tables)]
FILLED = " UNION ALL ".join(
    f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in TABLES
)
NUMBERS = """
    SELECT setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, 1, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


def begin_anew(store: Store, content: bytes) -> None:
    """A SQLite file of its own, without the journal of the one that was there."""
    path = Path(str(store.engine.url.database))
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)
    path.write_bytes(content)


def delete_all(store: Store) -> None:
    """Rows of Postgres go from the tables that have any, children first; numbers begin at 1.

    TRUNCATE would make new files for every table and index, also of those that are empty, and
    takes ten times as long. VACUUM leaves a table as short as a new one: rows without ORDER BY
    come in the order in which they were written, whatever the tests before have left.
    """
    with store.writing() as session:
        send = session.connection().exec_driver_sql
        found = set(send(FILLED).scalars())
        filled = [f'"{name}"' for name in TABLES if name in found]
        send("; ".join([*(f"DELETE FROM {name}" for name in filled), NUMBERS]))
    if filled:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
            alone.exec_driver_sql(f"VACUUM {', '.join(filled)}")
