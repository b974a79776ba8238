"""A server's own folder: where an ordinary user can come, and cleared away in every case."""

import atexit
import fcntl
import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "rollout-"
_LONGEST_BASE = 40  # a unix socket's path has 107 bytes in all
_held: dict[Path, int] = {}


def ordinary_user() -> str | None:
    """Whom servers run as when we are root (Postgres refuses root); None when we are not."""
    return "nobody" if os.geteuid() == 0 else None


def give(path: Path) -> None:
    """Make the ordinary user the owner of one file or folder."""
    if (user := ordinary_user()) is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def reachable(path: Path) -> bool:
    """Whether the ordinary user can come to `path`: every folder above is open to others."""
    if ordinary_user() is None:
        return True
    return all(folder.stat().st_mode & 0o001 for folder in path.resolve().parents)


def home(name: str) -> Path:
    """A new folder for one server, owned by whom it runs as, removed at exit at the latest.

    Folders of test runs that were killed are removed first: nobody holds their lock any more.
    Raises RuntimeError when there is no place for it.
    """
    base = next(_bases(), None)
    if base is None:
        raise RuntimeError("No folder for temporary files that an ordinary user can reach.")
    _clear_abandoned(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}-", dir=base))
    draft = folder / "lock.new"
    _held[folder] = os.open(draft, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(_held[folder], fcntl.LOCK_EX)
    draft.rename(folder / "lock")
    give(folder)
    atexit.register(discard, folder)
    return folder


def discard(folder: Path) -> None:
    """Remove a folder of `home`; once more does no harm."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder in _held:
        os.close(_held.pop(folder))


def _bases() -> Iterator[Path]:
    for base in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        usable = base.is_dir() and os.access(base, os.W_OK) and reachable(base / "x")
        if usable and len(str(base)) <= _LONGEST_BASE:
            yield base


def _clear_abandoned(base: Path) -> None:
    for lock in base.glob(f"{_PREFIX}*/lock"):
        try:
            handle = os.open(lock, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
