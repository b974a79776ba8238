"""Claims: taking letters out of an outbox in which a million wait."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from sqlalchemy import Connection, event

from campaigns import contact
from campaigns.store import Store
from tests.bench import queue_rows
from tests.bench.bench import Bench
from tests.bench.databases import ENGINES, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import Rounds, alternate
from tests.bench.timing import same, seconds

GROUP = "claims"
LEASE = timedelta(minutes=5)
LATER = timedelta(hours=2)  # by then everything is due
BARE = "the same statement run bare"


@dataclass
class Taker:
    """Claims in a database, through the product and by its own statement alone."""

    store: Store
    now: datetime
    at_once: int
    statement: str = ""
    parameters: Any = field(default=None)

    def ours(self) -> int:
        """One claim, committed; how many rows it took."""
        with self.store.writing() as session:
            taken = contact.claim_due(
                session,
                now=self.now,
                machine=self.now,
                lease=LEASE,
                token=uuid.uuid4().hex,
                limit=self.at_once,
            )
        return len(taken.ids)

    def bare(self) -> int:
        """The statement that takes the rows, by the driver alone, committed."""
        with self.store.writing() as session:
            found = session.connection().exec_driver_sql(self.statement, self.parameters)
            return len(found.all())

    def idle(self) -> None:
        """What a sweep asks when nothing is due."""
        before = self.now - timedelta(days=1)
        with self.store.reading() as session:
            contact.due_touches(session, before, self.at_once)
        with self.store.writing() as session:
            contact.claim_due(
                session, now=before, machine=self.now, lease=LEASE, token="idle", limit=self.at_once
            )

    def learn(self) -> None:
        """Overhear the statement of a claim, so that it can be run bare."""
        with _overheard(self.store) as heard:
            self.ours()
        claims = [
            (statement, parameters)
            for statement, parameters in heard
            if "UPDATE delivery" in statement and "RETURNING" in statement
        ]
        self.statement, self.parameters = claims[-1]  # the first one asks for urgent letters alone


def measure(bench: Bench) -> Iterator[Figure]:
    """Every figure of the claims, on both engines."""
    for engine in ENGINES:
        yield from _on(bench, engine)


def _on(bench: Bench, engine: str) -> Iterator[Figure]:
    sizes, url = bench.sizes, bench.databases.blank(engine)
    with opened(url) as store:
        others, due = queue_rows.fill(store, sizes.waiting, people=sizes.people)
    done_url = bench.databases.copy(url)
    with opened(url) as store, opened(done_url) as done_store:
        taker = Taker(store, due + LATER, sizes.claim_size)
        taker.learn()
        name = f"claims of {sizes.claim_size} with {sizes.waiting:,} waiting, {engine}"
        names, rounds = ("ours", BARE), _claim(taker, sizes.claims)
        yield compared(rounds, GROUP, name, "rows/s", names, same, AT_LEAST, 0.6)
        yield _idle(taker, f"idle poll with {sizes.waiting:,} waiting for later, {engine}")
        queue_rows.fill_done(done_store, others, sizes.done - sizes.waiting, due)
        used = Taker(done_store, due + LATER, sizes.claim_size)
        yield _when_done(used, taker, sizes.claims, f"{sizes.done:,} rows are done, {engine}")
        yield _idle(used, f"idle poll with {sizes.done:,} rows, {engine}")
    bench.databases.drop(url)
    bench.databases.drop(done_url)


def _claim(taker: Taker, claims: int) -> Rounds[float]:
    contenders: dict[str, Callable[[], float]] = {
        "ours": partial(_rate, taker.ours),
        BARE: partial(_rate, taker.bare),
    }
    return alternate(claims, contenders, lambda _: None)


def _rate(take: Callable[[], int]) -> float:
    taken: list[int] = []
    took = seconds(lambda: taken.append(take()))
    if not taken[0]:
        raise RuntimeError("Nothing was left to claim.")
    return taken[0] / took


def _when_done(used: Taker, fresh: Taker, claims: int, what: str) -> Figure:
    """The rate in an outbox most of whose letters have been sent, and in one without those."""
    names = ("most done", "none done")
    contenders: dict[str, Callable[[], float]] = {
        name: partial(_rate, taker.ours) for name, taker in zip(names, (used, fresh), strict=True)
    }
    rounds = alternate(claims, contenders, lambda _: None)
    name = f"claims when 90 % of {what}"
    return compared(rounds, GROUP, name, "rows/s", names, same, AT_LEAST, 0.8)


def _idle(taker: Taker, name: str) -> Figure:
    took = median(seconds(taker.idle) for _ in range(20))
    return Figure(GROUP, name, "ms", took * 1000, bound=AT_MOST, target=5)


@contextmanager
def _overheard(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """What the store says to the driver, word by word."""
    heard: list[tuple[str, Any]] = []

    def listen(
        _connection: Connection,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: Any,
        _many: bool,
    ) -> None:
        heard.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", listen)
    try:
        yield heard
    finally:
        event.remove(store.engine, "before_cursor_execute", listen)
