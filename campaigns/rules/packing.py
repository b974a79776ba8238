"""Whole customers in technicians' days: one after the other, and the mend of a plan that splits.

A customer's work is one technician's: its minutes must fit into what one of them has left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

Days = Mapping[date, Sequence[int]]  # the minutes that each technician has left
# Attempts to make room by moving somebody else; a large hopeless plan ends at them.
ATTEMPTS = 20_000
PASSES = 3


class Wish(Protocol):
    """What is read of a customer here; see `proposing.Wisher`."""

    @property
    def key(self) -> int: ...

    @property
    def minutes(self) -> int: ...

    @property
    def weight(self) -> float: ...

    @property
    def days(self) -> Mapping[date, float]: ...


@dataclass
class Packing:
    """Who is with which technician on which day. `crowded` are the points for each tenth of a
    day's minutes beyond half of them; `most` is how many customers a day takes, where limited."""

    free: Days
    crowded: float
    most: Mapping[date, int] = field(default_factory=dict)
    at: dict[int, tuple[date, int]] = field(default_factory=dict)
    _left: dict[date, list[int]] = field(init=False)
    _with: dict[tuple[date, int], dict[int, Wish]] = field(default_factory=dict)
    _many: dict[date, int] = field(default_factory=dict)
    _attempts: int = 0

    def __post_init__(self) -> None:
        self._left = {day: list(lanes) for day, lanes in self.free.items()}

    def placed(self) -> dict[int, date]:
        return {key: day for key, (day, _) in self.at.items()}

    def put(self, one: Wish, day: date) -> bool:
        """With the technician whose minutes fit best; False where none has enough."""
        if not self._has_place(day):
            return False
        left = self._left.get(day, [])
        fitting = [(have, lane) for lane, have in enumerate(left) if have >= one.minutes]
        if not fitting:
            return False
        lane = min(fitting)[1]
        left[lane] -= one.minutes
        self._many[day] = self._many.get(day, 0) + 1
        self.at[one.key] = (day, lane)
        self._with.setdefault((day, lane), {})[one.key] = one
        return True

    def take_out(self, one: Wish) -> date:
        """Its minutes are free again; the day that it had."""
        day, lane = self.at.pop(one.key)
        self._left[day][lane] += one.minutes
        self._many[day] -= 1
        del self._with[day, lane][one.key]
        return day

    def put_cheapest(self, one: Wish, below: float = float("inf")) -> bool:
        """On the day that costs least in all, if that is less than `below` points."""
        found = [
            (price + self._crowding(day, one.minutes), day)
            for day, price in one.days.items()
            if price < below
            and self._has_place(day)
            and max(self._left.get(day, ()), default=0) >= one.minutes
        ]
        cheapest = min(found, default=(below, None))
        return cheapest[0] < below and cheapest[1] is not None and self.put(one, cheapest[1])

    def improve(self, wishers: Sequence[Wish]) -> None:
        """Move one customer at a time to where it costs less, until that helps nobody."""
        for _ in range(PASSES):
            moved = 0
            for one in wishers:
                if one.key in self.at:
                    day = self.take_out(one)
                    now = one.days[day] + self._crowding(day, one.minutes)
                    moved += self.put_cheapest(one, now - 1e-9) or not self.put(one, day)
            if not moved:
                return

    def make_room(self, one: Wish) -> bool:
        """Move somebody else out of the way, where that one has another day."""
        for day in sorted(one.days, key=one.days.__getitem__):
            for lane, have in enumerate(self._left.get(day, ())):
                for other in list(self._with.get((day, lane), {}).values()):
                    if have + other.minutes < one.minutes:
                        continue
                    self._attempts += 1
                    if self._attempts > ATTEMPTS:
                        return False
                    if self._give_way(other, one, day):
                        return True
        return False

    def _give_way(self, other: Wish, one: Wish, day: date) -> bool:
        self.take_out(other)
        if self.put(one, day) and self.put_cheapest(other):
            return True
        if one.key in self.at:
            self.take_out(one)
        self.put(other, day)
        return False

    def _has_place(self, day: date) -> bool:
        return day not in self.most or self._many.get(day, 0) < self.most[day]

    def _crowding(self, day: date, more: int) -> float:
        """What `more` minutes add to the points of a day."""
        minutes = sum(self.free[day])
        used = minutes - sum(self._left[day])
        over = max(0.0, used + more - minutes / 2) - max(0.0, used - minutes / 2)
        return over / (minutes / 10) * self.crowded


def place_in_turn(
    wishers: Sequence[Wish], free: Days, crowded: float, most: Mapping[date, int]
) -> dict[int, date]:
    """Each on the day that costs least when its turn comes: what one would do by hand."""
    packing = Packing(free, crowded, most)
    for one in wishers:
        packing.put_cheapest(one)
    return packing.placed()


def mend(
    wishers: Sequence[Wish],
    free: Days,
    crowded: float,
    most: Mapping[date, int],
    wanted: Mapping[int, date],
) -> dict[int, date]:
    """The wanted days as far as they have room, larger ones first; the others where they fit."""
    packing = Packing(free, crowded, most)
    for one in sorted(wishers, key=lambda one: (-one.minutes, one.key)):
        if one.key in wanted:
            packing.put(one, wanted[one.key])
    for one in wishers:
        if one.key not in packing.at:
            packing.put_cheapest(one) or packing.make_room(one)
    packing.improve(wishers)
    for one in wishers:
        if one.key not in packing.at:
            packing.put_cheapest(one) or packing.make_room(one)
    return packing.placed()
