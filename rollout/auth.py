"""Who may see which endpoint. Deny by default: an endpoint that declares nothing is closed.

`@public` opens an endpoint to everybody, `@needs("plan")` to the signed-in staff whose role
may plan. Both only mark the view; the check stands in one place, before every request.
Sessions are measured by the machine's clock: a driven one may let a day pass in a second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from campaigns import staff as station
from campaigns.errors import Forbidden
from campaigns.journal import Actor
from campaigns.models import Staff
from rollout.current import runtime, settings

View = TypeVar("View", bound=Callable[..., Any])
MARK = "rollout_access"
FRONT = "/"


@dataclass(frozen=True, slots=True)
class Access:
    """What a view asks for: an action of campaigns.staff, or None for everybody."""

    action: str | None


def public(view: View) -> View:
    """Open to everybody, signed in or not."""
    setattr(view, MARK, Access(None))
    return view


def needs(action: str) -> Callable[[View], View]:
    """Open to signed-in staff whose role may do the action. Raises KeyError for a misspelt one."""
    station.ACTIONS[action]

    def mark(view: View) -> View:
        setattr(view, MARK, Access(action))
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What an endpoint declares, or None where it declares nothing."""
    return getattr(app.view_functions[endpoint], MARK, None)


def me() -> Staff:
    """The signed-in staff member; only for views that need an action."""
    return cast("Staff", g.staff)


def actor() -> Actor:
    """The signed-in staff member, as the journal names them."""
    return Actor(me().email, me().role)


def may(action: str) -> bool:
    """Whether whoever is signed in may do an action; templates ask this to hide buttons."""
    person = g.get("staff")
    return person is not None and station.can(person.role, action)


def install(app: Flask) -> None:
    """Put the check before every request."""
    app.before_request(check)


def check() -> AnyResponse | None:
    """Let the request through, send it to the sign-in page, or raise Forbidden."""
    g.staff = None
    if request.endpoint is None:
        g.staff = _recognise()  # so that a page that is not found still has its menu
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        raise Forbidden("This page has not been opened for anybody yet.", "undeclared")
    if access.action is None:
        return None
    g.staff = _recognise()
    if g.staff is None:
        return _sign_in_first()
    if not station.can(g.staff.role, access.action):
        raise Forbidden(
            f"Your role, {station.role_name(g.staff.role)}, may not do this. "
            "Ask an administrator if it should.",
            "role",
        )
    return None


def cookie_name() -> str:
    """The session cookie's name; behind https the browser itself pins it to this host."""
    return "__Host-rollout-staff" if settings().cookie_secure else "rollout-staff"


def remember(response: AnyResponse, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(station.ABSOLUTE.total_seconds()),
        path="/",
        secure=settings().cookie_secure,
        httponly=True,
        samesite="Lax",
    )


def forget(response: AnyResponse) -> None:
    """Take the session cookie away."""
    secure = settings().cookie_secure
    response.delete_cookie(cookie_name(), path="/", secure=secure, httponly=True, samesite="Lax")


def inside(target: str | None) -> str:
    """A path on this site to go on to, or the front page for anything else.

    Browsers read `\\` as `/` and drop tabs and line ends, so a path with one of those,
    or with two slashes in front, may lead to another site.
    """
    path = target or ""
    if not path.startswith("/") or path[1:2] == "/" or len(path) > 500:
        return FRONT
    if "\\" in path or not path.isprintable() or not path.isascii() or " " in path:
        return FRONT
    try:
        parts = urlsplit(path)
    except ValueError:
        return FRONT
    return FRONT if parts.scheme or parts.netloc else path


def _recognise() -> Staff | None:
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    here = runtime()
    now = here.clock.machine()
    with here.store.reading() as session:
        found = station.current(session, token, now)
    if found is not None and found.stale:
        with here.store.writing() as session:
            station.touch(session, token, now)
    return found.staff if found else None


def _sign_in_first() -> AnyResponse:
    if request.path.startswith("/api/"):
        problem = jsonify(
            type="about:blank",
            title="Unauthorized",
            status=401,
            code="sign_in",
            detail="Sign in first: the API takes the cookie of a staff member's session.",
        )
        problem.status_code, problem.mimetype = 401, "application/problem+json"
        problem.headers["WWW-Authenticate"] = 'Session realm="Rollout"'
        return problem
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": "/sign-in"})
    where = _asked_for() if request.method == "GET" else FRONT
    return redirect("/sign-in" if where == FRONT else f"/sign-in?next={quote(where)}", 303)


def _asked_for() -> str:
    query = request.query_string.decode("ascii", "ignore")
    return quote(request.path) + (f"?{query}" if query else "")
