"""Who decides at a customer, as staff settle it: colleagues named, people who said "not me"."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from campaigns import deciding, phone
from campaigns.errors import Refused
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages.typed_values import KEY

pages = Blueprint("deciding", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/rollouts/<{KEY}:rollout_id>"
ROLES = {"decision_maker": "decides about the date", "site_contact": "is a site contact"}


@pages.post(f"{WHERE}/colleagues/<{KEY}:request_id>")
@needs("agree")
def colleague(customer_id: int, rollout_id: int, request_id: int) -> Response:
    desk = Desk(runtime(), actor())
    role = request.form.get("role") if request.form.get("role") in ROLES else None
    try:
        with desk.writing() as session:
            case = phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
            asked = deciding.decide_colleague(
                session, case, request_id, role=role, who=desk.who, now=desk.now
            )
            name = asked.name
    except Refused as problem:
        tell(problem.message)
    else:
        tell(f"{name} {ROLES[role]} now." if role else f"{name} is not added.")
    return redirect(f"/customers/{customer_id}", 303)


@pages.post(f"{WHERE}/deciding/<{KEY}:standing_id>")
@needs("agree")
def again(customer_id: int, rollout_id: int, standing_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        case = phone.case_of(session, customer_id, rollout_id, desk.now, desk.rt.day_minutes)
        deciding.decides_again(session, case, standing_id, who=desk.who, now=desk.now)
    tell("Letters about the date go there again.")
    return redirect(f"/customers/{customer_id}", 303)
