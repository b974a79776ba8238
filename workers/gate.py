"""The one question before anything is sent: may this installation send, now and from here?"""

from collections.abc import Callable

import structlog

from campaigns import arming, contact
from campaigns.journal import Actor
from campaigns.pulse import oldest_due
from campaigns.rules.arming import Boot, Kept, Refusal, Seen, refusal
from workers.place import boot_now, clock_of, place_of
from workers.runtime import Runtime
from workers.sealing import put_seal, seal_beside

log = structlog.get_logger("gate")
Booted = Callable[[], Boot | None]


def may_send(rt: Runtime, boot: Booted = boot_now) -> str | None:
    """None: it may. Else the sentence that says why not, for the log and the board.

    A reason that must outlast this process is kept; the first sweep of all is trusted.
    """
    kept, seen = _look(rt, boot)
    found = refusal(kept, seen)
    if found is not None:
        if found.lasting and kept.held_why is None:
            _hold(rt, found)
        return found.why
    if kept.seal is None:
        with rt.store.writing() as session:
            arming.trust(session, seen.place, rt.clock.machine())
            kept = arming.kept(session)
    if seen.seal is None and kept.seal is not None:
        put_seal(rt, kept.seal)
    return None


def refused(rt: Runtime, boot: Booted = boot_now) -> Refusal | None:
    """Why nothing may be sent; changes nothing."""
    return refusal(*_look(rt, boot))


def arm(rt: Runtime, who: Actor, boot: Booted = boot_now) -> None:
    """Somebody confirms that this installation sends. Raises Conflict where that is no help."""
    kept, seen = _look(rt, boot)
    with rt.store.writing() as session:
        seal = arming.arm(
            session,
            refusal(kept, seen),
            place=seen.place,
            beside=seen.seal,
            who=who,
            now=rt.clock.now(),
            machine=rt.clock.machine(),
        )
    put_seal(rt, seal)


def note_round(rt: Runtime) -> None:
    """Before a sweep that may hand letters over: the folder learns that they leave."""
    now, machine = rt.clock.now(), rt.clock.machine()
    with rt.store.reading() as session:
        idle = oldest_due(session, now) is None
        if idle or contact.resting_until(session, rt.mailer.server, machine):
            return
    with rt.store.writing() as session:
        seal = arming.begin_round(session)
    if seal is not None:
        put_seal(rt, seal)


def _look(rt: Runtime, boot: Booted) -> tuple[Kept, Seen]:
    with rt.store.reading() as session:
        kept = arming.kept(session)
        real = rt.clock.speed is None
        seen = Seen(
            place=place_of(rt, session),
            seal=seal_beside(rt),
            clock=rt.clock.machine() if real else None,
            database_now=clock_of(rt, session) if real else None,
            boot=boot() if real else None,
        )
    return kept, seen


def _hold(rt: Runtime, found: Refusal) -> None:
    with rt.store.writing() as session:
        arming.hold(session, found.why, rt.clock.now())
    log.error("sending_held", code=found.code, why=found.why)
