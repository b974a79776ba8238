"""Memory of one worker: after ten times the letters it is as large as before."""

from collections.abc import Iterator

import psycopg

from tests.bench import crowd, sinks
from tests.bench.bench import Bench
from tests.bench.couriers import PATIENCE, plain, ringing, settings
from tests.bench.databases import POSTGRES, opened
from tests.bench.figures import AT_MOST, Figure
from tests.bench.processes import ROLLOUT, Process

GROUP = "memory"
_SETTLED = "SELECT count(*) FROM delivery WHERE settled_at IS NOT NULL"


def measure(bench: Bench) -> Iterator[Figure]:
    """The resident size of a worker, twice."""
    few, many = bench.sizes.memory
    people = min(100, few // 2)
    url = bench.databases.blank(POSTGRES)
    with opened(url) as store:
        crowd.outbox(store, crowd.Size(many // people, people))
    with sinks.fast_sink() as port:
        early, late = _sizes(bench, url, port, (few, many))
    bench.databases.drop(url)
    name = f"a worker after {many:,} letters"
    against = f"after {few:,}"
    yield Figure(GROUP, name, "MB", late, early, against, late / early, AT_MOST, 1.1)


def _sizes(bench: Bench, url: str, port: int, marks: tuple[int, int]) -> list[float]:
    env = bench.environment(**settings(url, bench.redis.url, port, {}))
    found = []
    bench.redis.flush()
    with psycopg.connect(plain(url), autocommit=True) as looking, ringing(bench.redis.url):

        def settled() -> int:
            row = looking.execute(_SETTLED).fetchone()
            assert row is not None
            return int(row[0])

        worker = Process((*ROLLOUT, "worker"), env, bench.folder)
        try:
            for mark in marks:
                worker.until(lambda mark=mark: settled() >= mark, PATIENCE, pause=0.1)  # type: ignore[misc]  # bound as it is now
                found.append(worker.megabytes())
        finally:
            worker.stop()
    return found
