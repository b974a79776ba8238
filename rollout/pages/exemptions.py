"""Exemptions: a person is left out for a while, with a reason and a name under it."""

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import observe
from campaigns.errors import Invalid
from campaigns.models import Campaign, Contact
from campaigns.observe.exempting import campaign_at, exemption_of
from campaigns.register.edit import find_contact
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed, typed_values
from rollout.pages.typed_values import KEY, asked_number
from rollout.show import day

pages = Blueprint("exemptions", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/exemptions"
Page = tuple[str, int]


@pages.get(f"{WHERE}/new")
@needs("plan")
def ask(customer_id: int) -> str:
    return _page(customer_id, asked_number("contact") or 0, asked_number("campaign") or 0, None)


@pages.post(WHERE)
@needs("plan")
def add(customer_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    contact_id = typed_values.number("contact", "The person")
    campaign_id = typed_values.number("campaign", "The campaign")
    try:
        reason = typed.line("reason", "The reason", 500, required=True)
        until = typed_values.day("until", "The last day")
        with desk.writing() as session:
            person, campaign = _both(session, customer_id, contact_id, campaign_id)
            observe.except_contact(
                session, person, campaign, reason=reason, until=until, who=desk.who, now=desk.now
            )
    except Invalid as problem:
        return _page(customer_id, contact_id, campaign_id, problem), 422
    tell(f"{person.name} is excepted until {day(until)}, and then back by themselves.")
    return redirect(f"/customers/{customer_id}", 303)


@pages.post(f"{WHERE}/<{KEY}:exemption_id>/end")
@needs("plan")
def end(customer_id: int, exemption_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        found = exemption_of(session, customer_id, exemption_id)
        observe.return_to_scope(session, found, who=desk.who, now=desk.now)
    tell("The exemption has ended. The person counts again.")
    return redirect(f"/customers/{customer_id}", 303)


def _both(
    session: Session, customer_id: int, contact_id: int, campaign_id: int
) -> tuple[Contact, Campaign]:
    person = find_contact(session, customer_id, contact_id)
    return person, campaign_at(session, customer_id, campaign_id)


def _page(customer_id: int, contact_id: int, campaign_id: int, problem: Invalid | None) -> str:
    with runtime().store.reading() as session:
        person, campaign = _both(session, customer_id, contact_id, campaign_id)
    return render_template(
        "customers/except.html",
        person=person,
        campaign=campaign,
        form=request.form,
        wrong={problem.field or "": problem.message} if problem else {},
        here=f"/customers/{customer_id}",
    )
