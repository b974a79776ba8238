"""Contacts by hand: a colleague is added, a role changes, somebody leaves or comes back."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.errors import Conflict, Invalid, Refused
from campaigns.models import Contact
from campaigns.register.contacts import ROLES
from campaigns.register.edit import (
    add_contact,
    change_contact,
    find_contact,
    find_customer,
    mark_back,
    mark_left,
)
from campaigns.relink import after_change
from campaigns.rules.records import ContactRecord
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import typed, words
from rollout.pages.typed_values import KEY
from rollout.parse.address import address
from rollout.parse.cells import CellError
from rollout.parse.places import locale

pages = Blueprint("contacts", __name__)
WHERE = f"/customers/<{KEY}:customer_id>/contacts"
ONE = f"{WHERE}/<{KEY}:contact_id>"
FIELDS = ("name", "email", "kind", "locale")
Page = tuple[str, int]


@pages.get(f"{WHERE}/new")
@needs("plan")
def ask(customer_id: int) -> str:
    return _page(customer_id, None, {"kind": "person"}, [], None)


@pages.post(WHERE)
@needs("plan")
def add(customer_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        row = _row()
        with desk.writing() as session:
            person = add_contact(session, customer_id, row, who=desk.who, now=desk.now)
    except (Invalid, Conflict) as problem:
        return _again(customer_id, None, problem)
    tell(f"{person.name} is on the list.")
    return redirect(f"/customers/{customer_id}#contacts", 303)


@pages.get(ONE)
@needs("plan")
def show(customer_id: int, contact_id: int) -> str:
    with runtime().store.reading() as session:
        person = find_contact(session, customer_id, contact_id)
    roles = [role for role in ROLES if getattr(person, role)]
    values = {name: getattr(person, name) or "" for name in FIELDS}
    return _page(customer_id, person, values, roles, None)


@pages.post(ONE)
@needs("plan")
def change(customer_id: int, contact_id: int) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        row = _row()
        with desk.writing() as session:
            person = find_contact(session, customer_id, contact_id)
            before = person.email
            changed = change_contact(session, person, row, who=desk.who, now=desk.now)
            if person.email != before:
                after_change(session, person, desk.rt.links, who=desk.who, now=desk.now)
    except (Invalid, Conflict) as problem:
        return _again(customer_id, contact_id, problem)
    tell(f"{row.name} is changed." if changed else "Nothing was different, so nothing changed.")
    return redirect(f"/customers/{customer_id}#contacts", 303)


@pages.post(f"{ONE}/left")
@needs("plan")
def left(customer_id: int, contact_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        person = find_contact(session, customer_id, contact_id)
        deciders = mark_left(session, person, who=desk.who, now=desk.now)
    text = f"{person.name} is marked as left and gets no more letters."
    if not deciders:
        text += " Nobody who decides about the date is left: name another contact."
    tell(text, undo=f"/customers/{customer_id}/contacts/{contact_id}/back")
    return redirect(f"/customers/{customer_id}#contacts", 303)


@pages.post(f"{ONE}/back")
@needs("plan")
def back(customer_id: int, contact_id: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        person = find_contact(session, customer_id, contact_id)
        mark_back(session, person, who=desk.who, now=desk.now)
    tell(f"{person.name} is on the list again.")
    return redirect(f"/customers/{customer_id}#contacts", 303)


def _row() -> ContactRecord:
    """What the form says. Raises Invalid."""
    language = typed.line("locale", "The language", 20)
    mail = typed.line("email", "The mail address", 320, required=True)
    name = typed.line("name", "The name", 200, required=True)
    known = [role for role in ROLES if role in request.form.getlist("role")]
    try:
        field = "email"
        email = address(mail)
        field = "locale"
        tongue = locale(language) if language else None
    except CellError as bad:
        raise Invalid(str(bad), "bad_value", field) from None
    kind = typed.one_of("kind", "The kind", words.KINDS, "person")
    return ContactRecord("", name, email, tuple(known) or ("user",), tongue, None, kind)


def _again(customer_id: int, contact_id: int | None, problem: Refused) -> Page:
    person = None
    if contact_id is not None:
        with runtime().store.reading() as session:
            person = find_contact(session, customer_id, contact_id)
    roles = request.form.getlist("role")
    return _page(customer_id, person, request.form, roles, problem), status_of(problem)


def _page(
    customer_id: int,
    person: Contact | None,
    values: Mapping[str, str],
    roles: list[str],
    problem: Refused | None,
) -> str:
    with runtime().store.reading() as session:
        customer = find_customer(session, customer_id)
    where = f"/customers/{customer_id}"
    field = problem.field if problem and problem.field in FIELDS else ""
    return render_template(
        "customers/contact.html",
        customer=customer,
        person=person,
        form={name: values.get(name, "") for name in FIELDS},
        roles=[(role, label, role in roles) for role, label in words.ROLES.items()],
        kinds=list(words.KINDS.items()),
        wrong={field: problem.message} if problem else {},
        here=where,
        action=f"{where}/contacts/{person.id}" if person else f"{where}/contacts",
    )
