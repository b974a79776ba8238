"""The large size: a worker, or a beat, that is a process of its own."""

import os
import threading
import warnings
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery, bootsteps
from celery.exceptions import SecurityWarning
from celery.signals import worker_shutting_down

from workers.runtime import Runtime
from workers.tasks import watch

STOP_SECONDS = 8.0  # Docker kills after ten
PULSE = 0.5
log = structlog.get_logger("worker")


class Pulse(bootsteps.StartStopStep):
    """Wakes the worker's event loop, which else notices the wish to stop up to 10 s late."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        parent.timer.call_repeatedly(PULSE, _nothing)


def serve_worker(app: Celery, rt: Runtime, sweep: Callable[[], None], concurrency: int) -> None:
    """Sweep when the doorbell rings, until SIGTERM or SIGINT. The letter in hand is finished."""
    app.steps["worker"].add(Pulse)

    def stop(**_: Any) -> None:
        rt.stopping.set()
        last = threading.Timer(STOP_SECONDS, _leave)
        last.daemon = True
        last.start()

    worker_shutting_down.connect(stop, weak=False)
    threading.Thread(target=watch, args=(rt, sweep), name="watch", daemon=True).start()
    # Celery's advice to root names an option that this command does not have.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    worker: Any = app.Worker(
        pool="threads",
        concurrency=concurrency,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="WARNING",
        quiet=True,
    )
    worker.start()


def serve_beat(app: Celery) -> None:
    """Ring the doorbell every few seconds until SIGTERM or SIGINT."""
    app.Beat(loglevel="WARNING", quiet=True).run()


def _nothing() -> None:
    """The loop turns, and looks whether it is to stop."""


def _leave() -> None:
    # A mail server is slower than we may wait. The lease and the mark of that letter
    # say what became of it.
    log.warning("left_while_a_letter_was_on_its_way")
    os._exit(0)
