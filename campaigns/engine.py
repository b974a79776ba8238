"""How a database is opened: what each engine must be told before anything is asked of it."""

from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

BUSY_MS = 15_000
RESTED = 1.0  # seconds after which a kept connection is asked whether it still lives
# A database host that vanishes without a word is noticed within a minute.
ALIVE = {
    "keepalives": 1,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
POSTGRES_OPTIONS = "-c timezone=UTC -c statement_timeout=60000 -c lock_timeout=15000"


def make_engine(url: str, durable: bool) -> Engine:
    """An engine for `sqlite:...` or `postgresql:...`; see `campaigns.store.Store`."""
    return _sqlite_engine(url, durable) if _is_sqlite(url) else _postgres_engine(url)


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _postgres_engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(
        parsed,
        # A crowd of threads waits for one of these rather than for the interpreter, and none is
        # opened for a moment. Nobody holds one while it asks for a second.
        pool_size=10,
        max_overflow=0,
        pool_timeout=10,
        # The last one returned has the plans that were just used; in turn, each would plan anew.
        pool_use_lifo=True,
        connect_args={"options": POSTGRES_OPTIONS, "connect_timeout": 10, **ALIVE},
        hide_parameters=True,  # an error must not carry people's addresses into a log
    )
    event.listen(engine, "checkin", _note_return)
    event.listen(engine, "checkout", _ask_after_rest)
    return engine


def _note_return(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["returned"] = monotonic()


def _ask_after_rest(
    connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """A connection that lay idle may be dead; the pool then takes a fresh one by itself.

    Asking each time would cost a courier's short transactions a fifth more.
    """
    if monotonic() - entry.info.get("returned", monotonic()) < RESTED:
        return
    try:
        cursor = connection.cursor()
        cursor.execute("SELECT 1")
        cursor.close()
        connection.commit()  # after a rollback psycopg would forget its plans
    except Exception as trouble:  # whatever the driver says: it does not answer
        raise DisconnectionError("it did not answer after a rest") from trouble


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
