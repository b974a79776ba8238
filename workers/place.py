"""Where the database is, as it says itself: marks that a copy cannot share with its original."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import text
from sqlalchemy.orm import Session

from campaigns.rules.arming import FILE, Boot
from workers.runtime import Runtime

MACHINE = Path("/etc/machine-id")
BOOT = Path("/proc/sys/kernel/random/boot_id")
UPTIME = Path("/proc/uptime")
# A dump that is put back makes new tables; another server or database has other numbers.
_NUMBERS = text(
    "SELECT oid::text, 'installation'::regclass::oid::text, "
    "has_function_privilege('pg_control_system()', 'execute') "
    "FROM pg_database WHERE datname = current_database()"
)
_SERVER = text("SELECT system_identifier::text FROM pg_control_system()")


def place_of(rt: Runtime, session: Session) -> Sequence[str]:
    """A kind and its marks: `file`, path, inode, machine; or `server` and its numbers.

    The last mark of a server is the name under which letters link here: one that was copied
    whole keeps its numbers, but seldom that name.
    """
    if rt.store.dialect != "sqlite":
        database, table, told = session.execute(_NUMBERS).one()
        server = session.scalar(_SERVER) if told else ""
        return ("server", str(server), database, table, urlsplit(rt.links.base_url).hostname or "")
    path = file_of(rt)
    if path is None:
        return ("memory",)
    machine = MACHINE.read_text().strip() if MACHINE.is_file() else ""
    return (FILE, str(path), str(path.stat().st_ino), machine)


def file_of(rt: Runtime) -> Path | None:
    """The file of an embedded database; None where there is none."""
    name = rt.store.engine.url.database
    if rt.store.dialect != "sqlite" or name in (None, "", ":memory:"):
        return None
    return Path(str(name)).resolve()


def clock_of(rt: Runtime, session: Session) -> datetime | None:
    """The clock of the database's own server; None for a file, which has none."""
    if rt.store.dialect == "sqlite":
        return None
    now: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return now


def boot_now() -> Boot | None:
    """This start of the machine and the seconds since, sleep included; None where it won't say.

    Linux, proc(5). Read from the file, which no tool that fakes the time for a process reaches.
    """
    try:
        return Boot(BOOT.read_text().strip(), float(UPTIME.read_text().split()[0]))
    except (OSError, ValueError):
        return None
