"""Same work, alternating A B A B: the medians, and the median of the ratios within each round."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass
class Rounds(Generic[T]):
    """What each contender did, round by round."""

    runs: dict[str, list[T]] = field(default_factory=dict)

    def median(self, name: str, of: Callable[[T], float]) -> float:
        return median(of(run) for run in self.runs[name])

    def ratio(self, ours: str, other: str, of: Callable[[T], float]) -> float:
        """The median over the rounds of ours divided by the other's of the same round."""
        pairs = zip(self.runs[ours], self.runs[other], strict=True)
        return median(of(a) / of(b) for a, b in pairs)


def alternate(
    rounds: int, contenders: Mapping[str, Callable[[], T]], say: Callable[[str], None]
) -> Rounds[T]:
    """Every contender once in each round, always in the same order."""
    done: Rounds[T] = Rounds({name: [] for name in contenders})
    for number in range(1, rounds + 1):
        for name, run in contenders.items():
            done.runs[name].append(run())
            say(f"round {number} of {rounds}: {name}: {done.runs[name][-1]}")
    return done
