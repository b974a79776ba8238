"""The large size: a worker, or a beat, that is a process of its own."""

import os
import threading
import time
import warnings
from typing import Any

import structlog
from celery import Celery, bootsteps
from celery.exceptions import SecurityWarning
from celery.signals import task_received, worker_shutting_down

from workers.runtime import Runtime
from workers.tasks import Sweeper, listener, watch

STOP_SECONDS = 8.0  # Docker kills after ten
PULSE = 0.5
log = structlog.get_logger("worker")


class Pulse(bootsteps.StartStopStep):
    """Wakes the worker's event loop, which else notices the wish to stop up to 10 s late."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        parent.timer.call_repeatedly(PULSE, _nothing)


def serve_worker(app: Celery, rt: Runtime, sweeper: Sweeper, concurrency: int) -> None:
    """Sweep when the doorbell rings, until SIGTERM or SIGINT. The letter in hand is finished.

    A worker that has gone deaf ends with exit code 1, for whoever starts it again.
    """
    app.steps["worker"].add(Pulse)

    def heard(**_: Any) -> None:
        sweeper.hearing.heard(time.monotonic())

    def stop(**_: Any) -> None:
        rt.stopping.set()
        last = threading.Timer(STOP_SECONDS, _leave)
        last.daemon = True
        last.start()

    task_received.connect(heard, weak=False)
    worker_shutting_down.connect(stop, weak=False)
    listen = listener(app, sweeper, _gone_deaf)
    threading.Thread(target=watch, args=(rt, sweeper, listen), name="watch", daemon=True).start()
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


def _gone_deaf() -> None:
    # Its hands are idle, or it would not have been called deaf: nothing is on its way.
    log.error("worker_deaf", what="It hears the broker no more and ends, to be started again.")
    os._exit(1)


def _leave() -> None:
    # A mail server is slower than we may wait. The lease and the mark of that letter
    # say what became of it.
    log.warning("left_while_a_letter_was_on_its_way")
    os._exit(0)
