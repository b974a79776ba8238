"""What this web process was started with; pages ask here, nobody reads globals."""

from typing import cast

from flask import Flask, current_app

from rollout.settings import Settings
from workers.runtime import Runtime


def install(app: Flask, runtime: Runtime, settings: Settings) -> None:
    """Hang the runtime and the settings on the app."""
    app.extensions["rollout"] = runtime
    app.extensions["rollout_settings"] = settings


def runtime() -> Runtime:
    """Store, clock, library, mailer, links and provider of the app that serves this request."""
    return cast("Runtime", current_app.extensions["rollout"])


def settings() -> Settings:
    """The settings of the app that serves this request."""
    return cast("Settings", current_app.extensions["rollout_settings"])
