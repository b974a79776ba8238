"""The only two doors through which transactions begin and end, and writing many rows.

SQLite and Postgres meet here, in engine.py and in given.py, and nowhere above.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Select,
    Table,
    TextClause,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from campaigns.engine import make_engine

JOURNALLED = "journalled"  # what a session knows of its store
MANY = 20  # rows from which arrays are worth their while


class Overtaken(Exception):
    """What a transaction has read is no longer so, and it may not write on top of that."""


class Store:
    """A database, opened once per process and shared by its threads.

    What is committed survives a power cut. Where everything could be made anew, as in a test,
    `durable=False` spares SQLite the wait for the disk. What is played on a copy that is thrown
    away, and not `journalled`, leaves no entries.
    """

    def __init__(self, url: str, *, durable: bool = True, journalled: bool = True) -> None:
        self.url = url
        self._told = {JOURNALLED: journalled}
        self.engine = make_engine(url, durable)
        # A database in memory lives as long as its one connection.
        self.in_memory = isinstance(self.engine.pool, StaticPool)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that cannot leave anything behind: it ends in a rollback, or was read-only."""
        with self._connection(writing=False) as connection:
            session = Session(connection, expire_on_commit=False, autoflush=False, info=self._told)
            try:
                yield session
                if self.dialect == "postgresql":
                    # After a rollback psycopg forgets every plan, and each page is planned anew.
                    connection.commit()
            finally:
                session.close()
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, undone when it raises."""
        with self._committed(locked=True) as session:
            yield session

    @contextmanager
    def weighing(self) -> Iterator[Session]:
        """As `writing`, for what mostly comes to nothing: until it writes, nobody waits for it.

        On SQLite the first write takes the lock. Where somebody else writes or has written
        since the first reading it raises Overtaken, all is undone, and the caller does it again
        in `writing`. Postgres locks row by row in either, and never raises it.
        """
        try:
            with self._committed(locked=False) as session:
                yield session
        except OperationalError as error:
            # BUSY while somebody else writes, BUSY_SNAPSHOT afterwards: SQLite waits for neither.
            if getattr(error.orig, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise Overtaken from error
            raise

    @contextmanager
    def _committed(self, locked: bool) -> Iterator[Session]:
        with self._connection(writing=True, locked=locked) as connection:
            session = Session(connection, expire_on_commit=False, info=self._told)
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
    def at_once(self) -> Iterator[Session]:
        """A transaction of one statement, which Postgres begins and commits by itself.

        That spares two of three round trips. A second statement is a second transaction.
        """
        if self.dialect != "postgresql":
            with self.writing() as session:
                yield session
            return
        with self.engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            with Session(
                connection, expire_on_commit=False, autoflush=False, info=self._told
            ) as session:
                yield session

    @contextmanager
    def _connection(self, writing: bool, locked: bool = False) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            options: dict[str, Any] = {"writing": locked}
            if self.dialect == "postgresql":
                options["postgresql_readonly"] = not writing
            yield connection.execution_options(**options)

    def close(self) -> None:
        """Give every connection back; the store may not be used afterwards."""
        self.engine.dispose()


def journalled(session: Session) -> bool:
    """Whether what is done here is written into the journal."""
    return bool(session.info.get(JOURNALLED, True))


def lock(session: Session, statement: Select[Any], values: Mapping[str, Any]) -> None:
    """Hold the rows that the statement names, until the transaction ends.

    Whoever writes to SQLite has the whole database already.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(statement, values)


def insert_missing(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert rows that no unique constraint forbids; the others are left as they are.

    All rows have the same columns. Returns how many were inserted.
    """
    if not rows:
        return 0
    target: Table = table.__table__
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return connection.execute(_unless_there(target), list(rows)).rowcount
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
def _unless_there(table: Table) -> sqlite.Insert:
    return sqlite.insert(table).on_conflict_do_nothing()


@contextmanager
def scratch(session: Session, *tables: Table) -> Iterator[None]:
    """Temporary tables for as long as the block lasts; where it raises, the rollback drops them.

    Whoever needs them has much to do: on Postgres a statement may take ten minutes from here on.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
    for table in tables:
        table.create(connection, checkfirst=False)
    yield
    for table in tables:
        table.drop(connection, checkfirst=False)


def pour(session: Session, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Fill a table of ours as fast as the engine takes rows, without holding them in memory.

    Each row has a value for every column, as the driver takes it: JSON as text.
    """
    connection = session.connection()
    names = ", ".join(column.name for column in table.columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(table.columns))
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)  # noqa: S608 - our names
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def look_over(session: Session, table: Table) -> None:
    """Postgres guesses at what is in a table of ours until it has looked; SQLite never asks."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"ANALYZE {table.name}")


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
