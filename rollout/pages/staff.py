"""The staff list: who may come in, as what, and the one-time link that lets them."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import staff as station
from campaigns.boards.staff import staff_list, staff_numbered
from campaigns.errors import Refused
from campaigns.models.people import STAFF_ROLES
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import typed

pages = Blueprint("staff", __name__)
Page = tuple[str, int]


@pages.get("/staff")
@needs("administer")
def table() -> str:
    return _page({}, None)


@pages.post("/staff")
@needs("administer")
def add() -> str | Page:
    here = runtime()
    form = request.form
    try:
        phone = typed.line("phone", "The phone number", 40)
        with here.store.writing() as session:
            person, token = station.add(
                session,
                actor(),
                form.get("email", ""),
                form.get("name", ""),
                form.get("role", ""),
                here.clock.machine(),
            )
            person.phone = phone or None
    except Refused as problem:
        return _page(form, problem), status_of(problem)
    return _link(person.email, token)


@pages.post("/staff/<int:number>/link")
@needs("administer")
def renew(number: int) -> str:
    here = runtime()
    with here.store.writing() as session:
        person = staff_numbered(session, number)
        token = station.renew_link(session, actor(), person.email, here.clock.machine())
    return _link(person.email, token)


@pages.get("/staff/<int:number>/end")
@needs("administer")
def ask(number: int) -> str:
    with runtime().store.reading() as session:
        person = staff_numbered(session, number)
    return render_template("staff/end.html", person=person)


@pages.post("/staff/<int:number>/end")
@needs("administer")
def end(number: int) -> Response:
    here = runtime()
    with here.store.writing() as session:
        person = staff_numbered(session, number)
        station.end(session, actor(), person.email, here.clock.machine())
    tell(f"{person.email} can no longer sign in.")
    return redirect("/staff", 303)


def _link(email: str, token: str) -> str:
    # Shown in this answer and nowhere else: a notice would put it into the browser's cookie.
    link = f"{runtime().links.base_url}/sign-in/{token}"
    return render_template("staff/link.html", email=email, link=link)


def _page(form: Any, problem: Refused | None) -> str:
    with runtime().store.reading() as session:
        people = staff_list(session)
    return render_template(
        "staff/table.html",
        people=people,
        roles=[(role, station.role_name(role)) for role in STAFF_ROLES],
        form=form,
        wrong={problem.field or "": problem.message} if problem else {},
    )
