"""Rows by the million: COPY on Postgres, executemany on SQLite, into the product's own tables."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, cast

from psycopg import Connection, sql
from sqlalchemy import text

from campaigns import headcount
from campaigns.store import Store
from tests.bench.databases import SQLITE

AT_ONCE = 20_000
Row = Sequence[object]


def load(store: Store, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Put rows into a table as fast as the engine takes them, then let it look at them."""
    if store.dialect == SQLITE:
        _insert(store, table, columns, rows)
    else:
        _copy(store, table, columns, rows)
    look_over(store, table)


def look_over(store: Store, table: str = "") -> None:
    """Fresh statistics (of every table), as the engine's housekeeping would have made by now."""
    words = "ANALYZE" if store.dialect == SQLITE else "VACUUM (ANALYZE)"
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"{words} {table}")


def count_people(store: Store) -> None:
    """The counters of people, which the product keeps with every write of its own."""
    with store.writing() as session:
        headcount.recount_all(session)
    for table in ("headcount", "level_count"):
        look_over(store, table)


def last_id(store: Store, table: str) -> int:
    """The highest id of a table; 0 where it is empty."""
    with store.reading() as session:
        return int(session.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one())


def _insert(store: Store, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    places = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
    waiting = iter(rows)
    with store.writing() as session:
        driver = cast("Any", session.connection().connection.driver_connection)
        while part := list(islice(waiting, AT_ONCE)):
            driver.executemany(statement, [[_plain(value) for value in row] for row in part])


def _plain(value: object) -> object:
    """As the product's column types write it on SQLite."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if isinstance(value, date) else value


def _copy(store: Store, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with store.writing() as session:
        driver = cast("Connection[Any]", session.connection().connection.driver_connection)
        # The rows are right by construction; checking a foreign key for each takes minutes.
        driver.execute("SET LOCAL session_replication_role = replica")
        driver.execute("SET LOCAL statement_timeout = 0")
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
