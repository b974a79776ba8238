"""Several connections to one mail server, worked in turn by one thread.

While one server process thinks, the others are served; letters that are ready for their final
dot at the same moment are marked in one commit.
"""

import select
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from time import monotonic

from workers.book import Book, Letter
from workers.outcome import MailSession, Outcome, Pause, Steps

# Outcomes wait this long for company before they are written by themselves.
COMPANY_MS = 10
# Seconds after which a worker that waits looks whether its leases grow old.
LOOK_UP = 2.0
# Marks wait at most so many rounds for others that are being answered.
ROUNDS = 8
# So many refusals, and nothing taken: it is us whom the server does not want.
IN_A_ROW = 5


@dataclass
class Lane:
    """One connection, the letter that is on it, and those that follow it there.

    Those `ahead` are marked together with it; the one `after` them is not.
    """

    session: MailSession
    ahead: deque[Letter] = field(default_factory=deque)
    after: Letter | None = None
    letter: Letter | None = None
    pause: Pause | None = None
    since: float = 0.0  # when the wait for a reply began
    retired: bool = False
    promised: bool = False  # the next letter was announced with the end of the last one
    _steps: Steps | None = None

    def take_next(self) -> Outcome | None:
        """Start with the next letter; the outcome, where one is known at once."""
        self.letter, self.promised = self.ahead.popleft(), False
        self._steps = steps = self.session.steps(self.letter.composed.envelope)
        return self._advance(lambda: next(steps))

    def go_on(self, answer: bool) -> Outcome | None:
        steps = self._steps
        assert steps is not None
        return self._advance(lambda: steps.send(answer))

    def end_letter(self, may_go: bool, last: bool) -> Outcome | None:
        """Go on from the mark; unless it is the `last`, the next letter is announced with it."""
        following = self.ahead[0] if self.ahead else self.after
        self.promised = may_go and not last and following is not None
        self.session.follow(following.composed.envelope if self.promised and following else None)
        return self.go_on(may_go)

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
            self.pause, self.since = step(), monotonic()
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
    _refused: int = 0  # letters in a row

    def work(self, letters: Iterator[Letter], book: Book) -> None:
        """Hand the letters over; ends early, with `down` set, where the server is away."""
        try:
            rounds = 0
            while self._busy(letters, book):
                wanting = [lane for lane in self.lanes if lane.pause is Pause.MARK]
                if not wanting:
                    self._listen(book)
                # Who has been answered meanwhile is heard first: their marks share a commit.
                elif rounds < ROUNDS and self._hear(0, book):
                    rounds += 1
                else:
                    rounds = 0
                    self._look_ahead(wanting, letters)
                    self._mark(wanting, book)
        finally:
            for lane in self.lanes:
                lane.abandon()
                book.not_begun(lane.ahead)
                lane.ahead.clear()
                lane.after = None

    def _busy(self, letters: Iterator[Letter], book: Book) -> bool:
        """Give every free connection a letter; False when no connection has one any more."""
        for lane in self.lanes:
            while lane.pause is None and not lane.retired and self._next(lane, letters):
                book.keep()
                self._note(lane, lane.take_next(), book)
        return any(lane.pause is not None for lane in self.lanes)

    def _next(self, lane: Lane, letters: Iterator[Letter]) -> bool:
        # A letter that was announced is sent: the connection is of no use for any other.
        if self._ending() and not (lane.promised and self.down is None):
            return False
        if not lane.ahead:
            first = [lane.after] if lane.after else []
            lane.after = None
            lane.ahead.extend(islice(chain(first, letters), self.group))
        return bool(lane.ahead)

    def _look_ahead(self, lanes: Sequence[Lane], letters: Iterator[Letter]) -> None:
        """Write the letters that follow, so that the end of each can announce the next."""
        for lane in lanes:
            if not lane.ahead and lane.after is None and not self._ending():
                lane.after = next(letters, None)

    def _ending(self) -> bool:
        return self.down is not None or self.stopped()

    def _mark(self, wanting: Sequence[Lane], book: Book) -> None:
        first = [lane.letter for lane in wanting if lane.letter and not book.fresh(lane.letter)]
        if first:
            asking = {letter.id for letter in first}
            rest = [
                letter
                for lane in wanting
                if lane.letter and lane.letter.id in asking
                for letter in lane.ahead
            ]
            book.write([*first, *rest])
        last = self._ending()
        for lane in wanting:
            assert lane.letter is not None
            self._note(lane, lane.end_letter(book.may_go(lane.letter), last), book)

    def _listen(self, book: Book) -> None:
        """Wait for replies; meanwhile nothing that is known stays unwritten for long."""
        waiting = self._waiting()
        left = min(lane.since for lane in waiting) + self.patience - monotonic()
        wait = COMPANY_MS if book.unwritten else int(1000 * min(max(left, 0), LOOK_UP))
        if not self._hear(wait, book) and book.unwritten:
            book.write()
        self._give_up_on_the_silent(book)
        book.keep()

    def _give_up_on_the_silent(self, book: Book) -> None:
        late = [lane for lane in self._waiting() if monotonic() - lane.since > self.patience]
        # We may have been the slow ones: an answer that has come meanwhile is an answer.
        heard = _ready(late, 0) if late else []
        for lane in late:
            if lane not in heard:
                self._note(lane, lane.give_up_waiting(), book)

    def _hear(self, milliseconds: int, book: Book) -> bool:
        """Go on with every connection that was answered; False where none was."""
        waiting = self._waiting()
        ready = _ready(waiting, milliseconds) if waiting else []
        for lane in ready:
            self._note(lane, lane.go_on(True), book)
        return bool(ready)

    def _waiting(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.pause is Pause.REPLY]

    def _note(self, lane: Lane, outcome: Outcome | None, book: Book) -> None:
        if outcome is None:
            return
        assert lane.letter is not None
        book.note(lane.letter.claim, outcome)
        lane.letter = None
        self._refused = self._refused + 1 if outcome.kind == "refused" else 0
        if outcome.kind == "host_down":
            self._lose(lane, outcome, book)
        elif self._refused >= IN_A_ROW and not book.taken:
            self.down = outcome

    def _lose(self, lane: Lane, outcome: Outcome, book: Book) -> None:
        """A server that allows fewer connections is not away: the others go on."""
        others = [one for one in self.lanes if one is not lane and not one.retired]
        if not any(one.session.watched() is not None for one in others):
            self.down = outcome
            return
        lane.retired = True
        book.not_begun(lane.ahead)
        lane.ahead.clear()


def _ready(lanes: Sequence[Lane], milliseconds: int) -> list[Lane]:
    """The connections that can be read; one that is lost counts, reading it tells."""
    poll, watched, ready = select.poll(), {}, []
    for lane in lanes:
        connection = lane.session.watched()
        if connection is None or connection.fileno() < 0 or _decrypted(connection):
            ready.append(lane)
            continue
        watched[connection.fileno()] = lane
        poll.register(connection, select.POLLIN)
    return ready + [watched[number] for number, _ in poll.poll(0 if ready else milliseconds)]


def _decrypted(connection: object) -> bool:
    """Whether TLS has read more than was asked for, which a poll would not see."""
    pending = getattr(connection, "pending", None)
    return bool(pending and pending())
