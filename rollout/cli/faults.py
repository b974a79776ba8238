"""Where the details of an unexpected fault go: a file that a person can send to us."""

import tempfile
import traceback
from pathlib import Path


def keep_fault(number: str, error: Exception) -> str:
    """Write the traceback to a file for its owner alone; the path of it."""
    path = Path(tempfile.gettempdir()) / f"rollout-fault-{number}.log"
    path.touch(mode=0o600)
    path.write_text("".join(traceback.format_exception(error)))
    return str(path)
