"""The steward: takes back what died, moves rollouts along, notes that the house is alive."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from campaigns import contact, progress
from campaigns.models import Installation
from workers.courier import Tally, run_until, sweep
from workers.runtime import Runtime


def tick(rt: Runtime, until: datetime | None = None) -> Tally:
    """One sweep now, or with a driven clock every sweep that is due up to `until`.

    Safe to run from many processes at once, from cron instead of beat, and after any crash.
    """
    with rt.store.writing() as session:
        contact.rescue(session, now=rt.clock.now(), machine=rt.clock.machine())
    tally = _sweeps(rt, until)
    with rt.store.writing() as session:
        progress.move_along(session, until or rt.clock.now())
        _alive(session, rt, until or rt.clock.now())
    return tally


def _sweeps(rt: Runtime, until: datetime | None) -> Tally:
    clock = rt.clock
    if clock.speed is None:
        return sweep(rt, clock.now())
    since = clock.now() if clock.speed == 0 else _last_sweep(rt)
    target = until or clock.now()
    tally = sweep(rt, since)
    if target > since:
        tally.add(run_until(rt, since, target, clock.move_to if clock.speed == 0 else _runs))
    return tally


def _last_sweep(rt: Runtime) -> datetime:
    with rt.store.reading() as session:
        swept_at = session.get_one(Installation, 1).swept_at
    now = rt.clock.now()
    return min(swept_at, now) if swept_at else now


def _runs(_moment: datetime) -> None:
    """A clock that runs by itself needs no putting forward."""


def _alive(session: Session, rt: Runtime, now: datetime) -> None:
    session.execute(
        update(Installation)
        .values(swept_at=now, swept_machine_at=rt.clock.machine())
        .execution_options(synchronize_session=False)
    )
