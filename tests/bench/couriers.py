"""Our own hand-over, looked at from outside: worker processes, a doorbell, the rows."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from celery import Celery

from tests.bench.bench import Bench
from tests.bench.crowd import SECRET
from tests.bench.processes import ROLLOUT, Process, until

RING = 0.25  # seconds between two rings of the doorbell
LOOK = 0.02
PATIENCE = 1200.0
_OPEN = (
    "SELECT EXISTS (SELECT 1 FROM delivery WHERE state = 'due')"
    " OR EXISTS (SELECT 1 FROM delivery WHERE state = 'sending')"
)
_SETTLED = "SELECT count(*) FROM delivery WHERE settled_at IS NOT NULL"
_STATES = "SELECT state, count(*) FROM delivery GROUP BY state"


@dataclass(frozen=True)
class Run:
    """One hand-over: seconds from the start of the processes, of which `starting` until the first
    letters were settled, `early` of them; processor seconds of all processes, of which `warming`
    until then."""

    letters: int
    seconds: float
    starting: float
    cpu: float
    warming: float
    early: int = 0

    def __str__(self) -> str:
        return f"{self.rate:,.0f} letters/s, {self.cpu_us:,.0f} us"

    @property
    def rate(self) -> float:
        return self.letters / self.seconds

    @property
    def steady_rate(self) -> float:
        """From the first settled letters on; all of it where they were settled at one look."""
        if self.letters == self.early:
            return self.rate
        return (self.letters - self.early) / (self.seconds - self.starting)

    @property
    def cpu_us(self) -> float:
        """Processor microseconds a letter, the start of the processes included."""
        return self.cpu / self.letters * 1e6

    @property
    def steady_cpu_us(self) -> float:
        if self.letters == self.early:
            return self.cpu_us
        return (self.cpu - self.warming) / (self.letters - self.early) * 1e6


def settings(url: str, broker: str, port: int, more: Mapping[str, str]) -> dict[str, str]:
    """The installation that is measured."""
    return {
        "ROLLOUT_DATABASE_URL": url,
        "ROLLOUT_BROKER_URL": broker,
        "ROLLOUT_SECRET_KEY": SECRET,
        "ROLLOUT_MAIL": f"smtp://127.0.0.1:{port}?tls=none",
        "ROLLOUT_MAIL_FROM": "Harbor IT <it@harbor.example>",
        "ROLLOUT_BASE_URL": "https://rollout.example",
        **more,
    }


def hand_over(
    bench: Bench, url: str, port: int, *, workers: int = 2, more: Mapping[str, str] | None = None
) -> Run:
    """From the start of the workers to the last settle. Raises TimeoutError, RuntimeError."""
    broker, folder = bench.redis.url, bench.folder
    env = bench.environment(**settings(url, broker, port, more or {}))
    bench.redis.flush()
    with psycopg.connect(plain(url), autocommit=True) as looking, ringing(broker):
        began = time.monotonic()
        processes = [Process((*ROLLOUT, "worker"), env, folder) for _ in range(workers)]
        try:
            run = _watch(looking, processes, began)
        except TimeoutError as error:
            raise RuntimeError(f"{error}: {processes[0].said()[-2000:]}") from None
        finally:
            for process in processes:
                process.stop()
        states: dict[str, int] = dict(looking.execute(_STATES).fetchall())
    if set(states) != {"sent"}:
        raise RuntimeError(f"Not every letter was sent: {states}")
    return run


def _watch(
    looking: "psycopg.Connection[tuple[int]]", processes: Sequence[Process], began: float
) -> Run:
    def look(statement: str) -> int:
        row = looking.execute(statement).fetchone()
        assert row is not None
        return int(row[0])

    until(lambda: look(_SETTLED), PATIENCE, "the first letter", LOOK)
    first, warming = time.monotonic() - began, sum(p.seconds() for p in processes)
    early = look(_SETTLED)
    until(lambda: not look(_OPEN), PATIENCE, "the last letter", LOOK)
    seconds = time.monotonic() - began
    return Run(look(_SETTLED), seconds, first, sum(p.seconds() for p in processes), warming, early)


@contextmanager
def ringing(broker: str) -> Iterator[None]:
    """Somebody rings the doorbell all the time, as pages and the beat do."""
    app, done = Celery(broker=broker), threading.Event()
    bell = threading.Thread(target=_ring, args=(app, done))
    bell.start()
    try:
        yield
    finally:
        done.set()
        bell.join()
        with suppress(Exception):
            app.control.purge()
        app.close()


def _ring(app: Celery, done: threading.Event) -> None:
    while True:
        app.send_task("rollout.sweep", expires=60)
        if done.wait(RING):
            return


def plain(url: str) -> str:
    """The URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg", "postgresql")
