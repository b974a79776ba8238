"""The one task: bind, one call. A lost message is harmless, the next sweep finds the work."""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from celery import Celery

from campaigns import arming
from workers.hearing import Hearing
from workers.runtime import Runtime
from workers.steward import last_sweep, tick

# After this long without a sweep anywhere, a worker no longer waits for the doorbell.
SILENT = timedelta(seconds=30)
LOOK = 5.0  # seconds between two looks at when the last sweep was, and between two notes of beat
NEVER = float("-inf")
BEAT = "beat"
log = structlog.get_logger("tasks")


@dataclass
class Sweeper:
    """Sweeps when called; at most as many times at once in this process as it may."""

    runtime: Callable[[], Runtime]
    at_once: int = 1
    hearing: Hearing = field(default_factory=lambda: Hearing(time.monotonic()))
    swept_at: float = NEVER  # monotonic, when this process last ended a sweep
    _noted_at: float = NEVER
    _said: str | None = None
    _running: int = 0
    _count: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> None:
        """One sweep; nothing where all hands are full. Whatever goes wrong ends in the log."""
        if not self._begin():
            return
        try:
            tick(self.runtime(), told=self._told)
        except Exception:  # the one door of every task: the next sweep tries again
            log.exception("sweep_failed")
        finally:
            self._end()

    @property
    def busy(self) -> bool:
        return self._running > 0

    def rung(self, by: str = "") -> None:
        """The doorbell: a sweep, and a note where it was the beat that rang."""
        try:
            if by == BEAT and time.monotonic() - self._noted_at >= LOOK:
                self._noted_at = time.monotonic()
                rt = self.runtime()
                with rt.store.writing() as session:
                    arming.beaten(session, rt.clock.machine())
        except Exception:  # the database is away: the sweep says more
            log.exception("beat_not_noted")
        self()

    def _begin(self) -> bool:
        with self._count:
            free = self._running < self.at_once
            self._running += free
        return free

    def _end(self) -> None:
        with self._count:
            self._running -= 1
        self.swept_at = time.monotonic()

    def _told(self, why: str | None) -> None:
        if why != self._said:
            self._said = why
            log.warning("sending_held" if why else "sending_on", why=why)


def add_tasks(app: Celery, runtime: Callable[[], Runtime], at_once: int = 1) -> Sweeper:
    """Bind the sweep to a runtime, made on first use; returns what the task calls.

    At most `at_once` sweeps run in this process; a further message finds the work being done.
    """
    sweeper = Sweeper(runtime, at_once)

    def sweep(by: str = "") -> None:
        sweeper.rung(by)

    app.task(name="rollout.sweep", shared=False)(sweep)
    return sweeper


def watch(rt: Runtime, sweeper: Sweeper, listen: Callable[[], None] | None = None) -> None:
    """Until the runtime stops: sweep where nobody does, as when the broker or beat is gone.

    `listen` is called at each look, to find out whether this process has gone deaf.
    """
    started = rt.clock.machine()
    while not rt.stopping.wait(LOOK):
        if listen is not None:
            listen()
        try:
            silent = max(started, last_sweep(rt)) < rt.clock.machine() - SILENT
        except Exception:  # the database is away: the next look tells
            log.exception("look_failed")
            continue
        if silent and time.monotonic() - sweeper.swept_at >= SILENT.total_seconds():
            log.warning("doorbell_silent")
            sweeper()


def listener(app: Celery, sweeper: Sweeper, leave: Callable[[], Any]) -> Callable[[], None]:
    """One look: ring where it is quiet, `leave` where our own rings are not heard either.

    Hands that are full hear nothing and are not deaf.
    """
    hearing = sweeper.hearing

    def listen() -> None:
        if sweeper.busy:
            hearing.heard(time.monotonic())
        if hearing.should_ring(time.monotonic()):
            hearing.rang(time.monotonic(), arrived=ring(app))
        if hearing.deaf(time.monotonic()) and not sweeper.busy:
            leave()

    return listen


def ring(app: Celery) -> bool:
    """Ring the doorbell once; False where the broker does not take it."""
    try:
        app.send_task("rollout.sweep", retry=False, expires=60)
    except Exception:  # the broker is a convenience: the watch, the beat or cron finds the work
        return False
    return True


@dataclass
class Nudger:
    """Wakes a courier after a commit, at once and whatever the broker does.

    A thread of its own rings: a broker that is away must not hold up a page. `lost` counts the
    rings that it did not take.
    """

    app: Celery
    lost: int = 0
    process: int = field(default_factory=os.getpid)
    _wanted: threading.Event = field(default_factory=threading.Event)
    _start: threading.Lock = field(default_factory=threading.Lock)
    _ringing: threading.Thread | None = None

    def __call__(self) -> None:
        with self._start:
            if self._ringing is None:
                self._ringing = threading.Thread(target=self._ring, name="nudge", daemon=True)
                self._ringing.start()
        self._wanted.set()

    def _ring(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            if not ring(self.app):
                self.lost += 1
                log.warning("nudge_failed", lost=self.lost)


def nudger(app: Celery) -> Nudger:
    """What pages call after a commit."""
    return Nudger(app)
