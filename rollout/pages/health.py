"""For whoever watches the process: is it alive, can it work."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from rollout.auth import public
from rollout.current import runtime

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@public
def alive() -> Response:
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    try:
        with runtime().store.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(ready=False, database="unreachable"), 503
    return jsonify(ready=True, database="ok"), 200
