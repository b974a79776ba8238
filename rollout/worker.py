"""The entry for Celery's own command line: `celery -A rollout.worker worker`."""

from functools import cache

from rollout.cli.context import open_runtime, settings
from rollout.cli.serve import celery_app
from rollout.logs import configure
from workers.runtime import Runtime

configure()
loaded = settings()


@cache
def _runtime() -> Runtime:
    return open_runtime(loaded)


app = celery_app(loaded, _runtime)
