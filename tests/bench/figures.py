"""One figure: what ours does, what the reference does in the same run, and the target."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from tests.bench.measure import Rounds

AT_LEAST, AT_MOST = "at least", "at most"
T = TypeVar("T")


@dataclass(frozen=True)
class Figure:
    """`ratio` is ours to the reference's. The target bounds the ratio, or ours where no reference
    is. Without `bound` it is for information; without `ours` it could not be measured, and
    `note` says why."""

    group: str
    name: str
    unit: str
    ours: float | None = None
    reference: float | None = None
    against: str = ""
    ratio: float | None = None
    bound: str = ""
    target: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing was measured."""
        value = self.ratio if self.against else self.ours
        if value is None or self.target is None:
            return None
        return value >= self.target if self.bound == AT_LEAST else value <= self.target

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"met": self.met}


def compared(
    rounds: Rounds[T],
    group: str,
    name: str,
    unit: str,
    names: tuple[str, str],
    of: Callable[[T], float],
    bound: str = "",
    target: float | None = None,
    note: str = "",
) -> Figure:
    """The figure of a pair of contenders, `names` being ours and the reference."""
    ours, other = names
    return Figure(
        group=group,
        name=name,
        unit=unit,
        ours=rounds.median(ours, of),
        reference=rounds.median(other, of),
        against=other,
        ratio=rounds.ratio(ours, other, of),
        bound=bound,
        target=target,
        note=note,
    )
