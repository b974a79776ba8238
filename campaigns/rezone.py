"""The rules of a zone change after dates were agreed: the local promise stays, the instant moves.

Everything that was promised by a clock on a wall is kept as that clock shows it. Here the
instants are derived again from it with the time-zone data of this process.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.derived import Moved, MovedDate, MovedTouch, moved
from campaigns.extra_letter import NEW_INVITATION, plan_extra_letter
from campaigns.journal import Actor, record
from campaigns.models import Agreement, Rollout, Task, Touch
from campaigns.store import insert_missing

__all__ = ["Moved", "moved", "remind", "rezone"]

REMINDER = "zone_rules"


def remind(session: Session, now: datetime) -> bool:
    """A task for staff where instants lie elsewhere by the rules of this process, once a change."""
    found = moved(session, now)
    if not found.dates and not found.touches:
        return False
    places = [(one.rollout_id, one.now.isoformat()) for one in _everything(found)]
    digest = hashlib.sha256(repr(places).encode()).hexdigest()[:32]
    row = {
        "dedupe_key": f"{REMINDER}:{digest}",
        "kind": REMINDER,
        "title": "The rules of a time zone have changed",
        "text": f"{found.sentence()} lie at other instants now. Look with `rollout rezone "
        "--preview`, then run `rollout rezone`: the dates stay, and who decides gets a new "
        "calendar entry.",
        "due": now,
        "created_at": now,
    }
    return insert_missing(session, Task, [row]) > 0


def rezone(session: Session, *, who: Actor, now: datetime) -> Moved:
    """Put every instant where its local promise is by the present rules.

    Whoever decides at a customer whose agreed instant moved gets one letter with a new
    calendar entry. A second call finds nothing to move. Returns what was moved.
    """
    rollouts = {one.rollout_id for one in _everything(moved(session, now))}
    # In one order, as everybody who locks several; then what is still so is moved.
    session.execute(
        select(Rollout.id).where(Rollout.id.in_(rollouts)).order_by(Rollout.id).with_for_update()
    ).all()
    found = moved(session, now)
    for date in found.dates:
        _move_date(session, date, now)
    if found.touches:
        rows = [
            {"id": touch.touch_id, "due": touch.now, "valid_until": touch.ends}
            for touch in found.touches
        ]
        session.execute(update(Touch), rows)
    session.execute(
        update(Task)
        .where(Task.kind == REMINDER, Task.done_at.is_(None))
        .values(done_at=now, done_by=who.name)
    )
    _note(session, found, who, now)
    return found


def _everything(found: Moved) -> list[MovedDate | MovedTouch]:
    return [*found.dates, *found.touches]


def _move_date(session: Session, date: MovedDate, now: datetime) -> None:
    session.execute(
        update(Agreement)
        .where(Agreement.rollout_id == date.rollout_id, Agreement.version == date.version)
        .values(instant=date.now, shifted=date.shifted)
    )
    times = session.scalar(
        update(Rollout)
        .where(Rollout.id == date.rollout_id)
        .values(rezoned=Rollout.rezoned + 1)
        .returning(Rollout.rezoned)
    )
    if date.now > now:
        key = NEW_INVITATION if times in (None, 1) else f"{NEW_INVITATION}-{times}"
        plan_extra_letter(session, date.rollout_id, NEW_INVITATION, key, now)


def _note(session: Session, found: Moved, who: Actor, now: datetime) -> None:
    """One entry a rollout, in its customer's chain."""
    dates = {date.rollout_id: date for date in found.dates}
    contacts: dict[int, int] = {}
    for touch in found.contacts:
        contacts[touch.rollout_id] = contacts.get(touch.rollout_id, 0) + 1
    subjects = {one.rollout_id: f"{one.campaign}: {one.customer}" for one in _everything(found)}
    customers = session.execute(
        select(Rollout.id, Rollout.customer_id).where(Rollout.id.in_(subjects))
    )
    for rollout_id, customer_id in sorted(map(tuple, customers), key=lambda pair: pair[::-1]):
        details: dict[str, object] = {"contacts": contacts.get(rollout_id, 0)}
        if date := dates.get(rollout_id):
            details |= {
                "promised": date.local.isoformat(timespec="minutes"),
                "zone": date.zone,
                "was": date.was.isoformat(),
                "now": date.now.isoformat(),
            }
        record(
            session,
            who=who,
            what="zone_rules_changed",
            subject=subjects[rollout_id],
            now=now,
            customer_id=customer_id,
            details=details,
        )
