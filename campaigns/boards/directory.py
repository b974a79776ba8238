"""Customers and contacts as plain rows, for programs."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import Contact, Customer

ROLES = ("decision_maker", "site_contact", "manager", "pilot", "vip", "admin")


def customer_rows(session: Session) -> list[dict[str, Any]]:
    """The rows of `rollout customers list --json`."""
    rows = session.execute(
        select(Customer, func.count(Contact.id))
        .outerjoin(Contact, Contact.customer_id == Customer.id)
        .group_by(Customer.id)
        .order_by(Customer.name)
    )
    return [
        {"name": c.name, "timezone": c.timezone, "service_model": c.service_model, "contacts": n}
        for c, n in rows
    ]


def contact_rows(session: Session, customer: str, after: int, limit: int) -> list[dict[str, Any]]:
    """People of one customer by id, those after `after`. Raises NotFound."""
    folded = " ".join(customer.replace("\0", " ").split()).casefold()
    found = session.scalar(select(Customer.id).where(Customer.folded_name == folded))
    if found is None:
        raise NotFound(f'There is no customer "{customer[:200]}".', "no_customer", "customer")
    rows = session.scalars(
        select(Contact)
        .where(Contact.customer_id == found, Contact.id > after)
        .order_by(Contact.id)
        .limit(limit)
    )
    return [_contact(row) for row in rows]


def _contact(row: Contact) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "email": row.email,
        "kind": row.kind,
        "roles": [role for role in ROLES if getattr(row, role)],
        "locale": row.locale,
        "suppressed": row.suppressed_why if row.suppressed_at else None,
        "left": row.left_at is not None,
    }
