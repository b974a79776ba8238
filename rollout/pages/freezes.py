"""Freezes: days on which nothing is done, and the agreed dates that lie in them."""

from datetime import date, time
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from campaigns import frozen
from campaigns.boards.campaign import campaign_list
from campaigns.errors import Conflict, Invalid
from campaigns.register.edit import find_customer
from campaigns.register.freezes import (
    FreezeLine,
    add_freeze,
    change_freeze,
    find_freeze,
    remove_freeze,
)
from campaigns.rules.freezes import REPEATS, Closure
from campaigns.struck import struck
from campaigns.terms import closure_of
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed, typed_values
from rollout.pages.typed_values import KEY
from rollout.show import plural

pages = Blueprint("freezes", __name__)
WHERE = f"/freezes/<{KEY}:freeze_id>"
LABELS = ("once", "every week", "every month", "at the end of every month", "every year")
Page = tuple[str, int]


@pages.get("/freezes/new")
@needs("plan")
def ask() -> str:
    return _form(None, None)


@pages.post("/freezes")
@needs("plan")
def add() -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        days = _days()
        whose = {f"{name}_id": _key(name) for name in ("customer", "campaign")}
        with desk.writing() as session:
            made = add_freeze(session, days, **whose, who=desk.who, now=desk.now)
            number = made.freeze.id
    except Invalid as problem:
        return _form(None, problem), 422
    tell("These days are not offered any more.", undo=f"/freezes/{number}/remove")
    return redirect(f"/freezes/{number}", 303)


@pages.get(WHERE)
@needs("read")
def show(freeze_id: int) -> str:
    here = runtime()
    with here.store.reading() as session:
        line = find_freeze(session, freeze_id)
        listed = struck(session, line.freeze, here.clock.now(), here.day_minutes)
    return render_template(
        "freezes/show.html",
        line=line,
        moving=[one for one in listed if one.kept is None],
        kept=[one for one in listed if one.kept is not None],
        here=f"/freezes/{freeze_id}",
        back=_home(line),
    )


@pages.get(f"{WHERE}/edit")
@needs("plan")
def edit(freeze_id: int) -> str:
    return _form(freeze_id, None)


@pages.post(WHERE)
@needs("plan")
def change(freeze_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        days = _days()
        with desk.writing() as session:
            change_freeze(session, freeze_id, days, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _form(freeze_id, problem), 422
    tell("The freeze is changed. Dates that are agreed stand.")
    return redirect(f"/freezes/{freeze_id}", 303)


@pages.post(f"{WHERE}/remove")
@needs("plan")
def remove(freeze_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        gone = remove_freeze(session, freeze_id, who=desk.who, now=desk.now)
    fields = {name: value for name, value in _values(gone).items() if value}
    tell("The freeze is removed, and its days can be offered again.", undo="/freezes", **fields)
    return redirect(_home(gone), 303)


@pages.post(f"{WHERE}/approve")
@needs("agree")
def approve(freeze_id: int) -> Response:
    desk = Desk(runtime(), actor())
    moves = [_move(value) for value in request.form.getlist("move")]
    if not moves:
        raise Invalid("No date is ticked. Tick those that are to be moved.", "none")
    try:
        with desk.writing() as session:
            frozen.approve(
                session,
                find_freeze(session, freeze_id),
                moves,
                who=desk.who,
                now=desk.now,
                day_minutes=desk.rt.day_minutes,
            )
        tell(f"{plural(len(moves), 'date')} moved. Their customers are told now.")
    except Conflict as refused:
        tell(f"Nothing has moved. {refused.message}")
    return redirect(f"/freezes/{freeze_id}", 303)


@pages.post(f"{WHERE}/keep")
@needs("agree")
def keep(freeze_id: int) -> Response:
    desk = Desk(runtime(), actor())
    rollout = typed_values.number("rollout", "The date")
    version = typed_values.number("version", "The date")
    why = typed.line("why", "The reason", 500, required=True)
    try:
        with desk.writing() as session:
            freeze = find_freeze(session, freeze_id).freeze
            frozen.keep(session, freeze, rollout, version, why, who=desk.who, now=desk.now)
        tell("The date stands in spite of the freeze.")
    except Conflict as refused:
        tell(refused.message)
    return redirect(f"/freezes/{freeze_id}", 303)


def _days() -> Closure:
    """What the form says. Raises Invalid."""
    starts = typed_values.day("starts", "The first day")
    ends = typed_values.day("ends", "The last day") if request.form.get("ends") else starts
    until = typed_values.day("until", "The end") if request.form.get("until") else None
    repeats = typed.one_of("repeats", "How often", REPEATS, "once")
    reason = typed.line("reason", "The reason", 500, required=True)
    workdays = typed_values.as_key(request.form.get("workdays", "").strip() or "0")
    if workdays is None:
        raise Invalid("Working days: give a whole number.", "no_number", "workdays")
    return Closure(starts, ends, reason, repeats, workdays, until)


def _key(name: str) -> int | None:
    """The number of a customer or campaign; None for all. Raises Invalid."""
    return typed_values.number(name, name.title()) if request.form.get(name) else None


def _move(value: str) -> frozen.Move:
    try:
        rollout, version, day, at = value.split("|")
        return frozen.Move(
            int(rollout), int(version), date.fromisoformat(day), time.fromisoformat(at)
        )
    except ValueError:
        raise Invalid("The form is not complete. Open the page again.", "bad_form") from None


def _form(freeze_id: int | None, problem: Invalid | None) -> str:
    with runtime().store.reading() as session:
        line = find_freeze(session, freeze_id) if freeze_id is not None else None
        number = typed_values.as_key(request.values.get("customer", ""))
        customer = find_customer(session, number) if number is not None else None
        campaigns = [] if line else campaign_list(session, living=True)
    stored: dict[str, Any] = _values(line) if line else {}
    form = request.form if problem else MultiDict(stored)
    return render_template(
        "freezes/form.html",
        line=line,
        customer=customer,
        campaigns=[("", "all campaigns"), *((one.id, one.name) for one in campaigns)],
        repeats=list(zip(REPEATS, LABELS, strict=True)),
        form=form,
        wrong={problem.field or "": problem.message} if problem else {},
        action=f"/freezes/{freeze_id}" if line else "/freezes",
        back=_home(line) if line else _home_of(customer.id if customer else None),
    )


def _values(line: FreezeLine) -> dict[str, Any]:
    """What the form would say of a freeze."""
    days = closure_of(line.freeze)
    return {
        "starts": days.starts.isoformat(),
        "ends": days.ends.isoformat(),
        "reason": days.reason,
        "repeats": days.repeats,
        "workdays": days.workdays or "",
        "until": days.until.isoformat() if days.until else "",
        "customer": line.freeze.customer_id or "",
        "campaign": line.freeze.campaign_id or "",
    }


def _home(line: FreezeLine) -> str:
    return _home_of(line.freeze.customer_id)


def _home_of(customer_id: int | None) -> str:
    return "/calendar" if customer_id is None else f"/customers/{customer_id}/calendar"
