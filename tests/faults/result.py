"""One line of the table: what a fault did."""

from dataclasses import dataclass, replace
from typing import Protocol

from tests.faults.invariants import Verdict, examine
from tests.faults.scene import Scene
from tests.faults.stage import Play

RECOVERY = 60.0  # seconds at most


@dataclass(frozen=True)
class Result:
    """Counts of one or more runs. `recovery` is the longest, in seconds; None without meaning."""

    runs: int
    letters: int
    lost: int
    doubled: int
    uncertain: int
    recovery: float | None = None
    note: str = ""

    def __add__(self, other: "Result") -> "Result":
        both = [one for one in (self.recovery, other.recovery) if one is not None]
        return Result(
            self.runs + other.runs,
            self.letters + other.letters,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.uncertain + other.uncertain,
            max(both, default=None),
            other.note or self.note,
        )


class Fault(Protocol):
    """A fault plays one run and raises AssertionError where a guarantee broke."""

    def __call__(self, play: Play) -> Result: ...


def judge(
    scene: Scene,
    *,
    runs: int = 1,
    recovery: float | None = None,
    uncertain: int = 0,
    note: str = "",
    open_is_fine: bool = False,
) -> Result:
    """Look everything over; fails where anything is lost, doubled or more is uncertain."""
    verdict = examine(scene.house, scene.letters(), open_is_fine)
    verdict.holds()
    result = _result(verdict, runs)
    assert (result.lost, result.doubled) == (0, 0), result
    assert result.uncertain <= uncertain, f"{result.uncertain} uncertain, {uncertain} allowed"
    assert recovery is None or recovery <= RECOVERY, f"recovery took {recovery:.1f} s"
    return replace(result, recovery=recovery, note=note)


def _result(verdict: Verdict, runs: int) -> Result:
    return Result(runs, verdict.letters, verdict.lost, verdict.doubled, verdict.uncertain)
