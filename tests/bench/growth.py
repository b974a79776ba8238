"""Growth: ten times the work, and how many times the time."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from statistics import median

from tests.bench import claims, crowd, imports, pages, plan, queue_rows, sinks
from tests.bench.bench import Bench
from tests.bench.couriers import hand_over
from tests.bench.databases import ENGINES, POSTGRES, opened
from tests.bench.figures import AT_MOST, Figure
from tests.bench.servers import serving
from tests.bench.timing import seconds

GROUP = "growth"
REPEATS = 3
LIMIT = 12.0
Cost = Callable[[Bench, str, int], float]


def measure(bench: Bench) -> Iterator[Figure]:
    """For each kind of work the factor of each step of ten, on both engines."""
    sizes = bench.sizes.growth
    kinds: tuple[tuple[str, Cost, tuple[int, ...], tuple[str, ...]], ...] = (
        ("plan for customers", _plan, tuple(size // 10 for size in sizes[:3]), ENGINES),
        ("fan a touch out to people", _fan_out, sizes[:3], ENGINES),
        ("claim a tenth of the letters waiting", _claim, sizes[1:], ENGINES),
        ("import rows of evidence", _import, sizes[1:], ENGINES),
        ("board over people", _board, sizes[1:], ENGINES),
        ("hand letters over", _hand_over, sizes[:2], (POSTGRES,)),
    )
    for name, cost, steps, engines in kinds:
        for engine in engines:
            yield from _factors(bench, name, engine, partial(cost, bench, engine), steps)


def _factors(
    bench: Bench, name: str, engine: str, cost: Callable[[int], float], sizes: tuple[int, ...]
) -> Iterator[Figure]:
    took = {}
    for size in sizes:
        took[size] = cost(size)
        bench.say(f"{name}, {engine}: {size:,} in {took[size]:.3f} s")
    for few, many in pairwise(sizes):
        title, against = f"{name}, {many:,}, {engine}", f"{few:,}"
        ratio = took[many] / took[few]
        yield Figure(GROUP, title, "s", took[many], took[few], against, ratio, AT_MOST, LIMIT)


def _plan(bench: Bench, engine: str, customers: int) -> float:
    url = bench.databases.blank(engine)
    with opened(url) as store:
        office = crowd.settle_in(store, crowd.Size(max(1, customers), 3))
        crowd.register_change(office)
        names = [f"Bench {number}" for number in range(REPEATS)]
        took = median(seconds(partial(plan.open_campaign, office, name)) for name in names)
    bench.databases.drop(url)
    return took


def _fan_out(bench: Bench, engine: str, people: int) -> float:
    url = bench.databases.blank(engine)
    with opened(url) as store:
        touches = plan.fresh_touches(store, crowd.Size(REPEATS, people))
        took = median(seconds(touches.ours) for _ in range(REPEATS))
    bench.databases.drop(url)
    return took


def _claim(bench: Bench, engine: str, waiting: int) -> float:
    url, at_once = bench.databases.blank(engine), min(bench.sizes.claim_size, waiting // 10)
    with opened(url) as store:
        _, due = queue_rows.fill(store, waiting, people=min(100, waiting))
        taker = claims.Taker(store, due + claims.LATER, at_once)
        taker.ours()
        took = seconds(lambda: [taker.ours() for _ in range(waiting // 10 // at_once)])
    bench.databases.drop(url)
    return took


def _import(bench: Bench, engine: str, rows: int) -> float:
    url, path = imports.crowded(bench, engine, rows)
    took = imports.whole(bench, url, path).seconds
    bench.databases.drop(url)
    return took


def _board(bench: Bench, engine: str, people: int) -> float:
    """One request at a time: the middle one, in seconds."""
    url, customers = bench.databases.blank(engine), max(4, people // 1000)
    with opened(url) as store:
        house = pages.build(store, crowd.Size(customers, max(3, people // customers)))
    with serving(bench, url) as server:
        server.warm("/", house.cookie)
        took = server.get("/", house.cookie, connections=1).p50 / 1000
    bench.databases.drop(url)
    return took


def _hand_over(bench: Bench, engine: str, letters: int) -> float:
    """At the rate from the first settled letters on: the start of the workers does not grow."""
    url, people = bench.databases.blank(engine), min(100, letters // 2)
    with opened(url) as store:
        crowd.outbox(store, crowd.Size(letters // people, people))
    with sinks.fast_sink() as port:
        run = hand_over(bench, url, port)
    bench.databases.drop(url)
    return letters / run.steady_rate
