"""OpenAPI 3.1, written from what the routes declare."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from rollout.api.layer import PREFIX, Route
from rollout.api.shapes import Problem

SCHEMAS = "#/components/schemas/{model}"
RULE = re.compile(r"<int:(\w+)>")
REFUSALS = {
    "401": "Not signed in",
    "403": "Not for this role",
    "404": "Nothing is here",
    "409": "Not in the present state",
    "422": "A parameter or field cannot be used",
}


def document(routes: Sequence[Route], cookie: str) -> dict[str, Any]:
    """The whole document; `cookie` is the name of the session cookie."""
    models: list[type[BaseModel]] = [Problem, *(route.answers for route in routes)]
    models += [route.asks for route in routes if route.asks is not None]
    named, definitions = models_json_schema(
        [(model, "serialization") for model in dict.fromkeys(models)], ref_template=SCHEMAS
    )
    references = {model: schema for (model, _), schema in named.items()}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = RULE.sub(r"{\1}", f"{PREFIX}{route.path}")
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rollout",
            "version": "1",
            "description": "The same facts as on the pages. Sign in as staff first.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": cookie}},
        },
        "security": [{"session": []}],
    }


def _operation(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f'For roles that may "{route.action}".',
        "parameters": _parameters(route),
        "responses": _responses(route, references),
    }
    if route.method == "POST" and route.asks is not None:
        schema = references[route.asks]
        operation["requestBody"] = {
            "required": False,
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    whole = {"type": "integer", "minimum": 1}
    found: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": whole}
        for name in RULE.findall(route.path)
    ]
    if route.method == "POST":
        text = {"type": "string"}
        found.append({"name": "X-CSRFToken", "in": "header", "required": True, "schema": text})
    elif route.asks is not None:
        schema = route.asks.model_json_schema()
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", [])
            found.append({"name": name, "in": "query", "required": required, "schema": field})
    return found


def _responses(route: Route, references: dict[Any, Any]) -> dict[str, Any]:
    answer = {"application/json": {"schema": references[route.answers]}}
    problem = {"application/problem+json": {"schema": references[Problem]}}
    refusals = {
        status: {"description": text, "content": problem} for status, text in REFUSALS.items()
    }
    if route.method == "POST":
        refusals["400"] = {"description": "The X-CSRFToken is missing or old", "content": problem}
    return {"200": {"description": route.summary, "content": answer}, **refusals}
