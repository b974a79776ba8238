"""The courier: opens what is due, claims letters, hands them over, settles.

Network stands between transactions: claim (commit), compose, talk to the server,
mark (commit) just before the final dot, settle (commit).
"""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from campaigns import briefing, contact
from campaigns.contact import Claim
from guides.errors import GuideError
from workers.compose import Composed, compose
from workers.outcome import MailSession, Outcome
from workers.runtime import Runtime

BATCH = 50
TOUCHES = 200
log = structlog.get_logger("courier")

STATES = {
    "accepted": "sent",
    "later": "due",
    "host_down": "due",
    "refused": "failed",
    "uncertain": "uncertain",
    "aborted": "due",
}


@dataclass
class Tally:
    """What one or more sweeps did. `due` counts the letters that were found due."""

    due: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    later: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        self.due += other.due
        self.sent += other.sent
        self.failed += other.failed
        self.uncertain += other.uncertain
        self.later += other.later
        self.skipped.update(other.skipped)


def sweep(rt: Runtime, now: datetime) -> Tally:
    """Everything that is due at `now`: open touches, then hand over their letters."""
    tally = open_due(rt, now)
    tally.add(deliver(rt, now))
    return tally


def run_until(
    rt: Runtime, since: datetime, until: datetime, at: Callable[[datetime], None]
) -> Tally:
    """Sweep at every instant in (since, until] at which something falls due, in order.

    For a driven clock: `at` is told each instant before its sweep. Ends with a sweep at
    `until` itself.
    """
    tally = Tally()
    moment: datetime | None = since
    while moment is not None and not rt.stopping.is_set():
        with rt.store.reading() as session:
            moment = contact.next_due(session, moment, until)
        if moment is not None:
            at(moment)
            tally.add(sweep(rt, moment))
    if not rt.stopping.is_set():
        at(until)
        tally.add(sweep(rt, until))
    return tally


def open_due(rt: Runtime, now: datetime) -> Tally:
    """Open every touch that is due; each in a transaction of its own."""
    tally = Tally()
    while True:
        with rt.store.reading() as session:
            ids = contact.due_touches(session, now, TOUCHES)
        for touch_id in ids:
            if rt.stopping.is_set():
                return tally
            with rt.store.writing() as session:
                opened = contact.open_touch(
                    session,
                    touch_id,
                    now=now,
                    links=rt.links,
                    instance=rt.instance,
                    day_minutes=rt.day_minutes,
                )
            if opened is not None:
                tally.due += opened.due
                tally.skipped.update(opened.skipped)
        if len(ids) < TOUCHES:
            return tally


def deliver(rt: Runtime, now: datetime) -> Tally:
    """Claim and hand over until nothing is due any more."""
    tally = Tally()
    while True:
        claims = [] if rt.stopping.is_set() else _claim(rt, now)
        if not claims:
            return tally
        down = _hand_over(rt, claims, now, tally)
        with rt.store.writing() as session:
            contact.seal(session, {claim.touch.id for claim in claims}, now)
        if down:
            return tally


def _claim(rt: Runtime, now: datetime) -> list[Claim]:
    """Batches until one holds a letter that is wanted, or nothing is due."""
    lease = timedelta(seconds=rt.lease_seconds)
    while True:
        with rt.store.writing() as session:
            taken = contact.claim_due(
                session,
                now=now,
                machine=rt.clock.machine(),
                lease=lease,
                token=uuid.uuid4().hex,
                limit=BATCH,
            )
        if taken.claims or not taken.ids:
            return taken.claims


def _hand_over(rt: Runtime, claims: list[Claim], now: datetime, tally: Tally) -> bool:
    """True where the rest of the batch was given back: the server is down, or we are to stop."""
    with rt.store.reading() as session:
        facts = briefing.brief(
            session,
            claims,
            now=now,
            provider=rt.provider,
            links=rt.links,
            day_minutes=rt.day_minutes,
        )
    with rt.mailer.session() as connection:
        for place, claim in enumerate(claims):
            if rt.stopping.is_set():
                _give_back(rt, claims[place:], now, "the program was stopped")
                return True
            outcome = _one(rt, connection, claim, facts[claim.delivery.id], now)
            _settle(rt, claim, outcome, now, tally)
            if outcome.kind == "host_down":
                _give_back(rt, claims[place + 1 :], now, "the mail server is away")
                return True
    return False


def _one(
    rt: Runtime, connection: MailSession, claim: Claim, facts: dict[str, str], now: datetime
) -> Outcome:
    try:
        composed = compose(rt, claim, facts, now)
    except (GuideError, ValueError) as error:
        return Outcome("refused", None, f"The letter could not be written: {error}")
    _pin(rt, composed, now)
    return connection.send(composed.envelope, lambda: _mark(rt, claim, composed))


def _pin(rt: Runtime, composed: Composed, now: datetime) -> None:
    compiled = composed.compiled
    if compiled.version in rt.pinned:
        return
    with rt.store.writing() as session:
        contact.pin_letter(
            session, compiled.version, compiled.name, compiled.language, compiled.as_dict(), now
        )
    rt.pinned.add(compiled.version)


def _mark(rt: Runtime, claim: Claim, composed: Composed) -> bool:
    with rt.store.writing() as session:
        return contact.mark(
            session,
            claim,
            machine=rt.clock.machine(),
            lease=timedelta(seconds=rt.lease_seconds),
            facts=composed.columns,
        )


def _settle(rt: Runtime, claim: Claim, outcome: Outcome, now: datetime, tally: Tally) -> None:
    state = STATES[outcome.kind]
    reason = None if state == "sent" else outcome.reply[:500]
    with rt.store.writing() as session:
        ours = contact.settle(
            session,
            claim,
            state=state,
            reply=f"{outcome.code or ''} {outcome.reply}".strip(),
            now=now,
            reason=reason,
            at_once=outcome.kind == "aborted",
        )
    if ours:
        tally.sent += state == "sent"
        tally.failed += state == "failed"
        tally.uncertain += state == "uncertain"
        tally.later += state == "due"
    if rt.rehearsal:
        return
    log.info(
        "letter",
        delivery=claim.delivery.public_id,
        step=claim.step.key,
        state=state if ours else "lost_claim",
        code=outcome.code,
        attempt=claim.delivery.attempt + 1,
    )


def _give_back(rt: Runtime, claims: list[Claim], now: datetime, why: str) -> None:
    """Letters that were claimed but not begun are due again, without counting an attempt."""
    with rt.store.writing() as session:
        for claim in claims:
            contact.settle(
                session,
                claim,
                state="due",
                reply="",
                now=now,
                reason=why,
                at_once=True,
            )
