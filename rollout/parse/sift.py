"""Sorting the rows of a file into those that can be used and those that cannot."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from campaigns.rules.records import Parsed, Rejected
from rollout.parse.cells import CellError


class Numbered(Protocol):
    """Anything that knows its line or record number."""

    @property
    def line(self) -> int: ...


Source = TypeVar("Source", bound=Numbered)
Made = TypeVar("Made")

NO_ROWS = "The file has no rows."


def sift(
    rows: Iterable[Source | Rejected],
    make: Callable[[Source], Made],
    warnings: Callable[[], Sequence[str]] = tuple,
) -> Parsed[Made]:
    """Makes a record of every row; `make` raises CellError for a row that cannot be used.

    `warnings` is asked after the last row, when everything was seen.
    """
    accepted: list[tuple[int, Made]] = []
    rejected: list[Rejected] = []
    for row in rows:
        if isinstance(row, Rejected):
            rejected.append(row)
            continue
        try:
            accepted.append((row.line, make(row)))
        except CellError as bad:
            rejected.append(Rejected(row.line, str(bad)))
    count = len(accepted) + len(rejected)
    notes = (*warnings(), *(() if count else (NO_ROWS,)))
    return Parsed(rows=count, accepted=accepted, rejected=rejected, warnings=notes)
