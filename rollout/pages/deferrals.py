"""One more move to a later day, granted by staff with a reason."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import phone
from campaigns.deferring import grant, grants_of
from campaigns.errors import Invalid, Refused
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import typed_values
from rollout.pages.typed_values import KEY

pages = Blueprint("deferrals", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/rollouts/<{KEY}:rollout_id>/deferrals"


@pages.get(WHERE)
@needs("grant")
def ask(customer_id: int, rollout_id: int) -> str:
    return _page(customer_id, rollout_id, None)


@pages.post(WHERE)
@needs("grant")
def allow(customer_id: int, rollout_id: int) -> Response | tuple[str, int]:
    desk = Desk(runtime(), actor())
    try:
        seen = typed_values.number("seen", "The number of moves granted")
        with desk.writing() as session:
            case = phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
            why = request.form.get("why", "")
            fresh = grant(session, rollout_id, seen=seen, why=why, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _page(customer_id, rollout_id, problem), status_of(problem)
    if fresh:
        tell(f"{case.customer.name} can move its date to a later day once more.")
    else:
        tell("One more move was granted a moment ago, so this form changed nothing.")
    return redirect(f"/customers/{customer_id}", 303)


def _page(customer_id: int, rollout_id: int, problem: Refused | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        case = phone.case_of(session, customer_id, rollout_id, here.clock.now(), here.day_minutes)
        grants = grants_of(session, rollout_id)
    return render_template(
        "customers/deferrals.html",
        case=case,
        grants=grants,
        why=request.form.get("why", ""),
        wrong=problem.message if problem else "",
        here=f"/customers/{customer_id}/rollouts/{rollout_id}/deferrals",
    )
