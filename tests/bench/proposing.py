"""Days for many customers at once: processor time and memory of a process of its own.

Targets: 2,000 customers over 90 days under 10 s and 1 GB.
"""

import json
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from campaigns.rules.proposing import propose
from tests.bench.bench import Bench
from tests.bench.figures import Figure
from tests.bench.own_process import cost, figures, played
from tests.rules.wishers_kit import wishers

GROUP = "proposing"
SECONDS, MEGABYTES = 10.0, 1_024.0
SEED = 7
MONDAY = date(2027, 3, 1)
BUSY = 0.6  # the share of the technicians' time that all customers together would take


def measure(bench: Bench) -> Iterator[Figure]:
    """Seconds, megabytes, and how far from the best plan there could be."""
    customers, days = bench.sizes.proposal
    found = played("tests.bench.proposing", customers, days)
    name = f"{customers:,} customers, {days} days"
    note = f"gap {found['gap']:.1%}, {found['unplaced']:.0f} without a day"
    yield from figures(GROUP, name, found, note, seconds=SECONDS, megabytes=MEGABYTES)


def play(customers: int, length: int) -> dict[str, float]:
    """One proposal over as many technicians as make the days busy."""
    every = [MONDAY + timedelta(days=number) for number in range(length)]
    days = [day for day in every if day.weekday() < 5]
    wanted = wishers(customers, days, Random(SEED))
    minutes = sum(one.minutes for one in wanted)
    lanes = max(1, round(minutes / BUSY / 480 / len(days)))
    began = time.process_time()
    plan = propose(wanted, {day: [480] * lanes for day in days})
    return {
        **cost(began),
        "gap": plan.gap,
        "unplaced": len(plan.unplaced),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(int(sys.argv[1]), int(sys.argv[2]))))
