"""The small size: worker and beat as threads of the process that serves the pages."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Celery
from celery.beat import Service
from celery.worker import WorkController

from workers.runtime import Runtime
from workers.tasks import Sweeper, watch

STOP_SECONDS = 4.0


@contextmanager
def running(app: Celery, rt: Runtime, sweeper: Sweeper) -> Iterator[None]:
    """A worker (thread pool) and a beat on the in-process broker, until the block ends.

    Beside them stands a watch, which sweeps by itself should either of them fall silent.
    The end tells couriers to stop after the letter in hand, and waits at most STOP_SECONDS.
    """
    worker: Any = WorkController(
        app=app,
        hostname="rollout@localhost",
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
        threading.Thread(target=watch, args=(rt, sweeper), name="watch", daemon=True),
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        rt.stopping.set()
        beat.stop(wait=False)
        threads.append(threading.Thread(target=worker.stop, name="worker-stop", daemon=True))
        threads[-1].start()
        end = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(timeout=max(0.0, end - time.monotonic()))
