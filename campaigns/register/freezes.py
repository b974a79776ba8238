"""Freezes of a customer, of a campaign, or of everybody: days on which nothing is done."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import Campaign, Customer, Freeze, FreezeKept
from campaigns.register.edit import find_customer
from campaigns.rules.freezes import Closure, wrong_with
from campaigns.terms import closure_of

FIELDS = tuple(one.name for one in fields(Closure))


@dataclass(frozen=True, slots=True)
class FreezeLine:
    """A freeze with the names of whom it is for; empty where it is for all."""

    freeze: Freeze
    customer: str
    campaign: str

    @property
    def whose(self) -> str:
        """`Northwind Dental`, `all customers`, `all customers, in "MFA"`."""
        within = f', in "{self.campaign}"' if self.campaign else ""
        return f"{self.customer or 'all customers'}{within}"


def freezes(session: Session, *which: ColumnElement[bool]) -> Sequence[FreezeLine]:
    """Those freezes, or all of them, earliest first."""
    rows = session.execute(
        select(Freeze, Customer.name, Campaign.name)
        .outerjoin(Customer, Customer.id == Freeze.customer_id)
        .outerjoin(Campaign, Campaign.id == Freeze.campaign_id)
        .where(*which)
        .order_by(Freeze.starts, Freeze.id)
    )
    return [FreezeLine(row, customer or "", campaign or "") for row, customer, campaign in rows]


def find_freeze(session: Session, freeze_id: int) -> FreezeLine:
    """The freeze with this number. Raises NotFound."""
    found = freezes(session, Freeze.id == freeze_id)
    if not found:
        raise NotFound(f"There is no freeze {freeze_id}.", "no_freeze")
    return found[0]


def add_freeze(
    session: Session,
    days: Closure,
    *,
    customer_id: int | None = None,
    campaign_id: int | None = None,
    who: Actor,
    now: datetime,
) -> FreezeLine:
    """Close those days for one customer or all, in one campaign or all. Said twice, said once.

    Dates that are agreed stand; see `campaigns.frozen`. Raises NotFound, and Invalid with the
    field: no reason, the wrong way round, too long.
    """
    if customer_id is not None:
        find_customer(session, customer_id)
    if campaign_id is not None and session.get(Campaign, campaign_id) is None:
        raise NotFound("There is no such campaign.", "no_campaign")
    days = _checked(days)
    values = {name: getattr(days, name) for name in FIELDS}
    values |= {"customer_id": customer_id, "campaign_id": campaign_id}
    same = freezes(session, *(getattr(Freeze, name) == value for name, value in values.items()))
    if same:
        return same[0]
    freeze = Freeze(**values)
    session.add(freeze)
    session.flush()
    return _note(session, find_freeze(session, freeze.id), "freeze_added", who, now)


def change_freeze(
    session: Session, freeze_id: int, days: Closure, *, who: Actor, now: datetime
) -> FreezeLine:
    """Other days, or another reason. Dates that were kept in spite of it are looked at anew.

    Raises NotFound, and Invalid as `add_freeze`.
    """
    found = find_freeze(session, freeze_id)
    days = _checked(days)
    if days == closure_of(found.freeze):
        return found
    if replace(days, reason="") != replace(closure_of(found.freeze), reason=""):
        _forget(session, freeze_id)
    for name in FIELDS:
        setattr(found.freeze, name, getattr(days, name))
    session.flush()
    return _note(session, found, "freeze_changed", who, now)


def remove_freeze(session: Session, freeze_id: int, *, who: Actor, now: datetime) -> FreezeLine:
    """Open the days again; what was removed. Raises NotFound where it is gone."""
    found = find_freeze(session, freeze_id)
    _forget(session, freeze_id)
    session.execute(
        delete(Freeze).where(Freeze.id == freeze_id).execution_options(synchronize_session=False)
    )
    session.expunge(found.freeze)
    return _note(session, found, "freeze_removed", who, now)


def _forget(session: Session, freeze_id: int) -> None:
    session.execute(delete(FreezeKept).where(FreezeKept.freeze_id == freeze_id))


def _checked(days: Closure) -> Closure:
    """The same with a reason without needless blanks, and without what its kind does not use."""
    reason = " ".join(days.reason.split())[:500]
    if not reason:
        raise Invalid("Write why nothing is done on these days.", field="reason")
    wrong = wrong_with(days)
    if wrong:
        raise Invalid(wrong[1], field=wrong[0])
    end = days.repeats == "month_end"
    return replace(
        days,
        reason=reason,
        ends=days.starts if end else days.ends,
        workdays=days.workdays if end else 0,
        until=None if days.repeats == "once" else days.until,
    )


def _note(session: Session, found: FreezeLine, what: str, who: Actor, now: datetime) -> FreezeLine:
    freeze = found.freeze
    said = {name: getattr(freeze, name) for name in FIELDS}
    record(
        session,
        who=who,
        what=what,
        subject=found.whose,
        now=now,
        customer_id=freeze.customer_id,
        details={name: str(value) for name, value in said.items() if value not in (None, 0)},
    )
    return found
