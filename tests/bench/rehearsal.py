"""A year of all campaigns rehearsed together: processor time and memory of a process of its own.

Processor time, not the clock's: the rehearsal waits for nothing.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from campaigns.store import Store
from rollout.wiring import pin_time_zones
from tests.bench import year
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.own_process import cost, figures, played
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
    found = played("tests.bench.rehearsal", database)
    name = f"{customers} customers, {campaigns} campaigns, 365 days"
    note = f"{found['letters']:,.0f} letters, {found['events']:,.0f} events"
    yield from figures(GROUP, name, found, note, seconds=SECONDS, megabytes=MEGABYTES)


def play(database: Path) -> dict[str, float]:
    """One rehearsal of everything in that database."""
    pin_time_zones()
    office = office_at(Store(f"sqlite:///{database}"))
    began = time.process_time()
    result = rehearse_all(office.rt, office.now + YEAR)
    return {
        **cost(began),
        "letters": sum(event.people for event in result.events if event.kind == "mail"),
        "events": len(result.events),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(Path(sys.argv[1]))))
