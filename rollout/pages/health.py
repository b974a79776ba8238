"""For whoever watches the process: is it alive, can it work, what are its figures."""

import hmac

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from rollout.auth import public
from rollout.current import runtime, settings
from rollout.pulse import look, metrics, metrics_token

pages = Blueprint("health", __name__)
# What anybody may know; how many letters wait for whom is the business of those with a token.
OPEN = ("sending", "oldest_due_seconds", "last_sweep_seconds", "last_beat_seconds")
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@pages.get("/healthz")
@public
def alive() -> Response:
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """200 where the database answers and the outbox moves, or is held on purpose; else 503."""
    try:
        found = look(runtime())
    except (SQLAlchemyError, OSError):
        return jsonify(ready=False, database="unreachable"), 503
    facts = found.as_json()
    outbox = {name: facts[name] for name in (*OPEN, "standing_still")}
    ok = not found.standing_still
    return jsonify(ready=ok, database="ok", outbox=outbox), 200 if ok else 503


@pages.get("/metrics")
@public
def figures() -> Response:
    """For Prometheus, with the token that `rollout metrics --token` prints as its bearer token.

    Behind a proxy everybody seems to come from this machine, so the address grants nothing.
    """
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    asked = metrics_token(settings())
    if kind.casefold() != "bearer" or not hmac.compare_digest(given.encode(), asked.encode()):
        refused = Response("A bearer token is needed: rollout metrics --token\n", status=401)
        refused.mimetype = "text/plain"
        refused.headers["WWW-Authenticate"] = 'Bearer realm="Rollout metrics"'
        return refused
    try:
        return Response(metrics(runtime()), content_type=PROMETHEUS)
    except (SQLAlchemyError, OSError):
        return Response("The database is away.\n", status=503, mimetype="text/plain")
