"""The tasks: bind, one call. A lost message is harmless, the next sweep finds the work."""

import threading
from collections.abc import Callable

import structlog
from celery import Celery

from workers.runtime import Runtime
from workers.steward import tick

log = structlog.get_logger("tasks")


def add_tasks(app: Celery, runtime: Callable[[], Runtime]) -> None:
    """Bind the tasks to a runtime, made on first use in each process."""
    busy = threading.Lock()

    @app.task(name="rollout.sweep")
    def sweep() -> None:
        # One sweep at a time in a process; a second message finds the work being done.
        if not busy.acquire(blocking=False):
            return
        try:
            tick(runtime())
        except Exception:  # the one door of every task: the next sweep tries again
            log.exception("sweep_failed")
        finally:
            busy.release()


def nudger(app: Celery) -> Callable[[], None]:
    """Something that wakes a courier after a commit; without a broker it does nothing."""

    def nudge() -> None:
        try:
            app.send_task("rollout.sweep", retry=False, expires=60)
        except Exception:  # the broker is a convenience: the beat or cron finds the work
            log.warning("nudge_failed")

    return nudge
