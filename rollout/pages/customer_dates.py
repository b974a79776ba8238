"""The date of one customer, by phone: agreed, moved, withdrawn; and links that went astray."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import phone
from campaigns.agree import Chooser
from campaigns.errors import Conflict, Invalid, Refused
from campaigns.models import Agreement
from campaigns.relink import new_links
from campaigns.staff import role_name
from rollout.auth import actor, me, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import typed_values
from rollout.pages.typed_values import KEY
from rollout.show import promised

pages = Blueprint("customer_dates", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/rollouts/<{KEY}:rollout_id>"
FIELDS = ("date", "time")
Page = tuple[str, int]


@pages.get(f"{WHERE}/date")
@needs("agree")
def ask(customer_id: int, rollout_id: int) -> str:
    return _page(customer_id, rollout_id, None)


@pages.post(f"{WHERE}/date")
@needs("agree")
def agree(customer_id: int, rollout_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        seen = typed_values.number("version", "The date")
        day, at = typed_values.day("date", "The day"), typed_values.clock_time("time")
        with desk.writing() as session:
            case = phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
            made = phone.agree_by_phone(
                session, case, day=day, at=at, seen=seen, chooser=_chooser(), now=desk.now
            )
    except (Invalid, Conflict) as problem:
        return _page(customer_id, rollout_id, problem), status_of(problem)
    later = " The clocks go forward then, so it starts right after the gap." if made.shifted else ""
    tell(f"Agreed: {promised(day, at, made.zone)}. The confirmation goes out now.{later}")
    return redirect(f"/customers/{customer_id}", 303)


@pages.post(f"{WHERE}/withdraw")
@needs("agree")
def withdraw(customer_id: int, rollout_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        seen = typed_values.number("version", "The date")
        with desk.writing() as session:
            case = phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
            phone.withdraw_by_phone(session, case, seen=seen, chooser=_chooser(), now=desk.now)
    except (Invalid, Conflict) as problem:
        return _page(customer_id, rollout_id, problem), status_of(problem)
    tell("The date is withdrawn and its time is free again. Whoever was told it hears of it.")
    return redirect(f"/customers/{customer_id}", 303)


@pages.post(f"{WHERE}/links")
@needs("agree")
def renew(customer_id: int, rollout_id: int) -> Response:
    desk = Desk(runtime(), actor())
    guides = request.form.get("guides") == "1"
    with desk.writing() as session:
        phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
        revoked = new_links(
            session, rollout_id, desk.rt.links, guides=guides, who=desk.who, now=desk.now
        )
    if revoked:
        tell("The old links do not work any more. The next letters carry the new ones.")
    else:
        tell("No link had been sent yet. The first letters carry the new ones.")
    return redirect(f"/customers/{customer_id}", 303)


def _chooser() -> Chooser:
    person = me()
    return Chooser(person.name, role_name(person.role), staff=person.email)


def _page(customer_id: int, rollout_id: int, problem: Refused | None) -> str:
    here = runtime()
    now = here.clock.now()
    with here.store.reading() as session:
        case = phone.case_of(session, customer_id, rollout_id, now, here.day_minutes)
        offer = phone.offer(session, rollout_id, now, here.day_minutes)
    return render_template(
        "customers/date.html",
        case=case,
        offer=offer,
        agreed=_standing(case.current),
        day=request.form.get("date", ""),
        time=request.form.get("time", "") or f"{offer.times[0]:%H:%M}",
        times=", ".join(f"{at:%H:%M}" for at in offer.times),
        wrong=_wrong(problem),
        here=f"/customers/{customer_id}/rollouts/{rollout_id}",
    )


def _standing(current: Agreement | None) -> str:
    if current is None or current.day is None or current.local_time is None:
        return ""
    return promised(current.day, current.local_time, current.zone)


def _wrong(problem: Refused | None) -> dict[str, str]:
    """The sentence by the field it belongs to; a date that cannot be had belongs to the day."""
    if problem is None:
        return {}
    field = problem.field or ("date" if isinstance(problem, Conflict) else "")
    return {field if field in FIELDS else "": problem.message}
