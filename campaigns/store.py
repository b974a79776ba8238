"""The engine, and the only two doors through which transactions begin and end.

SQLite and Postgres meet here and nowhere above: what differs between them
(BEGIN IMMEDIATE, insert-or-ignore, time-outs) is settled in this file.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Table,
    TextClause,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

BUSY_MS = 15_000
MANY = 20  # rows from which arrays are worth their while
# A database host that vanishes without a word is noticed within a minute.
ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
POSTGRES_OPTIONS = "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=15000"


class Store:
    """A database, opened once per process and shared by its threads.

    What is committed survives a power cut. Where everything could be made anew, as in a test,
    `durable=False` spares SQLite the wait for the disk.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self.engine = _sqlite_engine(url, durable) if _is_sqlite(url) else _postgres_engine(url)
        # A database in memory lives as long as its one connection.
        self.in_memory = isinstance(self.engine.pool, StaticPool)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot leave anything behind: it always ends in a rollback."""
        with self._connection(writing=False) as connection:
            session = Session(connection, expire_on_commit=False, autoflush=False)
            try:
                yield session
            finally:
                session.close()
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone when it raises."""
        with self._connection(writing=True) as connection:
            session = Session(connection, expire_on_commit=False)
            try:
                yield session
                session.flush()
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
            finally:
                session.close()

    @contextmanager
    def _connection(self, writing: bool) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            options: dict[str, Any] = {"writing": writing}
            if self.dialect == "postgresql":
                options["postgresql_readonly"] = not writing
            yield connection.execution_options(**options)

    def close(self) -> None:
        """Give every connection back; the store may not be used afterwards."""
        self.engine.dispose()


def insert_missing(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that no unique constraint forbids; the others are left as they are.

    All rows have the same columns. Returns how many were inserted.
    """
    if not rows:
        return 0
    target: Table = table.__table__
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        many = sqlite.insert(target).on_conflict_do_nothing()
        return connection.execute(many, list(rows)).rowcount
    if len(rows) >= MANY and not any(_is_json(target.c[name]) for name in rows[0]):
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        first, *others = columns
        same = frozenset(name for name in others if _alike(columns[name]))
        values = {name: found[0] if name in same else found for name, found in columns.items()}
        statement = _unnested(target, (first, *others), same)
        return int(connection.execute(statement, values).scalar_one())
    # Counted by what comes back: psycopg does not count the rows of a batch.
    key = next(iter(target.primary_key))
    few = postgresql.insert(target).on_conflict_do_nothing().returning(key)
    return len(connection.execute(few, list(rows)).all())


@cache
def _unnested(table: Table, names: tuple[str, ...], same: frozenset[str]) -> TextClause:
    """One array a column, one value where all rows have the `same`.

    Postgres reads thousands of rows from arrays ten times as fast as from VALUES.
    """
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = {name: table.c[name].type.compile(dialect) for name in names}
    arrays = [name for name in names if name not in same]
    given = ", ".join(f"CAST(:{name} AS {types[name]}[])" for name in arrays)
    chosen = (name if name in arrays else f"CAST(:{name} AS {types[name]})" for name in names)
    return text(
        f"WITH kept AS (INSERT INTO {table.name} ({', '.join(names)}) "  # noqa: S608 - our names
        f"SELECT {', '.join(chosen)} FROM unnest({given}) AS rows ({', '.join(arrays)}) "
        "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM kept"
    )


def _alike(values: Sequence[Any]) -> bool:
    first = values[0]
    return all(value is first or value == first for value in values)


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _postgres_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(
        parsed,
        pool_size=10,
        max_overflow=20,
        pool_timeout=10,
        pool_pre_ping=True,
        connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 10, **ALIVE},
        hide_parameters=True,  # an error must not carry people's addresses into a log
    )


def _sqlite_engine(url: str, durable: bool) -> Engine:
    in_memory = make_url(url).database in (None, "", ":memory:")
    arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False, "timeout": 15}}
    if in_memory:
        arguments["poolclass"] = StaticPool
    else:
        arguments.update(pool_size=10, max_overflow=20, pool_timeout=15)
    engine = create_engine(url, hide_parameters=True, **arguments)
    event.listen(engine, "connect", _prepare_durable if durable else _prepare_quick)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_durable(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Less would lose the last commits in a power cut: a mark, and with it a letter sent twice.
    _prepare_sqlite(connection, "FULL")


def _prepare_quick(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    _prepare_sqlite(connection, "OFF")


def _prepare_sqlite(connection: DBAPIConnection, synchronous: str) -> None:
    # The driver's own transaction handling begins late and deferred: two writers that
    # read first would both go on. We begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        f"synchronous={synchronous}",
        f"busy_timeout={BUSY_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
