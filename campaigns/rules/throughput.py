"""How long a mail server with limits takes: when each big touch is through, and if that is in time.

A server that takes 30 letters a minute needs over two hours for 4,000 people. Letters wait in
one line, in the order in which they fall due.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# A shorter wait than this is nothing that a plan needs to speak of.
WORTH_SAYING = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Load:
    """Letters of one step that fall due at one instant; after `closes` they are useless."""

    at: datetime
    step: str
    letters: int
    closes: datetime


@dataclass(frozen=True, slots=True)
class Passage:
    """When a load is through, and the latest moment at which it could begin instead."""

    load: Load
    through: datetime
    begin_by: datetime

    @property
    def in_time(self) -> bool:
        return self.through <= self.load.closes


def passages(
    loads: Iterable[Load], per_minute: int | None, per_day: int | None
) -> Sequence[Passage]:
    """The loads that wait longer than a quarter of an hour or are not through in time, in order."""
    if per_minute is None and per_day is None:
        return []
    line = _Line(per_minute, per_day)
    found = []
    for load in sorted(loads, key=lambda load: (load.at, load.closes, load.step)):
        through = line.take(load.at, load.letters)
        passage = Passage(load, through, load.closes - (through - load.at))
        if through - load.at > WORTH_SAYING or not passage.in_time:
            found.append(passage)
    return found


class _Line:
    """The server's minutes: how many letters each may still take, this day and this minute."""

    def __init__(self, per_minute: int | None, per_day: int | None) -> None:
        self._minute, self._day = per_minute, per_day
        self._free: datetime | None = None
        self._today: deque[tuple[datetime, int]] = deque()
        self._sum = 0

    def take(self, at: datetime, letters: int) -> datetime:
        """When the last of these letters has left."""
        now = at if self._free is None else max(at, self._free)
        while letters > 0:
            room = self._room(now, letters)
            if room == 0:
                now = self._today[0][0] + DAY
                continue
            letters -= room
            self._today.append((now, room))
            self._sum += room
            now += MINUTE if self._minute is not None else timedelta(0)
        self._free = now
        return now

    def _room(self, now: datetime, letters: int) -> int:
        while self._today and self._today[0][0] <= now - DAY:
            self._sum -= self._today.popleft()[1]
        room = letters if self._minute is None else min(letters, self._minute)
        return room if self._day is None else min(room, self._day - self._sum)
