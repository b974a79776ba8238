"""What sweeps did, counted."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """What one or more sweeps did. `due` counts the letters that were found due, `booked` the
    days put down whose booking came up; `more` says that there was no time for all of them."""

    due: int = 0
    booked: int = 0
    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    later: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    more: bool = False

    def add(self, other: "Tally") -> None:
        self.due += other.due
        self.booked += other.booked
        self.sent += other.sent
        self.failed += other.failed
        self.uncertain += other.uncertain
        self.later += other.later
        self.skipped.update(other.skipped)
        self.more = other.more
