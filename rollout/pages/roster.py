"""The roster: technicians' weeks, days off and skills, limits, and the load of the days ahead."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import roster as station
from campaigns.boards.roster import roster_view
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.models.roster import LIMITS
from campaigns.taking_over import take_over
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import change_forms, typed, typed_values
from rollout.pages.typed_values import KEY
from rollout.show import day

pages = Blueprint("roster", __name__)
WHERE = f"/roster/<{KEY}:staff_id>"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Page = tuple[str, int]


@pages.get("/roster")
@needs("read")
def table() -> str:
    return _table(None)


@pages.post("/roster/limits")
@needs("administer")
def limits() -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        wanted = {name: _count(name, station.SAID[name]) for name in LIMITS}
        with desk.writing() as session:
            station.set_limits(session, wanted, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _table(problem), 422
    tell("The limits are kept. Dates that are agreed stand.")
    return redirect("/roster#limits", 303)


@pages.post(f"/roster/bookings/<{KEY}:rollout_id>/technician")
@needs("plan")
def hand_on(rollout_id: int) -> Response:
    desk = Desk(runtime(), actor())
    to = typed.line("to", "The technician", 254, required=True)
    minutes = desk.rt.day_minutes
    try:
        with desk.writing() as session:
            case = take_over(
                session, rollout_id, to, who=desk.who, now=desk.now, day_minutes=minutes
            )
        tell(f"{to} looks after {case.customer.name} on that day. The date stands.")
    except Conflict as problem:
        tell(problem.message)
    return redirect("/roster", 303)


@pages.get(WHERE)
@needs("plan")
def technician(staff_id: int) -> str:
    return _technician(staff_id, None)


@pages.post(f"{WHERE}/hours")
@needs("plan")
def hours(staff_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        week = [_count(name.lower(), name) or 0 for name in DAYS]
        with desk.writing() as session:
            person = station.technician_numbered(session, staff_id)
            minutes = desk.rt.day_minutes
            station.set_week(session, person, week, who=desk.who, now=desk.now, day_minutes=minutes)
    except Invalid as problem:
        return _technician(staff_id, problem), 422
    return _kept(staff_id, "The week is kept.")


@pages.post(f"{WHERE}/skills")
@needs("plan")
def skills(staff_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        with desk.writing() as session:
            person = station.technician_numbered(session, staff_id)
            chosen = request.form.getlist("skill")
            station.set_skills(session, person, chosen, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _technician(staff_id, problem), 422
    return _kept(staff_id, "The skills are kept.")


@pages.post(f"{WHERE}/off")
@needs("plan")
def add_off(staff_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        starts = typed_values.day("starts", "The first day")
        ends = typed_values.day("ends", "The last day") if request.form.get("ends") else starts
        reason = typed.line("reason", "The reason", 500, required=True)
        with desk.writing() as session:
            person = station.technician_numbered(session, staff_id)
            made = station.add_day_off(
                session,
                person,
                starts,
                ends,
                reason,
                who=desk.who,
                now=desk.now,
                day_minutes=desk.rt.day_minutes,
            )
    except Invalid as problem:
        return _technician(staff_id, problem), 422
    return _kept(
        staff_id, f"Off: {station.said_of(made)}.", f"/roster/{staff_id}/off/{made.id}/remove"
    )


@pages.post(f"{WHERE}/off/<{KEY}:off_id>/remove")
@needs("plan")
def remove_off(staff_id: int, off_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        person = station.technician_numbered(session, staff_id)
        minutes = desk.rt.day_minutes
        gone = station.remove_day_off(
            session, person, off_id, who=desk.who, now=desk.now, day_minutes=minutes
        )
    tell(
        f"Worked after all: {station.said_of(gone)}.",
        undo=f"/roster/{staff_id}/off",
        starts=gone.starts.isoformat(),
        ends=gone.ends.isoformat(),
        reason=gone.reason,
    )
    return redirect(f"/roster/{staff_id}#off", 303)


def _count(name: str, label: str) -> int | None:
    """A whole number, or None where the field is empty. Raises Invalid."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    found = typed_values.as_key(text)
    if found is None or found > 1_000_000:
        raise Invalid(f"{label}: give a whole number.", "no_number", name)
    return found


def _kept(staff_id: int, text: str, undo: str | None = None) -> Response:
    with runtime().store.reading() as session:
        view = roster_view(session, runtime().clock.now(), runtime().day_minutes)
    if view.too_much:
        days = ", ".join(day(one.day) for one in view.too_much[:5])
        text += f" More is promised than there is on {days}: the roster shows what helps."
    tell(text, undo=undo)
    return redirect(f"/roster/{staff_id}", 303)


def _table(problem: Invalid | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        view = roster_view(session, here.clock.now(), here.day_minutes)
    shown = {
        "campaign_day": view.limits.campaign_day,
        "day": view.limits.day,
        "day_minutes": view.limits.day_minutes,
        "distance_days": view.limits.distance,
    }
    typed_in = {name: request.form.get(name, "") for name in LIMITS} if problem else shown
    return render_template(
        "roster/table.html",
        view=view,
        days=DAYS,
        limits=typed_in,
        labels=change_forms.CATEGORIES,
        names={line.email: line.name for line in view.technicians},
        wrong={problem.field or "": problem.message} if problem else {},
    )


def _technician(staff_id: int, problem: Invalid | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        view = roster_view(session, here.clock.now(), here.day_minutes)
    found = next((line for line in view.technicians if line.staff_id == staff_id), None)
    if found is None:
        raise NotFound("There is no such technician.", "no_technician")
    return render_template(
        "roster/technician.html",
        line=found,
        days=DAYS,
        labels=change_forms.CATEGORIES,
        form=request.form,
        wrong={problem.field or "": problem.message} if problem else {},
        here=f"/roster/{staff_id}",
    )
