"""Several connections to one mail server, worked in turn by one thread.

While one server process thinks, the others are served; letters that are ready for their final
dot at the same moment are marked in one commit.
"""

import select
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from workers.book import Book, Letter
from workers.outcome import MailSession, Outcome, Pause, Steps

# Outcomes wait this long for company before they are written by themselves.
COMPANY_MS = 2


@dataclass
class Lane:
    """One connection, the letter that is on it, and those that follow it there."""

    session: MailSession
    ahead: deque[Letter] = field(default_factory=deque)
    letter: Letter | None = None
    pause: Pause | None = None
    _steps: Steps | None = None

    def take_next(self) -> Outcome | None:
        """Start with the next letter; the outcome, where one is known at once."""
        self.letter = self.ahead.popleft()
        self._steps = steps = self.session.steps(self.letter.composed.envelope)
        return self._advance(lambda: next(steps))

    def go_on(self, answer: bool) -> Outcome | None:
        steps = self._steps
        assert steps is not None
        return self._advance(lambda: steps.send(answer))

    def give_up_waiting(self) -> Outcome | None:
        steps = self._steps
        assert steps is not None
        return self._advance(lambda: steps.throw(TimeoutError("no reply in time")))

    def abandon(self) -> None:
        """Leave the letter where it stands; its connection is closed without a word."""
        if self._steps is not None:
            self._steps.close()

    def _advance(self, step: Callable[[], Pause]) -> Outcome | None:
        try:
            self.pause = step()
        except StopIteration as end:
            self.pause = self._steps = None
            outcome: Outcome = end.value
            return outcome
        return None


@dataclass
class Fleet:
    """The connections of one worker, lent to it for this `turn`.

    `group` letters are marked ahead on each; `patience` is the longest wait for a reply, in
    seconds.
    """

    turn: str
    lanes: Sequence[Lane]
    group: int
    patience: float
    stopped: Callable[[], bool]
    down: Outcome | None = None

    def work(self, letters: Iterator[Letter], book: Book) -> None:
        """Hand the letters over; ends early, with `down` set, where the server is away."""
        try:
            while self._busy(letters, book):
                wanting = [lane for lane in self.lanes if lane.pause is Pause.MARK]
                if wanting:
                    self._mark(wanting, book)
                else:
                    self._listen(book)
        finally:
            for lane in self.lanes:
                lane.abandon()
                book.not_begun(lane.ahead)
                lane.ahead.clear()

    def _busy(self, letters: Iterator[Letter], book: Book) -> bool:
        """Give every free connection a letter; False when no connection has one any more."""
        for lane in self.lanes:
            while lane.pause is None and self._next(lane, letters):
                self._note(lane, lane.take_next(), book)
        return any(lane.pause is not None for lane in self.lanes)

    def _next(self, lane: Lane, letters: Iterator[Letter]) -> bool:
        if self.down is not None or self.stopped():
            return False
        if not lane.ahead:
            lane.ahead.extend(islice(letters, self.group))
        return bool(lane.ahead)

    def _mark(self, wanting: Sequence[Lane], book: Book) -> None:
        first = [lane.letter for lane in wanting if lane.letter and not book.may_go(lane.letter)]
        if first:
            asking = {letter.id for letter in first}
            rest = [
                letter
                for lane in wanting
                if lane.letter and lane.letter.id in asking
                for letter in lane.ahead
            ]
            book.write([*first, *rest])
        for lane in wanting:
            assert lane.letter is not None
            self._note(lane, lane.go_on(book.may_go(lane.letter)), book)

    def _listen(self, book: Book) -> None:
        """Wait for replies; meanwhile nothing that is known stays unwritten for long."""
        waiting = [lane for lane in self.lanes if lane.pause is Pause.REPLY]
        ready = _ready(waiting, COMPANY_MS if book.unwritten else int(self.patience * 1000))
        if ready:
            for lane in ready:
                self._note(lane, lane.go_on(True), book)
        elif book.unwritten:
            book.write()
        else:
            for lane in waiting:
                self._note(lane, lane.give_up_waiting(), book)

    def _note(self, lane: Lane, outcome: Outcome | None, book: Book) -> None:
        if outcome is None:
            return
        assert lane.letter is not None
        book.note(lane.letter.claim, outcome)
        lane.letter = None
        if outcome.kind == "host_down":
            self.down = outcome


def _ready(lanes: Sequence[Lane], milliseconds: int) -> list[Lane]:
    """The connections that can be read; one that is lost counts, reading it tells."""
    poll, watched = select.poll(), {}
    for lane in lanes:
        connection = lane.session.watched()
        if connection is None or connection.fileno() < 0 or _decrypted(connection):
            return [lane]
        watched[connection.fileno()] = lane
        poll.register(connection, select.POLLIN)
    return [watched[number] for number, _ in poll.poll(milliseconds)]


def _decrypted(connection: object) -> bool:
    """Whether TLS has read more than was asked for, which a poll would not see."""
    pending = getattr(connection, "pending", None)
    return bool(pending and pending())
