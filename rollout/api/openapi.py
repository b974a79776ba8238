"""The document that describes the API, itself one of its routes."""

from functools import cache
from typing import Any

from rollout.api import campaigns, register, reports, shapes
from rollout.api.document import document
from rollout.api.layer import Api
from rollout.auth import cookie_name

api = Api("openapi")
APIS = (register.api, campaigns.api, reports.api, api)


@api.get("/openapi.json", "This document", shapes.Document)
def openapi() -> dict[str, Any]:
    return _written(cookie_name())


@cache
def _written(cookie: str) -> dict[str, Any]:
    """Once a process: what the routes declare does not change while it runs."""
    return document([route for part in APIS for route in part.routes], cookie)
