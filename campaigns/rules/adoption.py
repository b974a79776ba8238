"""Who is ready: one ladder of evidence, and unknown as a state of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Registered alone may still fail at sign-in (a method that policy does not allow);
# usable is the first level at which a person is spared further reminders.
DONE_LEVEL = 2
ENROLLED_IN_USE = ("google-admin", "google-sdk")
LEVELS = ("0", "1", "2", "3", "4", "unknown")


@dataclass(frozen=True, slots=True)
class People:
    """Counts that always add up: total = done + not_done + unknown + excepted."""

    total: int = 0
    done: int = 0
    not_done: int = 0
    unknown: int = 0
    excepted: int = 0
    levels: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "People") -> "People":
        levels = {key: self.levels.get(key, 0) + other.levels.get(key, 0) for key in LEVELS}
        return People(
            self.total + other.total,
            self.done + other.done,
            self.not_done + other.not_done,
            self.unknown + other.unknown,
            self.excepted + other.excepted,
            levels,
        )

    @property
    def in_scope(self) -> int:
        """The people who are asked for: everyone but the excepted."""
        return self.total - self.excepted

    def sentence(self) -> str:
        """`18 of 24 ready, 3 unknown, 1 excepted`: the numerator with its whole."""
        parts = [f"{self.done} of {self.total} ready"]
        if self.unknown:
            parts.append(f"{self.unknown} unknown")
        if self.excepted:
            parts.append(f"{self.excepted} excepted")
        return ", ".join(parts)


def spared(level: int | None, source: str | None) -> bool:
    """Whether a person needs no more reminders.

    Whoever is done; and at Google whoever is enrolled: sign-in asks them for the second
    step already, and telling them that theirs is not set up would be wrong. They count as
    registered, not as done, until Google shows that it is required of them.
    """
    if level is None:
        return False
    return level >= DONE_LEVEL or (level == 1 and source in ENROLLED_IN_USE)


def word(level: int | None, excepted: bool) -> str:
    """`excepted`, `unknown`, `done` or `not_done` for one person."""
    if excepted:
        return "excepted"
    if level is None:
        return "unknown"
    return "done" if level >= DONE_LEVEL else "not_done"


def gate(people: People, percent: int) -> bool:
    """Go on the agreed day: at least `percent` of those in scope are done."""
    return people.in_scope == 0 or people.done * 100 >= percent * people.in_scope
