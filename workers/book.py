"""The courier's book: marks ahead of the letters, outcomes behind them, in shared commits.

Settling one letter and marking the next is one commit, and whatever the other connections have
to write at that moment goes with it. A letter is marked before its final dot and never after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError

from campaigns import contact
from campaigns.contact import Claim, Settlement
from workers.compose import Composed
from workers.outcome import Outcome
from workers.runtime import Runtime
from workers.tally import Tally
from workers.wire import tidy

STATES = {
    "accepted": "sent",
    "later": "due",
    "host_down": "due",
    "refused": "failed",
    "uncertain": "uncertain",
    "aborted": "due",
}
# Nothing was tried: the letter is due again at once and no attempt is counted.
UNTRIED = ("aborted", "host_down")
# Seconds between attempts at a commit while the database is away; less than a lease in all.
PATIENCE = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
# A mark that is older is asked for again before the letter goes.
FRESH = timedelta(seconds=2)
NOT_BEGUN = Outcome("aborted", None, "The connection ended before this letter's turn.")
log = structlog.get_logger("courier")


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed letter, written and ready for a connection."""

    claim: Claim
    composed: Composed

    @property
    def id(self) -> int:
        return self.claim.delivery.id


@dataclass
class Book:
    """What one batch of claims still has to say to the database.

    Every write is guarded by the claim's token and may be repeated, so a commit whose answer
    was lost is simply made again. `turn` is the worker's name on the connections it was lent.
    """

    rt: Runtime
    moment: datetime
    token: str
    turn: str
    tally: Tally
    open: set[int]  # ids of the claimed letters whose outcome is not known yet
    taken: int = 0  # letters that the server took
    untried: int = 0  # letters that were not even begun, or stopped before the server had them
    _behind: list[tuple[Claim, Outcome]] = field(default_factory=list)
    _marked: dict[int, datetime] = field(default_factory=dict)
    _renewed: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._renewed = self.rt.clock.machine()

    @property
    def now(self) -> datetime:
        """A real clock goes on during a batch; a driven one stands."""
        return self.moment if self.rt.clock.speed is not None else self.rt.clock.now()

    @property
    def unwritten(self) -> bool:
        return bool(self._behind)

    def may_go(self, letter: Letter) -> bool:
        """Marked: the final dot may follow."""
        return letter.id in self._marked

    def fresh(self, letter: Letter) -> bool:
        """Marked so lately that a hold or a new date cannot have come long before."""
        return self.may_go(letter) and self.rt.clock.machine() - self._marked[letter.id] <= FRESH

    def note(self, claim: Claim, outcome: Outcome) -> None:
        """What became of a letter; written with the next commit."""
        self.taken += outcome.kind == "accepted"
        self.untried += outcome.kind in UNTRIED
        self.open.discard(claim.delivery.id)
        self._marked.pop(claim.delivery.id, None)
        self._behind.append((claim, outcome))

    def write(self, ahead: Sequence[Letter] = ()) -> None:
        """Settle what is known, and mark the letters `ahead`; `may_go` then knows which."""
        machine = self.rt.clock.machine()
        for wait in (*PATIENCE, None):
            try:
                ours, marked = self._enter(ahead, machine)
                break
            except IntegrityError:
                # The database was put back to a time before the letter was kept.
                self.rt.pinned.clear()
                self.rt.worded.clear()
                raise
            except (OperationalError, InterfaceError, InternalError):
                if wait is None or self.rt.stopping.wait(wait):
                    raise
                log.warning("database_away", unwritten=len(self._behind))
                machine = self.rt.clock.machine()
        self._renewed = machine if self._old(machine) else self._renewed
        for letter in ahead:
            self._marked.pop(letter.id, None)
        self._marked.update((letter.id, machine) for letter in marked)
        behind, self._behind = self._behind, []
        for claim, outcome in behind:
            self._count(claim, outcome, claim.delivery.id in ours)

    def keep(self) -> None:
        """Renew the leases where they grow old: the courier is at work, however slow the server."""
        if self._old(self.rt.clock.machine()):
            self.write()

    def not_begun(self, letters: Iterable[Letter]) -> None:
        """Letters that were marked ahead but no connection began: they are due again."""
        for letter in letters:
            if self.may_go(letter):
                self.note(letter.claim, NOT_BEGUN)

    def close(self, why: str) -> None:
        """Write the rest; letters that were never marked are due again."""
        if self._behind:
            self.write()
        if not self.open:
            return
        self.untried += len(self.open)
        with self.rt.store.writing() as session:
            contact.hand_back(session, self.token, why)

    def _old(self, machine: datetime) -> bool:
        return machine - self._renewed > self._lease / 4

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.rt.lease_seconds)

    def _enter(self, ahead: Sequence[Letter], machine: datetime) -> tuple[set[int], list[Letter]]:
        if self._old(machine):
            self._renew(machine)
        settlements = [_settlement(claim, outcome) for claim, outcome in self._behind]
        known = [one for one in settlements if one.state != "due"]
        # Before the marks: a crash between the two would leave two letters of one connection
        # marked, and both uncertain.
        ours = self._settle([one for one in settlements if one.state == "due"])
        with self.rt.store.at_once() as session:
            settled, may = contact.settle_and_mark(
                session,
                self.token,
                known,
                [(letter.claim, letter.composed.written) for letter in ahead],
                now=self.now,
                machine=machine,
                lease=self._lease,
            )
        ours |= settled | self._settle(
            [one for one in known if one.claim.delivery.id not in settled]
        )
        return ours, [letter for letter in ahead if letter.id in may]

    def _settle(self, settlements: Sequence[Settlement]) -> set[int]:
        if not settlements:
            return set()
        with self.rt.store.writing() as session:
            return contact.settle(session, self.token, settlements, self.now)

    def _renew(self, machine: datetime) -> None:
        with self.rt.store.writing() as session:
            contact.renew(session, self.token, machine + self._lease)
            if self.rt.limits.lines is not None:
                contact.renew_lines(session, self.turn, machine + self._lease)

    def _count(self, claim: Claim, outcome: Outcome, ours: bool) -> None:
        state = STATES[outcome.kind]
        if ours:
            self.tally.sent += state == "sent"
            self.tally.failed += state == "failed"
            self.tally.uncertain += state == "uncertain"
            self.tally.later += state == "due"
        if self.rt.rehearsal:
            return
        log.info(
            "letter",
            delivery=claim.delivery.public_id,
            step=claim.step.key,
            state=state if ours else "lost_claim",
            code=outcome.code,
            attempt=claim.delivery.attempt + 1,
        )


def _settlement(claim: Claim, outcome: Outcome) -> Settlement:
    state = STATES[outcome.kind]
    return Settlement(
        claim,
        state,
        reply=tidy(f"{outcome.code or ''} {outcome.reply}"),
        reason=None if state == "sent" else tidy(outcome.reply),
        at_once=outcome.kind in UNTRIED,
    )
