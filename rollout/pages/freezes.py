"""Freezes of one customer: days on which nothing is done there."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.errors import Invalid
from campaigns.register.edit import find_customer
from campaigns.register.freezes import add_freeze, remove_freeze
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed, typed_values
from rollout.pages.typed_values import KEY
from rollout.show import day

pages = Blueprint("freezes", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/freezes"
Page = tuple[str, int]


@pages.get(f"{WHERE}/new")
@needs("plan")
def ask(customer_id: int) -> str:
    return _page(customer_id, None)


@pages.post(WHERE)
@needs("plan")
def add(customer_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        starts = typed_values.day("starts", "The first day")
        ends = typed_values.day("ends", "The last day") if request.form.get("ends") else starts
        reason = typed.line("reason", "The reason", 500, required=True)
        with desk.writing() as session:
            made = add_freeze(
                session,
                customer_id,
                starts=starts,
                ends=ends,
                reason=reason,
                who=desk.who,
                now=desk.now,
            )
    except Invalid as problem:
        return _page(customer_id, problem), 422
    text = "These days are not offered any more."
    if made.agreed:
        text += (
            f" Agreed already and still standing: {', '.join(map(day, made.agreed))}. Call them."
        )
    tell(text, undo=f"/customers/{customer_id}/freezes/{made.freeze.id}/remove")
    return redirect(f"/customers/{customer_id}#freezes", 303)


@pages.post(f"{WHERE}/<{KEY}:freeze_id>/remove")
@needs("plan")
def remove(customer_id: int, freeze_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        gone = remove_freeze(session, customer_id, freeze_id, who=desk.who, now=desk.now)
    tell(
        "The freeze is removed, and its days can be offered again.",
        undo=f"/customers/{customer_id}/freezes",
        starts=gone.starts.isoformat(),
        ends=gone.ends.isoformat(),
        reason=gone.reason,
    )
    return redirect(f"/customers/{customer_id}#freezes", 303)


def _page(customer_id: int, problem: Invalid | None) -> str:
    with runtime().store.reading() as session:
        customer = find_customer(session, customer_id)
    return render_template(
        "customers/freeze.html",
        customer=customer,
        form=request.form,
        wrong={problem.field or "": problem.message} if problem else {},
        here=f"/customers/{customer_id}",
    )
