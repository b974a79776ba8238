"""Freezes of one customer: days on which nothing is done there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import Agreement, Customer, Freeze, Rollout
from campaigns.register.edit import find_customer

LONGEST = 366  # days


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze, and the agreed days that lie in it and have to be moved by a person."""

    freeze: Freeze
    agreed: Sequence[date]


def add_freeze(
    session: Session,
    customer_id: int,
    *,
    starts: date,
    ends: date,
    reason: str,
    who: Actor,
    now: datetime,
) -> Frozen:
    """Close those days, first and last included. Said twice, it is said once.

    Raises NotFound, and Invalid with the field: no reason, the wrong way round, too long.
    """
    customer = find_customer(session, customer_id)
    reason = " ".join(reason.split())[:500]
    _check(starts, ends, reason)
    freeze = _same(session, customer_id, starts, ends, reason)
    if freeze is None:
        freeze = Freeze(customer_id=customer_id, starts=starts, ends=ends, reason=reason)
        session.add(freeze)
        session.flush()
        _note(session, freeze, customer, "freeze_added", who, now)
    return Frozen(freeze, _agreed_within(session, customer_id, starts, ends))


def remove_freeze(
    session: Session, customer_id: int, freeze_id: int, *, who: Actor, now: datetime
) -> Freeze:
    """Open the days again; what was removed. Raises NotFound where it is gone or another's."""
    freeze = session.get(Freeze, freeze_id)
    gone = freeze is None or freeze.customer_id != customer_id
    if freeze is None or gone or not _delete(session, freeze_id):
        raise NotFound("There is no such freeze at this customer.", "no_freeze")
    session.expunge(freeze)
    customer = session.get_one(Customer, customer_id)
    _note(session, freeze, customer, "freeze_removed", who, now)
    return freeze


def _check(starts: date, ends: date, reason: str) -> None:
    if not reason:
        raise Invalid("Write why nothing is done on these days.", field="reason")
    if ends < starts:
        raise Invalid("The last day lies before the first.", field="ends")
    if (ends - starts).days >= LONGEST:
        raise Invalid("A freeze has at most a year. Check the two days.", field="ends")


def _same(
    session: Session, customer_id: int, starts: date, ends: date, reason: str
) -> Freeze | None:
    return session.scalars(
        select(Freeze).where(
            Freeze.customer_id == customer_id,
            Freeze.starts == starts,
            Freeze.ends == ends,
            Freeze.reason == reason,
        )
    ).first()


def _agreed_within(session: Session, customer_id: int, starts: date, ends: date) -> list[date]:
    days = session.scalars(
        select(Agreement.day)
        .join(
            Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version)
        )
        .where(
            Rollout.customer_id == customer_id,
            Rollout.state == "agreed",
            Agreement.day.between(starts, ends),
        )
        .order_by(Agreement.day)
    )
    return [day for day in days if day is not None]


def _delete(session: Session, freeze_id: int) -> bool:
    removed = session.scalar(
        delete(Freeze)
        .where(Freeze.id == freeze_id)
        .returning(Freeze.id)
        .execution_options(synchronize_session=False)
    )
    return removed is not None


def _note(
    session: Session, freeze: Freeze, customer: Customer, what: str, who: Actor, now: datetime
) -> None:
    record(
        session,
        who=who,
        what=what,
        subject=customer.name,
        now=now,
        customer_id=customer.id,
        details={"from": str(freeze.starts), "to": str(freeze.ends), "reason": freeze.reason},
    )
