"""Signing in and out, and the one-time link that sets a password."""

import structlog
from flask import Blueprint, redirect, render_template, request
from flask import session as browser
from werkzeug.wrappers import Response

from campaigns import staff
from campaigns.errors import Invalid, NotFound, Refused
from rollout.auth import cookie_name, forget, inside, public, remember
from rollout.current import runtime
from rollout.errors import status_of
from rollout.notice import tell

pages = Blueprint("sign_in", __name__)
log = structlog.get_logger()

NO_MATCH = "The address and the password do not belong together. Check both, then try again."
Page = tuple[str, int, dict[str, str]]


@pages.get("/sign-in")
@public
def form() -> str:
    return render_template("sign_in/form.html", email="", error=None, next=_next())


@pages.post("/sign-in")
@public
def enter() -> Response | Page:
    here = runtime()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        with here.store.writing() as session:
            now = here.clock.machine()
            token = staff.sign_in(session, email, password, request.remote_addr, now)
            if token:
                staff.sign_out(session, request.cookies.get(cookie_name(), ""), now)
    except Refused as refusal:
        log.warning("sign_in_slowed", network=request.remote_addr)
        return _again(email, refusal.message, status_of(refusal))
    if token is None:
        log.warning("sign_in_failed", network=request.remote_addr)
        return _again(email, NO_MATCH, 422)
    return _enter(token, _next())


@pages.get("/sign-in/<token>")
@public
def invitation(token: str) -> str | Page:
    here = runtime()
    try:
        with here.store.reading() as session:
            owner = staff.link_owner(session, token, here.clock.machine())
    except NotFound as gone:
        return _gone(gone)
    return render_template("sign_in/password.html", owner=owner, error=None)


@pages.post("/sign-in/<token>")
@public
def set_password(token: str) -> Response | Page:
    here = runtime()
    now = here.clock.machine()
    try:
        password = _typed_twice()
        with here.store.writing() as session:
            person = staff.use_link(session, token, password, now)
            fresh = staff.open_session(session, person, now)
    except NotFound as gone:
        return _gone(gone)
    except Invalid as problem:
        return _password_again(token, problem)
    response = _enter(fresh, "/")
    tell("Your password is set, and you are signed in.")
    return response


@pages.post("/sign-out")
@public
def leave() -> Response:
    here = runtime()
    token = request.cookies.get(cookie_name())
    if token:
        with here.store.writing() as session:
            staff.sign_out(session, token, here.clock.machine())
    browser.clear()
    tell("You are signed out.")
    response = redirect("/sign-in", 303)
    forget(response)
    return response


def _enter(token: str, where: str) -> Response:
    # Nothing that the browser carried before is carried on: a planted form session is void.
    browser.clear()
    response = redirect(where, 303)
    remember(response, token)
    return response


def _next() -> str:
    return inside(request.values.get("next"))


def _again(email: str, error: str, status: int) -> Page:
    html = render_template("sign_in/form.html", email=email, error=error, next=_next())
    return html, status, {"Retry-After": "900"} if status == 429 else {}


def _typed_twice() -> str:
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        raise Invalid("The two passwords are not the same. Type both again.", "password", "again")
    return password


def _password_again(token: str, problem: Invalid) -> Page:
    here = runtime()
    try:
        with here.store.reading() as session:
            owner = staff.link_owner(session, token, here.clock.machine())
    except NotFound as gone:
        return _gone(gone)
    return render_template("sign_in/password.html", owner=owner, error=problem), 422, {}


def _gone(gone: NotFound) -> Page:
    return render_template("sign_in/gone.html", text=gone.message), 404, {}
