"""The courier: has opened what is due, claims letters, hands them over, settles.

Network stands between transactions: claim (commit), compose, talk to the server,
mark (commit) just before the final dot, settle (commit).
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from campaigns import briefing, contact, waiting
from campaigns.contact import Claim
from guides.errors import GuideError
from workers.book import Book, Letter
from workers.compose import compose
from workers.lanes import Fleet
from workers.lent import Lent, lending
from workers.opening import batched, open_due, round_over
from workers.outcome import Outcome
from workers.runtime import Runtime
from workers.tally import Tally
from workers.wording import keep_wordings, stated

BATCH = 200
log = structlog.get_logger("courier")


def sweep(rt: Runtime, now: datetime, lent: Lent) -> Tally:
    """Everything that is due at `now`: open touches, then hand over their letters."""
    _follow_waves(rt, now)
    tally = open_due(rt, now)
    unopened = tally.more
    tally.add(deliver(rt, now, lent))
    tally.more |= unopened
    return tally


def run_until(
    rt: Runtime, since: datetime, until: datetime, at: Callable[[datetime], None], lent: Lent
) -> Tally:
    """Sweep at every instant in (since, until] at which something falls due, in order.

    For a driven clock: `at` is told each instant before its sweep. Ends with a sweep at
    `until` itself.
    """
    tally = Tally()
    moment: datetime | None = since
    while moment is not None and not rt.stopping.is_set():
        with rt.store.reading() as session:
            ahead = (contact.next_due, waiting.next_opening)
            moments = [found for ask in ahead if (found := ask(session, moment, until))]
            moment = min(moments, default=None)
        if moment is not None:
            at(moment)
            tally.add(sweep(rt, moment, lent))
    if not rt.stopping.is_set():
        at(until)
        tally.add(sweep(rt, until, lent))
    return tally


def _follow_waves(rt: Runtime, now: datetime) -> None:
    """Whose wave has opened is asked for a date from now on."""
    with rt.store.reading() as session:
        somebody = waiting.anybody_waits(session)
    if somebody:
        with rt.store.writing() as session:
            waiting.go_on(session, now)


def deliver(rt: Runtime, now: datetime, lent: Lent | None = None) -> Tally:
    """Claim and hand over until nothing is due any more, the mail server is away, or the round is
    over; over the connections that were `lent`, or some of its own."""
    if lent is None:
        with lending(rt) as own:
            return deliver(rt, now, own)
    tally, over = Tally(), round_over(rt)
    fleet = lent.fleet(over)
    while fleet.lanes and fleet.down is None and not rt.stopping.is_set():
        moment = now if rt.clock.speed is not None else rt.clock.now()
        found = _batch(rt, fleet, moment, tally)
        tally.more = found > 0 and over()
        if tally.more or found < BATCH:
            break
    return tally


def _batch(rt: Runtime, fleet: Fleet, now: datetime, tally: Tally) -> int:
    """Claim and hand over as many letters as one batch holds; how many were found."""
    token, machine = uuid.uuid4().hex, rt.clock.machine()
    taken = _claim(rt, now, machine, token)
    if taken.claims:
        ids = {claim.delivery.id for claim in taken.claims}
        book = Book(rt, now, token, fleet.turn, tally, ids)
        try:
            _hand_over(rt, fleet, taken.claims, now, book)
        finally:
            _after(rt, fleet, book, machine)
    if touches := {claim.touch.id for claim in taken.claims} | taken.touched:
        seal_through(rt, now, touches)
    return len(taken.ids)


def _claim(rt: Runtime, now: datetime, machine: datetime, token: str) -> contact.Taken:
    """One batch, as large as the server's limits leave room for; none while it rests."""
    with rt.store.writing() as session:
        if contact.resting_until(session, rt.mailer.server, machine):
            return contact.Taken()
        room = contact.reserve(session, rt.mailer.server, rt.limits, BATCH, machine)
        taken = contact.claim_due(
            session,
            now=now,
            machine=machine,
            lease=timedelta(seconds=rt.lease_seconds),
            token=token,
            limit=room,
        )
        unused = room - len(taken.claims)
        contact.release(session, rt.mailer.server, rt.limits, unused, machine)
    return taken


def _after(rt: Runtime, fleet: Fleet, book: Book, reserved: datetime) -> None:
    """What the server has shown: it took letters, or it is away; room that was not used."""
    server = rt.mailer.server
    if not (book.taken or book.untried or fleet.down):
        return
    with rt.store.writing() as session:
        contact.release(session, server, rt.limits, book.untried, reserved)
        if book.taken:
            contact.recovered(session, server)
        if fleet.down is not None:
            reply = f"{fleet.down.code or ''} {fleet.down.reply}".strip()
            contact.rest(session, server, reply, rt.clock.machine())


def seal_through(rt: Runtime, now: datetime, among: Collection[int] | None = None) -> None:
    """Close the touches that have nothing left to send, each in a transaction of its own."""
    with rt.store.reading() as session:
        ids = contact.through(session, among)
    for several in batched(ids, rt.touches):
        with rt.store.writing() as session:
            contact.seal(session, several, now)


def _hand_over(
    rt: Runtime, fleet: Fleet, claims: Sequence[Claim], now: datetime, book: Book
) -> None:
    """One batch; what is left of it when we cannot, or may not, go on is handed back."""
    try:
        keep_wordings(rt, claims, now)
        with rt.store.reading() as session:
            facts = briefing.brief(
                session,
                claims,
                partial(stated, rt),
                now=now,
                provider=rt.provider,
                links=rt.links,
                day_minutes=rt.day_minutes,
            )
        fleet.work(_written(rt, claims, facts, now, book), book)
    finally:
        book.close(_why_left(rt, fleet))


def _why_left(rt: Runtime, fleet: Fleet) -> str:
    if fleet.down:
        return "the mail server is away"
    return "the program was stopped" if rt.stopping.is_set() else "its turn had not come"


def _written(
    rt: Runtime,
    claims: Sequence[Claim],
    facts: Mapping[int, dict[str, str]],
    now: datetime,
    book: Book,
) -> Iterator[Letter]:
    for claim in claims:
        try:
            composed = compose(rt, claim, facts[claim.delivery.id], now)
        except (GuideError, ValueError) as error:
            why = f"The letter could not be written: {error}"
            book.note(claim, Outcome("refused", None, why))
        except Exception as error:  # one letter's trouble must not keep the others
            log.exception("letter_failed", delivery=claim.delivery.public_id)
            why = f"The letter could not be written ({type(error).__name__}); the log says more."
            book.note(claim, Outcome("later", None, why))
        else:
            yield Letter(claim, composed)
