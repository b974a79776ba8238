"""What a folder has seen leave, in a file of its own: a database that was put back is behind it.

Written after the commit that it tells of, so after a crash it is behind and never ahead.
"""

import json
import os
import tempfile
from datetime import datetime
from pathlib import Path

from campaigns.rules.arming import Seal
from workers.place import file_of
from workers.runtime import Runtime


def seal_beside(rt: Runtime) -> Seal | None:
    """What the file says; None where there is none, or none that can be read."""
    path = _path(rt)
    try:
        found = json.loads(path.read_text()) if path else None
        return Seal(datetime.fromisoformat(found["armed_at"]), found["rounds"]) if found else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def put_seal(rt: Runtime, seal: Seal) -> None:
    """Keep it, unless another process has kept a later one. Raises OSError."""
    path, earlier = _path(rt), seal_beside(rt)
    if path is None or (earlier is not None and earlier >= seal):
        return
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".sent-")
    with os.fdopen(descriptor, "w") as file:
        json.dump({"armed_at": seal.armed_at.isoformat(), "rounds": seal.rounds}, file)
        file.flush()
        os.fsync(file.fileno())
    Path(draft).replace(path)


def _path(rt: Runtime) -> Path | None:
    database = file_of(rt)
    folder = database.parent if database else rt.folder
    return folder / f"sent-{rt.instance}.json" if folder and folder.is_dir() else None
