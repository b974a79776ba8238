"""Working time as a calendar of twelve months: of the provider, and of one customer."""

from datetime import time

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.boards.working_year import working_year
from campaigns.errors import Invalid
from campaigns.models import Freeze
from campaigns.register.edit import find_customer
from campaigns.register.freezes import freezes
from campaigns.register.weeks import set_week
from campaigns.rules.calendar import Hours, Week
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed_values
from rollout.pages.typed_values import KEY

pages = Blueprint("calendar", __name__)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Page = tuple[str, int]


@pages.get("/calendar")
@needs("read")
def ours() -> str:
    return _page(None, None)


@pages.post("/calendar")
@needs("plan")
def set_ours() -> Response | Page:
    return _set(None)


@pages.get(f"/customers/<{KEY}:customer_id>/calendar")
@needs("read")
def theirs(customer_id: int) -> str:
    return _page(customer_id, None)


@pages.post(f"/customers/<{KEY}:customer_id>/calendar")
@needs("plan")
def set_theirs(customer_id: int) -> Response | Page:
    return _set(customer_id)


def _set(customer_id: int | None) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        week = None if request.form.get("usual") else _week()
        with desk.writing() as session:
            set_week(session, customer_id, week, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _page(customer_id, problem), 422
    tell("The hours are kept. Dates that are agreed stand.")
    return redirect(_address(customer_id), 303)


def _week() -> Week:
    """Two times for each day; a day without any is closed. Raises Invalid."""
    return tuple(_hours(name) for name in DAYS)


def _hours(name: str) -> Hours | None:
    opens, closes = (_time(f"{name.lower()}_{end}", name) for end in ("opens", "closes"))
    if (opens is None) != (closes is None):
        raise Invalid(f"{name}: give both times, or none where it is closed.", "one_time", "week")
    return Hours(opens, closes) if opens and closes else None


def _time(field: str, name: str) -> time | None:
    if not request.form.get(field, "").strip():
        return None
    try:
        return typed_values.clock_time(field)
    except Invalid as problem:
        raise Invalid(f"{name}: {problem.message}", "not_a_time", "week") from None


def _page(customer_id: int | None, problem: Invalid | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        customer = find_customer(session, customer_id) if customer_id is not None else None
        year = working_year(session, customer, here.clock.now())
        # The provider sees every freeze, a customer its own and those for all.
        which = Freeze.customer_id.is_(None) | (Freeze.customer_id == customer_id)
        listed = freezes(session, which) if customer else freezes(session)
    return render_template(
        "calendar/show.html",
        customer=customer,
        year=year,
        freezes=listed,
        days=DAYS,
        typed_in=request.form if problem else {},
        wrong=problem.message if problem else "",
        here=_address(customer_id),
    )


def _address(customer_id: int | None) -> str:
    return "/calendar" if customer_id is None else f"/customers/{customer_id}/calendar"
