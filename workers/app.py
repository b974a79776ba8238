"""Celery, configured: a doorbell and a clock, never a memory.

Messages carry nothing but the wish to look at the database. Losing all of them loses
nothing, and having them twice does nothing twice.
"""

from typing import Any

from celery import Celery

REDIS_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
MEMORY_OPTIONS = {"polling_interval": 0.05}
FASTEST_SWEEP = 0.2  # seconds; a driven clock that runs fast is swept more often


def make_app(broker_url: str, sweep_seconds: float) -> Celery:
    """A Celery app with the beat's table; tasks are added by workers.tasks."""
    app = Celery("rollout", broker=broker_url, set_as_current=True)
    app.set_default()
    in_memory = broker_url.startswith("memory:")
    app.conf.update(
        broker_transport_options=MEMORY_OPTIONS if in_memory else REDIS_OPTIONS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A sweep that is lost with a connection is run again by the next ring.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        task_ignore_result=True,
        task_acks_late=False,
        task_serializer="json",
        accept_content=["json"],
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        enable_utc=True,
        timezone="UTC",
        beat_scheduler="celery.beat:Scheduler",
        beat_max_loop_interval=1,
        beat_schedule=beat_table(sweep_seconds),
        task_default_expires=60,
    )
    return app


def pace(sweep_seconds: float, speed: float | None) -> float:
    """Seconds between two sweeps: as set, or more often where the clock runs fast."""
    return min(sweep_seconds, FASTEST_SWEEP) if speed and speed > 1 else sweep_seconds


def beat_table(sweep_seconds: float) -> dict[str, Any]:
    """What beat asks for, and how often."""
    return {
        "sweep": {
            "task": "rollout.sweep",
            "schedule": sweep_seconds,
            "kwargs": {"by": "beat"},
            "options": {"expires": max(10.0, 2 * sweep_seconds)},
        }
    }
