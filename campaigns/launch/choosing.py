"""Which customers a campaign is for, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid
from campaigns.models import Customer


@dataclass(frozen=True, slots=True)
class Choice:
    """A customer that is in, or deliberately not in, and why."""

    customer_id: int
    included: bool
    reason: str


def choose_all(session: Session) -> list[Choice]:
    """Every customer that is still looked after."""
    ids = session.scalars(
        select(Customer.id).where(Customer.left_at.is_(None)).order_by(Customer.name)
    )
    return [Choice(id_, True, "all customers") for id_ in ids]


def choose_by_tag(session: Session, tag: str, value: str) -> list[Choice]:
    """Customers whose tag (an extra column of the import, or service_model) has that value."""
    choices = []
    here = select(Customer).where(Customer.left_at.is_(None)).order_by(Customer.name)
    for customer in session.scalars(here):
        own = {
            **customer.tags,
            "service_model": customer.service_model,
            "country": customer.country,
        }
        fits = str(own.get(tag, "")).casefold() == value.casefold()
        choices.append(Choice(customer.id, fits, f"{tag} is {own.get(tag) or 'not set'}"))
    return choices


def choose_by_name(session: Session, rows: Sequence[tuple[int, str, bool, str]]) -> list[Choice]:
    """From lines (line, name, included, reason). Raises Invalid for a name nobody bears."""
    known = {c.folded_name: c for c in session.scalars(select(Customer))}
    choices: dict[int, Choice] = {}
    for line, name, included, reason in rows:
        customer = known.get(name.casefold())
        if customer is None:
            raise Invalid(f'Line {line}: there is no customer "{name}".', field="customers")
        choices[customer.id] = Choice(customer.id, included, reason or "named in the list")
    return list(choices.values())
