"""The entry for Celery's own command line: `celery -A rollout.worker worker --pool threads`."""

from functools import cache

from rollout.cli.context import open_runtime, settings
from rollout.cli.serve import broker_app
from rollout.logs import configure
from workers.runtime import Runtime
from workers.tasks import add_tasks

configure()
loaded = settings()


@cache
def _runtime() -> Runtime:
    return open_runtime(loaded)


app = broker_app(loaded.settings)
add_tasks(app, _runtime)
