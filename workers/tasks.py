"""The one task: bind, one call. A lost message is harmless, the next sweep finds the work."""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog
from celery import Celery

from workers.runtime import Runtime
from workers.steward import last_sweep, tick

# After this long without a sweep anywhere, a worker no longer waits for the doorbell.
SILENT = timedelta(seconds=30)
LOOK = 5.0  # seconds between two looks at when the last sweep was
log = structlog.get_logger("tasks")


def add_tasks(app: Celery, runtime: Callable[[], Runtime], at_once: int = 1) -> Callable[[], None]:
    """Bind the sweep to a runtime, made on first use; returns the sweep as a plain function.

    At most `at_once` sweeps run in this process; a further message finds the work being done.
    """
    free = threading.BoundedSemaphore(at_once)

    def sweep() -> None:
        if not free.acquire(blocking=False):
            return
        try:
            tick(runtime())
        except Exception:  # the one door of every task: the next sweep tries again
            log.exception("sweep_failed")
        finally:
            free.release()

    app.task(name="rollout.sweep")(sweep)
    return sweep


def watch(rt: Runtime, sweep: Callable[[], None]) -> None:
    """Until the runtime stops: sweep where nobody does, as when the broker or beat is gone."""
    started = rt.clock.machine()
    while not rt.stopping.wait(LOOK):
        try:
            silent = max(started, last_sweep(rt)) < rt.clock.machine() - SILENT
        except Exception:  # the database is away: the next look tells
            log.exception("look_failed")
            continue
        if silent:
            log.warning("doorbell_silent")
            sweep()


def nudger(app: Celery) -> Callable[[], None]:
    """Something that wakes a courier after a commit, at once and whatever the broker does.

    A thread of its own rings: a broker that is away must not hold up a page.
    """
    wanted = threading.Event()
    start = threading.Lock()
    ringing: list[threading.Thread] = []

    def ring() -> None:
        while wanted.wait():
            wanted.clear()
            try:
                app.send_task("rollout.sweep", retry=False, expires=60)
            except Exception:  # the broker is a convenience: the beat or cron finds the work
                log.warning("nudge_failed")

    def nudge() -> None:
        with start:
            if not ringing:
                ringing.append(threading.Thread(target=ring, name="nudge", daemon=True))
                ringing[0].start()
        wanted.set()

    return nudge
