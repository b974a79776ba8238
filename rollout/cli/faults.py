"""What is said of a command that failed; the details of a fault go to a file for its owner."""

import tempfile
import traceback
import uuid
from pathlib import Path

from campaigns.errors import Refused
from guides.errors import GuideError
from rollout.settings import BadSettings


def in_one_line(error: Exception) -> str:
    """A refusal's own sentence; of anything else its number and where its details are kept."""
    if isinstance(error, Refused | BadSettings | GuideError):
        return str(error)
    number = uuid.uuid4().hex[:8]
    return (
        f"Something unexpected went wrong (fault {number}). Details: {_keep_fault(number, error)}"
    )


def _keep_fault(number: str, error: Exception) -> str:
    path = Path(tempfile.gettempdir()) / f"rollout-fault-{number}.log"
    path.touch(mode=0o600)
    path.write_text("".join(traceback.format_exception(error)))
    return str(path)
