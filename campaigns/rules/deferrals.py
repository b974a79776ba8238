"""How often a customer has moved its date to a later day, and how often it still may. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

OWN = ("picked", "moved")  # how a customer chooses by its link


@dataclass(frozen=True, slots=True)
class Answer:
    """One version of a rollout's date; `day` is None where it was withdrawn."""

    day: date | None
    how: str


@dataclass(frozen=True, slots=True)
class Deferrals:
    """Moves to a later day, used and allowed; `stood` is the last day that stood."""

    used: int
    allowed: int
    stood: date | None = None

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def no_later(self) -> date | None:
        """The day beyond which the customer needs somebody of ours; None while it does not."""
        return None if self.left else self.stood


def count(answers: Iterable[Answer], allowed: int) -> Deferrals:
    """What a customer has used of the moves that it is `allowed`; `answers` in their order.

    Only its own moves to a later day count: not those of staff, of the vendor or of a notice
    that nobody answered, and none that was undone. Withdrawing a date and choosing a later one
    is a move like any other.
    """
    used, stood = 0, None
    before: tuple[int, date | None] = (0, None)
    for answer in answers:
        if answer.how == "undone":
            used, stood = before[0], answer.day or before[1]
            continue
        before = (used, stood)
        if answer.day is not None:
            later = stood is not None and answer.day > stood
            used += answer.how in OWN and later
            stood = answer.day
    return Deferrals(used, allowed, stood)
