"""Whether the customers without a date can still have one before the vendor's date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campaigns.rules.calendar import DAY
from campaigns.rules.days import long_day


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

    @property
    def sentence(self) -> str:
        """For the campaign's page, such as `61 undecided, 4 a day: ...`."""
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
            "sentence": self.sentence,
        }


def foresee(
    undecided: Sequence[int],
    free: Sequence[tuple[date, Sequence[int]]],
    enforced_on: date | None,
) -> Outlook:
    """From the minutes that each undecided customer takes, and the minutes that each technician
    has left on each day that can be had, in order. The days end with the last that is offered."""
    most = max((len(lanes) for _, lanes in free), default=0)
    usual = sum(undecided) / len(undecided) if undecided else 0.0
    whole = max((minutes for _, lanes in free for minutes in lanes), default=0)
    a_day = most * (whole // usual) if usual else 0.0
    through, left = _through(undecided, free)
    hopeless = None
    if undecided and through is not None:
        hopeless = _hopeless(undecided, free)
    last = free[-1][0] if free else None
    return Outlook(len(undecided), a_day, through, left, last, enforced_on, hopeless)


def _through(
    undecided: Sequence[int], free: Sequence[tuple[date, Sequence[int]]]
) -> tuple[date | None, int]:
    """The day on which the last is done, larger ones first; and how many are not."""
    waiting = sorted(undecided, reverse=True)
    day: date | None = None
    for day, lanes in free:
        left = sorted(lanes, reverse=True)
        rest = []
        for minutes in waiting:
            place = next((n for n, have in enumerate(left) if have >= minutes), None)
            if place is None:
                rest.append(minutes)
            else:
                left[place] -= minutes
        waiting = rest
        if not waiting:
            return day, 0
    return None, len(waiting)


def _hopeless(undecided: Sequence[int], free: Sequence[tuple[date, Sequence[int]]]) -> date | None:
    """The day after the last on which one may still begin."""
    good, bad = 0, len(free)
    while bad - good > 1:
        middle = (good + bad) // 2
        if _through(undecided, free[middle:])[0] is None:
            bad = middle
        else:
            good = middle
    return free[good][0] + DAY


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 1 else "less than 1"
