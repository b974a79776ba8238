"""Whether the customers without a date can still have one before the vendor's date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from campaigns.rules.calendar import DAY
from campaigns.rules.days import long_day


class Waiting(NamedTuple):
    """A customer without a date: the minutes that it takes, and the last day that it may have."""

    minutes: int
    last: date = date.max


class FreeDay(NamedTuple):
    """The minutes that each technician has left on a day, and how many customers it may take."""

    day: date
    lanes: Sequence[int]
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """`a_day` is how many customers of usual size a working day takes, `through` the day on which
    the last of the undecided would be done, None where time does not suffice for `left` of them.
    `hopeless_from` is the day from which on it cannot be done any more if nobody decides before.
    """

    undecided: int
    a_day: float
    through: date | None
    left: int
    last: date | None
    enforced_on: date | None
    hopeless_from: date | None
    in_waves: int = 0  # who cannot choose yet, as their wave is not open

    @property
    def sentence(self) -> str:
        """For the campaign's page, such as `61 undecided, 4 a day: ...`."""
        if not self.in_waves:
            return self._in_time
        wait = "waits for its wave" if self.in_waves == 1 else "wait for their wave"
        return f"{self._in_time} {self.in_waves:,} of them {wait}."

    @property
    def _in_time(self) -> str:
        if not self.undecided:
            return "Every customer has a date."
        start = f"{self.undecided:,} undecided, {_number(self.a_day)} a day"
        if self.through is None:
            places = "1 customer has" if self.left == 1 else f"{self.left:,} customers have"
            return f"{start}: there is not enough time, {places} no place before the last day."
        words = f"{start}: the last of them is through on {long_day(self.through)}"
        if self.enforced_on is not None:
            days = (self.enforced_on - self.through).days
            words += f", {days:,} {'day' if days == 1 else 'days'} before enforcement"
        if self.hopeless_from is not None:
            words += f". From {long_day(self.hopeless_from)} on it cannot be done in time"
        return f"{words}."

    def as_json(self) -> dict[str, object]:
        """The field `outlook` of `rollout campaigns show --json`."""
        return {
            "undecided": self.undecided,
            "a_day": self.a_day,
            "through": self.through.isoformat() if self.through else None,
            "left": self.left,
            "last_day": self.last.isoformat() if self.last else None,
            "hopeless_from": self.hopeless_from.isoformat() if self.hopeless_from else None,
            "in_waves": self.in_waves,
            "sentence": self.sentence,
        }


def foresee(
    undecided: Sequence[Waiting], free: Sequence[FreeDay], enforced_on: date | None
) -> Outlook:
    """Whether everybody who waits finds a place on one of the days, which come in their order.

    The days end with the last that is offered.
    """
    usual = sum(one.minutes for one in undecided) / len(undecided) if undecided else 0.0
    a_day = float(max((_many(one, usual) for one in free), default=0)) if usual else 0.0
    through, left = _through(undecided, free)
    hopeless = None
    if undecided and through is not None:
        hopeless = _hopeless(undecided, free)
    last = free[-1].day if free else None
    return Outlook(len(undecided), a_day, through, left, last, enforced_on, hopeless)


def _many(free: FreeDay, usual: float) -> int:
    """How many customers of usual size that day takes."""
    room = sum(int(minutes // usual) for minutes in free.lanes)
    return room if free.most is None else min(room, free.most)


def _through(undecided: Sequence[Waiting], free: Sequence[FreeDay]) -> tuple[date | None, int]:
    """The day on which the last is done, and how many find no place.

    Whoever has less time comes first, and of those the larger.
    """
    waiting = sorted(undecided, key=lambda one: (one.last, -one.minutes))
    without = 0
    for day, lanes, most in free:
        left, taken = sorted(lanes, reverse=True), 0
        rest = []
        for one in waiting:
            if one.last < day:
                without += 1
                continue
            full = most is not None and taken >= most
            place = None if full else _place(left, one.minutes)
            if place is None:
                rest.append(one)
            else:
                left[place] -= one.minutes
                taken += 1
        waiting = rest
        if not waiting:
            return (None if without else day), without
    return None, without + len(waiting)


def _place(left: Sequence[int], minutes: int) -> int | None:
    return next((place for place, have in enumerate(left) if have >= minutes), None)


def _hopeless(undecided: Sequence[Waiting], free: Sequence[FreeDay]) -> date | None:
    """The day after the last on which one may still begin."""
    good, bad = 0, len(free)
    while bad - good > 1:
        middle = (good + bad) // 2
        if _through(undecided, free[middle:])[0] is None:
            bad = middle
        else:
            good = middle
    return free[good].day + DAY


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1 else "less than 1"
