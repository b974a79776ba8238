"""Where the details of an unexpected fault go: a file that a person can send to us."""

import tempfile
import traceback
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError


def keep_fault(number: str, error: Exception) -> str:
    """Write the traceback to a file for its owner alone; the path of it."""
    path = Path(tempfile.gettempdir()) / f"rollout-fault-{number}.log"
    path.touch(mode=0o600)
    path.write_text("".join(traceback.format_exception(error)))
    return str(path)


def is_unreachable(error: BaseException) -> bool:
    """True where the database could not be reached at all."""
    return isinstance(error, SQLAlchemyError) and "connect" in str(error).lower()
