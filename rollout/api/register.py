"""Customers, contacts and changes; and who asks."""

from typing import Any

from flask_wtf.csrf import generate_csrf

from campaigns.boards.changes import change_rows
from campaigns.boards.directory import contact_rows, customer_rows
from rollout.api import shapes
from rollout.api.layer import Api, asked
from rollout.auth import me
from rollout.current import runtime

api = Api("register")


@api.get("/me", "Who is signed in", shapes.Me)
def who() -> dict[str, Any]:
    person = me()
    return {
        "email": person.email,
        "name": person.name,
        "role": person.role,
        "csrf_token": generate_csrf(),
    }


@api.get("/customers", "All customers", shapes.Customers)
def customers() -> list[dict[str, Any]]:
    with runtime().store.reading() as session:
        return customer_rows(session)


@api.get("/contacts", "The people of one customer", shapes.Contacts, shapes.AskContacts)
def contacts() -> dict[str, Any]:
    query = asked(shapes.AskContacts)
    with runtime().store.reading() as session:
        rows = contact_rows(session, query.customer, query.after, query.limit)
    more = len(rows) == query.limit
    return {"contacts": rows, "next": rows[-1]["id"] if more else None}


@api.get("/changes", "All vendor changes, with their dates", shapes.Changes)
def changes() -> dict[str, Any]:
    here = runtime()
    with here.store.reading() as session:
        return {"changes": change_rows(session, here.clock.now())}
