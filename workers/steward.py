"""The steward: takes back what died, moves rollouts along, notes that the house is alive."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, or_, update

from campaigns import arming, contact, progress, stop_rule, uploads
from campaigns.models import Installation
from workers import gate
from workers.courier import run_until, seal_through, sweep
from workers.lent import Lent, lending
from workers.place import boot_now
from workers.runtime import Runtime
from workers.tally import Tally

# How long the others wait for the one who walks a running clock's moments, if it died.
TURN = timedelta(seconds=10)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def tell_nobody(_why: str | None) -> None:
    """For where the answer is read elsewhere."""


def tick(
    rt: Runtime,
    until: datetime | None = None,
    told: Callable[[str | None], None] = tell_nobody,
) -> Tally:
    """One sweep now, or with a driven clock every sweep that is due up to `until`.

    Safe to run from many processes at once, from cron instead of beat, and after any crash.
    `told` hears why nothing may be sent, in which case nothing is touched; or None.
    """
    tally = Tally()
    with lending(rt) as lent:
        while True:
            why = gate.may_send(rt)
            told(why)
            if why is not None:
                return tally
            tally.add(_round(rt, until, lent))
            if not tally.more or rt.stopping.is_set():
                return tally


def _round(rt: Runtime, until: datetime | None, lent: Lent) -> Tally:
    """Short enough that what died is taken back soon, however many letters there are to send."""
    gate.note_round(rt)
    with rt.store.writing() as session:
        contact.rescue(session, now=rt.clock.now(), machine=rt.clock.machine())
    seal_through(rt, rt.clock.now())
    if rt.clock.speed:
        return _catch_up(rt, until, lent)
    now = rt.clock.now()
    tally = sweep(rt, now, lent)
    target = until if until and rt.clock.speed is not None else now
    if target > now:
        tally.add(run_until(rt, now, target, rt.clock.move_to, lent))
    _arrive(rt, target)
    return tally


def last_sweep(rt: Runtime) -> datetime:
    """When the last sweep of any process ended, by the machine's clock; 1970 before the first."""
    with rt.store.reading() as session:
        return session.get_one(Installation, 1).swept_machine_at or NEVER


def swept_up_to(rt: Runtime) -> datetime | None:
    """The moment whose letters have left; None before the first sweep."""
    with rt.store.reading() as session:
        return session.get_one(Installation, 1).swept_at


def _catch_up(rt: Runtime, until: datetime | None, lent: Lent) -> Tally:
    """Walk from the last sweep to where a running clock stands, through each due moment.

    One process at a time: two would do tomorrow's letters while today's are on their way.
    """
    turn = uuid.uuid4().hex
    since = _take_turn(rt, turn)
    if since is None:
        return Tally()
    try:
        target = until or rt.clock.now()
        keep = lambda moment: _keep_turn(rt, turn, moment)  # noqa: E731 - one line says it
        tally = sweep(rt, since, lent)
        if target > since:
            tally.add(run_until(rt, since, target, keep, lent))
        if not rt.stopping.is_set():
            _arrive(rt, max(since, target))
    finally:
        _on_turn(rt, turn, {"turn": None, "turn_until": None})
    return tally


def _take_turn(rt: Runtime, turn: str) -> datetime | None:
    """The moment of the last sweep; None where another process is on its way."""
    machine = rt.clock.machine()
    with rt.store.writing() as session:
        row = session.execute(
            update(Installation)
            .where(or_(Installation.turn_until.is_(None), Installation.turn_until < machine))
            .values(turn=turn, turn_until=machine + TURN)
            .returning(func.coalesce(Installation.swept_at, Installation.clock_at))
            .execution_options(synchronize_session=False)
        ).one_or_none()
    if row is None:
        return None
    now = rt.clock.now()
    return min(row[0] or now, now)


def _keep_turn(rt: Runtime, turn: str, moment: datetime) -> None:
    machine = rt.clock.machine()
    _on_turn(
        rt, turn, {"swept_at": moment, "swept_machine_at": machine, "turn_until": machine + TURN}
    )


def _on_turn(rt: Runtime, turn: str, values: dict[str, object]) -> None:
    with rt.store.writing() as session:
        session.execute(
            update(Installation)
            .where(Installation.turn == turn)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _arrive(rt: Runtime, now: datetime) -> None:
    with rt.store.writing() as session:
        progress.move_along(session, now)
        stop_rule.watch(session, now)
        uploads.forget_old(session, rt.clock.machine())
        arming.swept(session, now, rt.clock.machine(), boot_now())
