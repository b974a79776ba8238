"""Station launch, by hand: the customers that somebody ticked, and why the others are not in."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.launch import Choice
from campaigns.models import Customer

NOT_PICKED = "not picked"


def choose_by_pick(
    session: Session, picked: Collection[int], reasons: Mapping[int, str], otherwise: str
) -> list[Choice]:
    """Every customer that is looked after, in or out.

    `reasons` says why a customer is left out, by id; `otherwise` is for all others.
    """
    ids = session.scalars(
        select(Customer.id).where(Customer.left_at.is_(None)).order_by(Customer.name)
    )
    return [
        Choice(id_, True, "picked")
        if id_ in picked
        else Choice(id_, False, reasons.get(id_) or otherwise or NOT_PICKED)
        for id_ in ids
    ]
