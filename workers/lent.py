"""The connections that a worker works with, lent to it from the first letter to the last."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from campaigns import contact
from workers.lanes import Fleet, Lane
from workers.outcome import MailSession
from workers.runtime import Runtime


@contextmanager
def lending(rt: Runtime) -> Iterator["Lent"]:
    """Connections for any number of rounds; what is open at the end is closed."""
    lent = Lent(rt)
    try:
        yield lent
    finally:
        lent.give_back()


@dataclass
class Lent:
    """Lent at the first round, opened when they are first used, and kept from round to round.

    A server that greets slowly would else be greeted anew for every few letters.
    """

    rt: Runtime
    _turn: str = ""
    _sessions: list[MailSession] = field(default_factory=list)
    _opened: ExitStack = field(default_factory=ExitStack)

    def fleet(self, over: Callable[[], bool]) -> Fleet:
        """The connections for one round; without any where others have them all."""
        if self._sessions and not self._kept():
            self.give_back()
        if not self._sessions:
            self._take()
        stopped = lambda: self.rt.stopping.is_set() or over()  # noqa: E731 - both are asked by name
        lanes = [Lane(session) for session in self._sessions]
        return Fleet(self._turn, lanes, self.rt.marks, self.rt.mailer.patience, stopped)

    def give_back(self) -> None:
        """Close them, and only then let others have them."""
        self._opened.close()
        taken, self._sessions = bool(self._sessions), []
        if taken and self.rt.limits.lines is not None:
            with self.rt.store.writing() as session:
                contact.give_back_lines(session, self._turn)

    def _take(self) -> None:
        self._turn, count = uuid.uuid4().hex, self.rt.connections
        if self.rt.limits.lines is not None:
            machine = self.rt.clock.machine()
            with self.rt.store.writing() as session:
                count = contact.take_lines(
                    session,
                    self.rt.mailer.server,
                    self.rt.limits,
                    self.rt.connections,
                    self._turn,
                    machine,
                    machine + self._lease,
                )
        mailer = self.rt.mailer
        self._sessions = [self._opened.enter_context(mailer.session()) for _ in range(count)]

    def _kept(self) -> bool:
        """Whether all of them are still ours, where the server counts those of all workers."""
        if self.rt.limits.lines is None:
            return True
        until = self.rt.clock.machine() + self._lease
        with self.rt.store.writing() as session:
            return contact.renew_lines(session, self._turn, until) == len(self._sessions)

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.rt.lease_seconds)
