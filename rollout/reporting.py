"""The facts of a report, for the page, its files and the API alike."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from campaigns import report
from campaigns.boards.opened import customers_in
from campaigns.errors import NotFound
from campaigns.models import Campaign
from workers.runtime import Runtime

Facts = dict[str, Any]
Finding = Callable[[Session], Campaign]
Making = Callable[[Session, Campaign, datetime, str | None], Facts]


def _value(session: Session, campaign: Campaign, now: datetime, customer: str | None) -> Facts:
    return report.value(session, campaign, now, customer).as_json()


MAKING: dict[str, Making] = {"adoption": report.adoption, "value": _value, "pack": report.pack}


def report_facts(rt: Runtime, what: str, find: Finding, customer: str | None) -> Facts:
    """`what` is one of MAKING. Raises NotFound for a customer that is not in the campaign."""
    with rt.store.reading() as session:
        campaign = find(session)
        only = spelt(customer, customers_in(session, campaign))
        return MAKING[what](session, campaign, rt.clock.now(), only)


def spelt(customer: str | None, everybody: Sequence[str]) -> str | None:
    """The customer as it is kept, or None for all. Raises NotFound."""
    if not customer:
        return None
    for name in everybody:
        if name.casefold() == customer.casefold():
            return name
    raise NotFound(f'"{customer}" is not in this campaign.', "no_customer", "customer")
