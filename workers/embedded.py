"""The small size: worker and beat as threads of the process that serves the pages."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.worker import WorkController

STOP_SECONDS = 4.0


@contextmanager
def running(app: Celery) -> Iterator[None]:
    """A worker (thread pool) and a beat on the in-process broker, until the block ends."""
    worker: Any = WorkController(
        app=app,
        pool_cls="threads",
        concurrency=2,
        prefetch_multiplier=8,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        loglevel="WARNING",
        quiet=True,
    )
    beat: Any = Service(app=app, max_interval=1)
    threads = [
        threading.Thread(target=worker.start, name="worker", daemon=True),
        threading.Thread(target=beat.start, name="beat", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        beat.stop(wait=False)
        worker.stop()
        for thread in threads:
            thread.join(timeout=STOP_SECONDS)
