"""The thin layer between views and OpenAPI: a route declares what it asks and what it answers.

`Api` keeps a `Route` for every view, from which `rollout/api/document.py` writes the
document; what comes in is checked against the pydantic model it names. Answers are the
read models' own `as_json()`, passed through as they are: a test holds them against the
declared shapes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ValidationError

from campaigns.errors import Invalid
from rollout.auth import needs

PREFIX = "/api/v1"
# What pydantic finds, in words; the rest is said in its own.
SAID = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is empty",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
Asks = TypeVar("Asks", bound=BaseModel)
View = TypeVar("View", bound=Callable[..., dict[str, Any] | list[dict[str, Any]]])


@dataclass(frozen=True, slots=True)
class Route:
    """One operation. `path` is Flask's rule below the prefix; `asks` its query or its body."""

    method: str
    path: str
    name: str
    summary: str
    answers: type[BaseModel]
    asks: type[BaseModel] | None
    action: str


class Api:
    """A blueprint, and what its routes promise."""

    def __init__(self, name: str) -> None:
        self.blueprint = Blueprint(f"api_{name}", __name__, url_prefix=PREFIX)
        self.routes: list[Route] = []

    def get(
        self,
        path: str,
        summary: str,
        answers: type[BaseModel],
        asks: type[BaseModel] | None = None,
        action: str = "read",
    ) -> Callable[[View], View]:
        """A route that changes nothing; `asks` is its query string."""
        return self._route("GET", path, summary, answers, asks, action)

    def post(
        self,
        path: str,
        summary: str,
        answers: type[BaseModel],
        asks: type[BaseModel] | None = None,
        action: str = "plan",
    ) -> Callable[[View], View]:
        """A route that does something; `asks` is its JSON body, X-CSRFToken its key."""
        return self._route("POST", path, summary, answers, asks, action)

    def _route(
        self,
        method: str,
        path: str,
        summary: str,
        answers: type[BaseModel],
        asks: type[BaseModel] | None,
        action: str,
    ) -> Callable[[View], View]:
        def enter(view: View) -> View:
            route = Route(method, path, view.__name__, summary, answers, asks, action)
            self.routes.append(route)

            @needs(action)
            def answer(**named: Any) -> Response:
                return as_response(view(**named))

            self.blueprint.add_url_rule(path, view.__name__, answer, methods=[method])
            return view

        return enter


def asked(model: type[Asks]) -> Asks:
    """The query string as a model. Raises Invalid that names the parameter."""
    return _checked(model, request.args.to_dict(), "parameter")


def body(model: type[Asks]) -> Asks:
    """The JSON body as a model; no body is an empty one. Raises Invalid that names the field."""
    given = request.get_json(silent=True) if request.get_data(cache=True) else {}
    if not isinstance(given, dict):
        raise Invalid("The body is not a JSON object.", "bad_body", "body")
    return _checked(model, given, "field")


def as_response(facts: Any) -> Response:
    """Facts as JSON; a list stays a list."""
    return jsonify(facts)


def _checked(model: type[Asks], given: dict[str, Any], kind: str) -> Asks:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])[:100] or kind
        other = ": " + first["msg"].removeprefix("Value error, ")
        said = SAID.get(first["type"], "").format(**first.get("ctx", {}))
        problem = f" {said}" if said else other
        raise Invalid(f'The {kind} "{name}"{problem}.', f"bad_{kind}", name) from None
