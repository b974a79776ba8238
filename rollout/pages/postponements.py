"""Dates that a vendor gave single customers: written down with their source, and ended."""

from datetime import date

from flask import Blueprint, redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import postponing
from campaigns.boards.changes import change_called
from campaigns.errors import Invalid, NotFound
from campaigns.models import Customer
from campaigns.rules.days import long_day
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk, find_customer
from rollout.notice import tell
from rollout.pages import typed
from rollout.pages.typed_values import KEY

pages = Blueprint("postponements", __name__)
WHERE = "/changes/<source_id>/postponements"


@pages.post(WHERE)
@needs("plan")
def grant(source_id: str) -> Response:
    desk = Desk(runtime(), actor())
    customer = typed.line("customer", "The customer", 200, required=True)
    evidence = typed.line("evidence", "Where it is written", 1_000, required=True)
    day, expires = _day("day", "The vendor's date"), _day("expires", "The last day of the grant")
    if day is None:
        raise Invalid("Give the vendor's date for this customer.", "no_date", "day")
    with desk.writing() as session:
        postponing.postpone(
            session,
            change_called(session, source_id),
            find_customer(session, customer),
            day=day,
            evidence=evidence,
            expires_on=expires,
            who=desk.who,
            now=desk.now,
        )
    tell(f"For {customer} the vendor's date is {long_day(day)} from now on.")
    return redirect(f"/changes/{source_id}#own", 303)


@pages.post(f"{WHERE}/<{KEY}:customer_id>/end")
@needs("plan")
def end(source_id: str, customer_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        firm = _customer(session, customer_id)
        change = change_called(session, source_id)
        postponing.end_postponement(session, change, firm, who=desk.who, now=desk.now)
        name = firm.name
    tell(f"Everybody's date holds for {name} again.")
    return redirect(f"/changes/{source_id}#own", 303)


def _customer(session: Session, customer_id: int) -> Customer:
    found = session.get(Customer, customer_id)
    if found is None:
        raise NotFound("There is no such customer.", "no_customer")
    return found


def _day(name: str, label: str) -> date | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(f'{label}: "{text[:40]}" is not a date.', "bad_date", name) from None
