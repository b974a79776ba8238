"""The entry for gunicorn and other WSGI servers: `rollout.wsgi:app`."""

from rollout.cli.context import settings
from rollout.cli.serve import scaled_runtime
from rollout.logs import configure
from rollout.web import create_app

configure()
app = create_app(scaled_runtime(), settings().settings)
