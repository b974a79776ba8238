"""A year of all campaigns rehearsed together: processor time and memory of a process of its own.

Processor time, not the clock's: the rehearsal waits for nothing.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.bench import year
from tests.bench.bench import Bench
from tests.bench.figures import AT_MOST, Figure
from tests.kit import office_at
from workers.rehearse import rehearse_all

GROUP = "rehearsal"
SECONDS, MEGABYTES = 60.0, 500.0
YEAR = timedelta(days=365)


def measure(bench: Bench) -> Iterator[Figure]:
    """Seconds and megabytes, with the letters that were foreseen."""
    customers, campaigns = bench.sizes.year
    database = bench.folder / "year.db"
    store = Store(f"sqlite:///{database}", durable=False)
    year.settle_in(store, customers, campaigns)
    store.close()
    found = _played(database)
    name = f"{customers} customers, {campaigns} campaigns, 365 days"
    note = f"{found['letters']:,.0f} letters, {found['events']:,.0f} events"
    yield Figure(
        GROUP, name, "s", found["seconds"], bound=AT_MOST, target=SECONDS, note=note
    )  # fmt: skip
    yield Figure(
        GROUP, f"memory for {name}", "MB", found["megabytes"], bound=AT_MOST, target=MEGABYTES
    )


def _played(database: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "tests.bench.rehearsal", str(database)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def play(database: Path) -> dict[str, float]:
    """One rehearsal of everything in that database."""
    pin_time_zones()
    office = office_at(Store(f"sqlite:///{database}"))
    began = time.process_time()
    result = rehearse_all(office.rt, office.now + YEAR)
    return {
        "seconds": time.process_time() - began,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "letters": sum(event.people for event in result.events if event.kind == "mail"),
        "events": len(result.events),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(Path(sys.argv[1]))))
