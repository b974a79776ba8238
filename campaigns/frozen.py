"""Station frozen: agreed dates that lie in a freeze move when staff approve, or are kept.

Nothing moves by itself and no customer hears of it before somebody approved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import agree, choice
from campaigns.booking import begin
from campaigns.errors import Conflict, Invalid
from campaigns.journal import Actor, record
from campaigns.models import Agreement, Freeze, FreezeKept, Rollout, TechnicianDay
from campaigns.register.freezes import FreezeLine
from campaigns.store import insert_missing
from campaigns.struck import in_freeze


@dataclass(frozen=True, slots=True)
class Move:
    """What was approved: a date as it was seen, and the new one, both as the customer's clock
    reads."""

    rollout_id: int
    version: int
    day: date
    at: time


def approve(
    session: Session,
    found: FreezeLine,
    moves: Sequence[Move],
    *,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> Sequence[Agreement]:
    """Move these dates, all of them or none; each customer is told as of any date that moves.

    The same approval twice moves once. Raises Conflict, with the customer's name, where a date
    was changed since the list was read or the new one cannot be had any more.
    """
    moves = sorted(moves, key=lambda move: move.rollout_id)
    _lock(session, moves, day_minutes)
    made = [_move(session, found.freeze.id, move, who, now, day_minutes) for move in moves]
    new = [agreement for agreement, fresh in made if fresh]
    if new:
        record(
            session,
            who=who,
            what="freeze_approved",
            subject=f"{found.whose}: {found.freeze.reason}",
            now=now,
            details={"freeze": found.freeze.id, "moved": len(new)},
        )
    return [agreement for agreement, _ in made]


def keep(
    session: Session,
    freeze: Freeze,
    rollout_id: int,
    version: int,
    why: str,
    *,
    who: Actor,
    now: datetime,
) -> None:
    """Let an agreed date stand in spite of the freeze; said twice, it is said once.

    Raises Invalid without a reason, Conflict where that date is not in the freeze any more.
    """
    why = " ".join(why.split())[:500]
    if not why:
        raise Invalid("Write why the date is kept.", field="why")
    one = next(
        (one for one in in_freeze(session, freeze, now) if one.rollout_id == rollout_id), None
    )
    if one is None or one.version != version:
        raise Conflict(
            "This date does not stand in the freeze any more. Look at the list again.",
            "changed_meanwhile",
        )
    row = {
        "freeze_id": freeze.id,
        "rollout_id": rollout_id,
        "version": version,
        "by_staff": who.name[:254],
        "why": why,
        "at": now,
    }
    if insert_missing(session, FreezeKept, [row]):
        record(
            session,
            who=who,
            what="date_kept",
            subject=f"{one.campaign}: {one.customer}",
            now=now,
            customer_id=one.customer_id,
            details={"day": str(one.day), "freeze": freeze.reason, "why": why},
        )


def _lock(session: Session, moves: Sequence[Move], day_minutes: int) -> None:
    """Hold rollouts and days, old and new, each in one order as everybody who holds several."""
    ids = [move.rollout_id for move in moves]
    held = select(Rollout.id).where(Rollout.id.in_(ids)).order_by(Rollout.id).with_for_update()
    session.execute(held).all()
    days = {move.day for move in moves}
    for day in sorted(days):
        begin(session, day, day_minutes)
    old = select(Agreement.day).join(
        Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version)
    )
    days |= {day for day in session.scalars(old.where(Rollout.id.in_(ids))) if day}
    session.execute(
        select(TechnicianDay.id)
        .where(TechnicianDay.day.in_(days))
        .order_by(TechnicianDay.id)
        .with_for_update()
    ).all()


def _move(
    session: Session, freeze_id: int, move: Move, who: Actor, now: datetime, day_minutes: int
) -> tuple[Agreement, bool]:
    """The agreement, and whether it was made now."""
    case = choice.open_case(session, move.rollout_id, now, day_minutes)
    key = f"freeze:{freeze_id}:{move.rollout_id}:{move.version}"
    chooser = agree.Chooser(who.name, who.role, staff=who.name)
    wish = agree.Wish(move.day, move.at, chooser, key, "freeze")
    try:
        answered = session.scalar(
            select(Agreement.id).where(
                Agreement.rollout_id == move.rollout_id, Agreement.answer_key == key
            )
        )
        if case.rollout.version != move.version and answered is None:
            raise Conflict(
                "The date changed since the list was read. Look at it again.", "changed_meanwhile"
            )
        found = agree.consider(session, case, wish)
        if isinstance(found, Agreement):
            return found, False
        return agree.settle(session, case, wish, found, now), True
    except Conflict as refused:
        raise Conflict(f"{case.customer.name}: {refused.message}", refused.code) from None
