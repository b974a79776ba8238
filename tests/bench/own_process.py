"""A part of the bench whose memory counts: it plays in a process of its own and tells in JSON."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.bench.figures import AT_MOST, Figure

Found = dict[str, float]


def played(module: str, *words: object) -> Found:
    """What `python -m module words` told of itself."""
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: Found = json.loads(done.stdout)
    return found


def cost(began: float) -> Found:
    """The seconds of processor since `began`, by `time.process_time`, and the most memory."""
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": time.process_time() - began, "megabytes": megabytes}


def figures(
    group: str, name: str, found: Found, note: str, *, seconds: float, megabytes: float
) -> Iterator[Figure]:
    """Seconds and megabytes against the most that they may be."""
    yield Figure(group, name, "s", found["seconds"], bound=AT_MOST, target=seconds, note=note)
    memory = f"memory for {name}"
    yield Figure(group, memory, "MB", found["megabytes"], bound=AT_MOST, target=megabytes)
