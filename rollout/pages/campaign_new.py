"""A new campaign: which change, which playbook, which customers. It begins as a draft."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import launch, picking, playbooks
from campaigns.boards.opening import opening
from campaigns.errors import Invalid, NotFound, Refused
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import step_rows, typed
from rollout.parse.selection import selection

pages = Blueprint("campaign_new", __name__)
Page = tuple[str, int]
Chooser = Callable[[Session], list[launch.Choice]]

# A form holds 2,000 fields; a tick and a reason for each customer have to fit.
PICKABLE = 900
FIELDS = {"name_taken": "name", "no_change": "change", "playbook_unknown": "playbook"}


@pages.get("/campaigns/new")
@needs("plan")
def blank() -> str:
    return _form({"change": typed.asked("change")}, None)


@pages.post("/campaigns/new")
@needs("plan")
def open_draft() -> Response | Page:
    try:
        number = Desk(runtime(), actor()).open_campaign(
            change=typed.line("change", "The change", 100, required=True),
            playbook=typed.line("playbook", "The playbook", 100, required=True),
            name=typed.line("name", "The name", 200, required=True),
            choose=_chooser(),
        )
    except Refused as problem:
        return _form(request.form, problem), _status(problem)
    tell("A draft. Nothing leaves before it is approved and started.")
    return redirect(f"/campaigns/{number}", 303)


def _chooser() -> Chooser:
    who = typed.one_of("customers", "Customers", ("all", "tag", "pick", "list"))
    if who == "tag":
        return _by_tag()
    if who == "pick":
        return _by_pick()
    if who == "list":
        return _by_list()
    return launch.choose_all


def _by_tag() -> Chooser:
    tag, _, value = typed.line("tag", "The tag", 500, required=True).partition("=")
    return lambda session: launch.choose_by_tag(session, tag, value)


def _by_pick() -> Chooser:
    picked = {int(word) for word in request.form.getlist("pick") if _is_number(word)}
    if not picked:
        raise Invalid("No customer is ticked. Tick at least one.", "nobody", "customers")
    otherwise = typed.line("otherwise", "The reason", 400)
    reasons = {
        int(name.removeprefix("why-")): typed.line(name, "The reason", 400)
        for name in request.form
        if name.startswith("why-") and _is_number(name.removeprefix("why-"))
    }
    return lambda session: picking.choose_by_pick(session, picked, reasons, otherwise)


def _by_list() -> Chooser:
    sent = typed.file("list", "a list of customers")
    try:
        rows = selection(typed.stream(sent), str(sent.filename))
    except Invalid as problem:
        raise Invalid(problem.message, problem.code, "list") from None

    def choose(session: Session) -> list[launch.Choice]:
        try:
            return launch.choose_by_name(session, rows)
        except Invalid as problem:
            raise Invalid(problem.message, problem.code, "list") from None

    return choose


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) < 19


def _status(problem: Refused) -> int:
    return 422 if isinstance(problem, NotFound) else status_of(problem)


def _form(form: Any, problem: Refused | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        offered = opening(session, here.clock.now())
    books = [playbooks.shipped(name) for name in playbooks.names()]
    field = (problem.field or FIELDS.get(problem.code, "")) if problem else ""
    return render_template(
        "campaigns/new.html",
        form=form,
        offered=offered,
        books=books,
        steps={book.name: step_rows.of_playbook(book) for book in books},
        usual=playbooks.DEFAULT,
        wrong={field: problem.message} if problem else {},
        picked=form.getlist("pick") if hasattr(form, "getlist") else [],
        pickable=len(offered.candidates) <= PICKABLE,
    )
