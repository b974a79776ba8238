"""A date agreed on the phone: what can be offered, and the agreement by staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import agree, choice
from campaigns.errors import Conflict, NotFound
from campaigns.models import ON, Agreement
from campaigns.rules.calendar import DAY

NAMED = 5  # open days that are read out first


@dataclass(frozen=True, slots=True)
class PhoneOffer:
    """What can be said on the phone. `version` is the date that whoever calls has seen."""

    version: int
    days: Sequence[date]
    times: Sequence[time]
    first: date
    may_agree: bool
    may_withdraw: bool


def offer(session: Session, rollout_id: int, now: datetime, day_minutes: int) -> PhoneOffer:
    """The next days that are open without asking, and what may be done. Raises NotFound."""
    case = choice.open_case(session, rollout_id, now, day_minutes)
    taking = case.campaign.state in ON
    standing = case.rollout.state in ("implementing", "implemented", "verified")
    agreed = case.current is not None and case.current.day is not None
    open_days = [day.day for day in choice.offers(session, case) if day.verdict.open]
    return PhoneOffer(
        version=case.rollout.version,
        days=open_days[:NAMED] if taking and not standing else (),
        times=case.terms.rules.slots,
        first=case.terms.today + DAY,
        may_agree=taking and not standing,
        may_withdraw=taking and not standing and agreed,
    )


def agree_by_phone(
    session: Session,
    case: choice.Case,
    *,
    day: date,
    at: time,
    seen: int,
    chooser: agree.Chooser,
    now: datetime,
) -> Agreement:
    """Book the day that was agreed while version `seen` was on the screen.

    The same form sent twice books once. Raises Conflict, as `agree.agree` does.
    """
    key = f"phone:{seen}:{day}:{at:%H%M}"
    _still(session, case, seen, key)
    return agree.agree(session, case, day=day, at=at, chooser=chooser, answer_key=key, now=now)


def withdraw_by_phone(
    session: Session, case: choice.Case, *, seen: int, chooser: agree.Chooser, now: datetime
) -> Agreement:
    """Take back the date that was on the screen; sent twice, it is taken back once."""
    key = f"phone:{seen}:withdrawn"
    _still(session, case, seen, key)
    return agree.withdraw(session, case, chooser=chooser, answer_key=key, now=now)


def case_of(
    session: Session, customer_id: int, rollout_id: int, now: datetime, day_minutes: int
) -> choice.Case:
    """The case of a rollout that must be this customer's. Raises NotFound."""
    case = choice.open_case(session, rollout_id, now, day_minutes)
    if case.customer.id != customer_id:
        raise NotFound("There is no such rollout at this customer.", "no_rollout")
    return case


def _still(session: Session, case: choice.Case, seen: int, key: str) -> None:
    if case.rollout.version == seen:
        return
    answered = session.scalar(
        select(Agreement.id).where(
            Agreement.rollout_id == case.rollout.id, Agreement.answer_key == key
        )
    )
    if answered is None:
        raise Conflict(
            "The date changed while this page was open. Look at it again before you choose.",
            "changed_meanwhile",
        )
