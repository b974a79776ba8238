"""A long rehearsal on a page, told while it runs: month after month, then what lies ahead."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from queue import SimpleQueue

import structlog

from campaigns.errors import Conflict
from workers.rehearse import Rehearsal

MONTHS, RESULT = "<!-- months -->", "<!-- result -->"  # where the page is cut
FAILED = "<p>The rehearsal failed. The log of the web server says why.</p>"
log = structlog.get_logger("rehearsal")


class _Gone(Exception):
    """Nobody reads the page any more."""


class Running:
    """A rehearsal in a thread of its own. `months` ends when it does, and `end` says how."""

    def __init__(self, play: Callable[[Callable[[datetime], None]], Rehearsal]) -> None:
        self._play, self._gone = play, threading.Event()
        self._told: SimpleQueue[str | None] = SimpleQueue()
        self._last = ""
        self._found: Rehearsal | None = None
        self._refused: Conflict | None = None
        threading.Thread(target=self._work, name="rehearsal", daemon=True).start()

    def months(self) -> Iterator[str]:
        """Each month that it has played to its end."""
        while (month := self._told.get()) is not None:
            yield month

    def end(self) -> Rehearsal | None:
        """What was found; None where it failed. Raises Conflict where it could not start."""
        if self._refused is not None:
            raise self._refused
        return self._found

    def leave(self) -> None:
        """It ends at its next step."""
        self._gone.set()

    def _work(self) -> None:
        try:
            self._found = self._play(self._tell)
        except Conflict as refused:
            self._refused = refused
        except _Gone:
            log.info("rehearsal_left")
        except Exception:  # the page says that it failed
            log.exception("rehearsal_failed")
        finally:
            self._told.put(None)

    def _tell(self, moment: datetime) -> None:
        if self._gone.is_set():
            raise _Gone
        month = f"{moment:%B %Y}"
        if month != self._last:
            if self._last:
                self._told.put(self._last)
            self._last = month


def page(
    running: Running,
    frame: str,
    result: Callable[[Rehearsal], str],
    refusal: Callable[[Conflict], str],
) -> Iterator[str]:
    """The frame of the page, the months as they come, and the result in its place."""
    before, rest = frame.split(MONTHS, 1)
    between, after = rest.split(RESULT, 1)
    try:
        yield before
        for month in running.months():
            yield f"<span>{month}</span> "
        yield between
        try:
            found = running.end()
            yield FAILED if found is None else result(found)
        except Conflict as refused:
            yield refusal(refused)
        yield after
    finally:
        running.leave()
