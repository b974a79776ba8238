"""Station arming: whether this installation may send, what it keeps to know, who said so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns.errors import Conflict
from campaigns.journal import SYSTEM, Actor, record
from campaigns.models import Installation
from campaigns.rules.arming import Boot, Kept, Refusal, Seal

SUBJECT = "sending"


def kept(session: Session) -> Kept:
    """What was noted at the last sweep and the last confirmation."""
    row = session.get(Installation, 1)
    if row is None:
        return Kept(None, None, None, None, None)
    boot = row.swept_boot is not None and row.swept_uptime is not None
    return Kept(
        place=row.place,
        seal=Seal(row.armed_at, row.rounds) if row.armed_at else None,
        held_why=row.held_why,
        swept_at=row.swept_machine_at,
        boot=Boot(row.swept_boot or "", row.swept_uptime or 0.0) if boot else None,
    )


def trust(session: Session, place: Sequence[str], machine: datetime) -> None:
    """The first sweep of all: wherever the database is now, there it belongs."""
    _note(session, {"place": list(place), "armed_at": machine}, Installation.place.is_(None))


def begin_round(session: Session) -> Seal | None:
    """Letters are about to leave; what the folder should know of it, once this is committed."""
    _note(session, {"rounds": Installation.rounds + 1})
    session.expire_all()
    return kept(session).seal


def swept(session: Session, now: datetime, machine: datetime, boot: Boot | None) -> None:
    """A sweep has ended: the business time, the machine's, and a measure that nobody can set."""
    _note(
        session,
        {
            "swept_at": now,
            "swept_machine_at": machine,
            "swept_boot": boot.id if boot else None,
            "swept_uptime": boot.uptime if boot else None,
        },
    )


def beaten(session: Session, machine: datetime) -> None:
    """A worker has heard the beat."""
    _note(session, {"beat_at": machine})


def hold(session: Session, why: str, now: datetime) -> None:
    """Nothing is sent from now on, whatever happens to the reason, until somebody confirms."""
    held = session.scalar(
        update(Installation)
        .where(Installation.held_why.is_(None))
        .values(held_why=why[:500])
        .returning(Installation.id)
        .execution_options(synchronize_session=False)
    )
    if held is not None:
        record(
            session, who=SYSTEM, what="sending_held", subject=SUBJECT, now=now, details={"why": why}
        )


def arm(
    session: Session,
    refusal: Refusal | None,
    *,
    place: Sequence[str],
    beside: Seal | None,
    who: Actor,
    now: datetime,
    machine: datetime,
) -> Seal:
    """Somebody confirms: this installation sends, from here and at this time.

    `beside` is what the folder has seen leave; the new seal is later than it. Raises Conflict
    where nothing holds sending, or where only a clock that is set right helps.
    """
    if refusal is None:
        raise Conflict("Sending is not held, so there is nothing to confirm.", "armed_already")
    if refusal.code == "clocks_differ":
        raise Conflict(refusal.why, refusal.code)
    before = kept(session).seal
    earlier = [seal.armed_at for seal in (before, beside) if seal is not None]
    armed_at = max([machine, *(moment + timedelta(seconds=1) for moment in earlier)])
    _note(
        session,
        {
            "place": list(place),
            "armed_at": armed_at,
            "held_why": None,
            "swept_machine_at": None,
            "swept_boot": None,
            "swept_uptime": None,
        },
    )
    details = {"why": refusal.code, "sentence": refusal.why}
    record(session, who=who, what="sending_armed", subject=SUBJECT, now=now, details=details)
    return Seal(armed_at, before.rounds if before else 0)


def _note(session: Session, values: dict[str, Any], *where: Any) -> None:
    session.execute(
        update(Installation)
        .where(*where)
        .values(values)
        .execution_options(synchronize_session=False)
    )
