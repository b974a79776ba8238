"""Working days and hours: those of one customer, or those of the provider."""

from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid
from campaigns.journal import Actor, record
from campaigns.models import WorkingWeek
from campaigns.register.edit import find_customer
from campaigns.rules.hours import Hours, Week, said, wrong_with


def week_of(session: Session, customer_id: int | None) -> Week | None:
    """The week that was set for a customer, or for the provider; None where none was."""
    days: list[Hours | None] = [None] * 7
    for row in session.scalars(select(WorkingWeek).where(_whose(customer_id))):
        days[row.weekday] = Hours(row.opens, row.closes)
    return tuple(days) if any(days) else None


def set_week(
    session: Session, customer_id: int | None, week: Week | None, *, who: Actor, now: datetime
) -> None:
    """Working hours from now on; None goes back to the usual ones. Dates that are agreed stand.

    Raises NotFound, and Invalid where it makes no sense.
    """
    customer = find_customer(session, customer_id) if customer_id is not None else None
    wrong = wrong_with(week) if week is not None else None
    if wrong:
        raise Invalid(wrong, field="week")
    if week == week_of(session, customer_id):
        return
    session.execute(delete(WorkingWeek).where(_whose(customer_id)))
    session.add_all(
        WorkingWeek(customer_id=customer_id, weekday=day, opens=one.opens, closes=one.closes)
        for day, one in enumerate(week or ())
        if one is not None
    )
    session.flush()
    record(
        session,
        who=who,
        what="working_week_set",
        subject=customer.name if customer else "the provider's hours",
        now=now,
        customer_id=customer_id,
        details={"week": said(week) if week else "as usual"},
    )


def _whose(customer_id: int | None) -> ColumnElement[bool]:
    if customer_id is None:
        return WorkingWeek.customer_id.is_(None)
    return WorkingWeek.customer_id == customer_id
