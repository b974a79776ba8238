"""The web face: one Flask app around the pages and the API."""

import hashlib
import hmac
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from jinja2 import StrictUndefined
from werkzeug.security import safe_join

from rollout import api, auth, current, errors, packed, pages, security, show
from rollout.current import runtime
from rollout.settings import Settings
from workers.runtime import Runtime

__all__ = ["create_app", "runtime"]

HERE = Path(__file__).parent
MEGABYTE = 1024 * 1024
# Pages that look again by themselves where an hour or more passes in a second.
WATCHED = 3_600.0
LIVELY = ("/", "/campaigns", "/customers", "/mailbox")


def create_app(runtime: Runtime, settings: Settings) -> Flask:
    """The app. It trusts no forwarding header; whoever puts a proxy in front says so outside."""
    app = Flask("rollout", root_path=str(HERE))
    secret = settings.secret()
    app.config.update(
        SECRET_KEY=hmac.new(secret, b"form session", "sha256").hexdigest(),
        SESSION_COOKIE_NAME="__Host-rollout-form" if settings.cookie_secure else "rollout-form",
        SESSION_COOKIE_SECURE=settings.cookie_secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=20 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=2000,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    current.install(app, runtime, settings)
    security.install(app, secret)
    auth.install(app)
    errors.install(app)
    show.install(app.jinja_env)
    app.context_processor(_shell)
    if (runtime.clock.speed or 0) >= WATCHED:
        app.after_request(_look_again)
    _pin_static(app)
    packed.install(app)
    for blueprint in (*pages.blueprints(), *api.blueprints()):
        app.register_blueprint(blueprint)
    security.exempt_letter_pages(app)
    return app


def _look_again(response: Response) -> Response:
    """A clock that lets days pass in seconds is there to be watched."""
    if request.path in LIVELY and response.status_code == 200:
        response.headers["Refresh"] = "2"
    return response


def _shell() -> dict[str, Any]:
    """What the frame around every page shows."""
    here, settings = current.runtime(), current.settings()
    driven = settings.clock != "real"
    return {
        "staff": g.get("staff"),
        "may": auth.may,
        "provider": here.provider,
        "driven_at": show.moment(here.clock.now().astimezone(UTC)) if driven else None,
        "dev_mailbox": settings.mail.startswith("mailbox:"),
    }


def _pin_static(app: Flask) -> None:
    """Static files carry their content's hash in the URL, so that browsers may keep them."""
    app.view_functions["static"] = auth.public(app.view_functions["static"])

    @lru_cache(maxsize=256)
    def fingerprint(filename: str) -> str | None:
        path = safe_join(str(HERE / "static"), filename)
        if path is None or not Path(path).is_file():
            return None
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]

    @app.url_defaults
    def _add(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = fingerprint(values["filename"])

    @app.before_request
    def _compare() -> None:
        if request.endpoint == "static" and request.view_args:
            given = request.args.get("v")
            g.static_is_pinned = bool(given) and given == fingerprint(request.view_args["filename"])
