"""Dates for many customers at once: who goes on which day, and what that costs.

A transportation problem: customers with minutes, days with technicians who have minutes. The
relaxation is solved by HiGHS and gives a bound that no plan can beat; its answer, which splits
few customers over days, is then packed whole into technicians' days. What cannot be kept is put
where it costs least. The plan is never worse than the one that takes the best free day for one
customer after the other, and its distance from the bound is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from campaigns.rules.packing import Days, mend, place_in_turn
from campaigns.rules.relaxing import relaxed

# Points. A customer without a date costs more than any day could.
UNPLACED = 10_000.0
CHANGED = 30.0  # another day than the one proposed before
UNLIKED = 100.0  # a weekday or an eve that the playbook avoids
LATER = 1.0  # each working day of waiting, for a customer of usual size
CROWDED = 4.0  # each tenth of a day's minutes beyond half of them
GOOD_ENOUGH = 1e-6


@dataclass(frozen=True, slots=True)
class Wisher:
    """A customer without a date. `days` holds what each day that it can have costs, in points;
    `weight` is how much it matters that it has one, 1 for a customer of usual size; `shut` says
    why it can have none, where it has none."""

    key: int
    minutes: int
    weight: float
    days: Mapping[date, float]
    shut: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`cost` is what the plan costs and `bound` what every plan costs at least, in points;
    `in_turn` is the cost of serving one customer after the other. `unplaced` says why."""

    placed: Mapping[int, date]
    unplaced: Mapping[int, str]
    cost: float
    bound: float
    in_turn: float

    @property
    def gap(self) -> float:
        """How far from the best plan it may be at most, as a share of its cost."""
        if self.cost <= GOOD_ENOUGH:
            return 0.0
        return max(0.0, (self.cost - self.bound) / self.cost)

    @property
    def proved(self) -> bool:
        return self.gap <= GOOD_ENOUGH


@dataclass
class _Best:
    """The cheapest complete plan so far."""

    cost: float = float("inf")
    placed: dict[int, date] = field(default_factory=dict)


FULL = "Every day that it can have is full before its last day."
TOO_LARGE = "No technician has as much time on any day as it takes."


def propose(
    wishers: Sequence[Wisher], free: Days, most: Mapping[date, int] | None = None
) -> Proposal:
    """A day for each, where there is one. `free` holds the minutes that each technician has left,
    `most` how many customers a day takes where that is limited.

    Larger weights are served first where not all can be.
    """
    ordered = sorted(wishers, key=lambda one: (-one.weight, -one.minutes, one.key))
    best, most = _Best(), most or {}
    _consider(best, ordered, free, place_in_turn(ordered, free, CROWDED, most))
    greedy = best.cost
    bound, wanted = relaxed(ordered, free, UNPLACED, CROWDED)
    _consider(best, ordered, free, mend(ordered, free, CROWDED, most, best.placed))
    for firm in (0.999, 0.5):
        kept = {key: day for key, (day, share) in wanted.items() if share >= firm}
        _consider(best, ordered, free, mend(ordered, free, CROWDED, most, kept))
    unplaced = {one.key: _why(one, free) for one in ordered if one.key not in best.placed}
    return Proposal(best.placed, unplaced, best.cost, min(bound, best.cost), greedy)


def cost_of(wishers: Sequence[Wisher], free: Days, placed: Mapping[int, date]) -> float:
    """What a plan costs, in points: its days, its crowded days, and who has none."""
    total, used = 0.0, dict.fromkeys(free, 0)
    for one in wishers:
        day = placed.get(one.key)
        if day is None:
            total += UNPLACED * one.weight
            continue
        total += one.days[day]
        used[day] += one.minutes
    return total + sum(crowding(used[day], sum(lanes)) for day, lanes in free.items())


def crowding(used: int, minutes: int) -> float:
    """The points for minutes beyond half of a day's."""
    return max(0.0, used - minutes / 2) / (minutes / 10) * CROWDED if minutes else 0.0


def _consider(best: _Best, wishers: Sequence[Wisher], free: Days, placed: dict[int, date]) -> None:
    cost = cost_of(wishers, free, placed)
    if cost < best.cost:
        best.cost, best.placed = cost, placed


def _why(one: Wisher, free: Days) -> str:
    if not one.days:
        return one.shut or "No day before its last day is open for it."
    most = max((max(lanes, default=0) for lanes in free.values()), default=0)
    return TOO_LARGE if one.minutes > most else FULL
