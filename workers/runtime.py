"""What the hands need to work, wired once at the edge and passed down."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from campaigns.contact import Limits
from campaigns.facts import Provider
from campaigns.links import Links
from campaigns.store import Store
from guides.letters import CompiledLetter
from guides.library import Library
from workers.mail import Mailer

NO_LIMITS = Limits()


class Signer(Protocol):
    """Says with a signature that a letter is ours. Its own module loads a large library."""

    def sign(self, message: bytes, now: datetime) -> bytes: ...


class Clock(Protocol):
    """Two readings: the business time, which may be driven, and the machine's own.

    Leases and time-outs are about processes and use `machine`; everything that a
    person was promised uses `now`. `speed` is None for the real clock; 0 for one that
    stands until `move_to` puts it forward; else how many times faster it runs.
    """

    @property
    def speed(self) -> float | None: ...

    def move_to(self, moment: datetime) -> None: ...

    def now(self) -> datetime: ...

    def machine(self) -> datetime: ...


@dataclass(slots=True)
class HandClock:
    """A clock that stands where it was put: for tests and rehearsals."""

    at: datetime
    speed: float | None = 0.0

    def move_to(self, moment: datetime) -> None:
        self.at = max(self.at, moment)

    def now(self) -> datetime:
        return self.at.astimezone(UTC)

    def machine(self) -> datetime:
        return self.at.astimezone(UTC)


def nobody_to_wake() -> None:
    """A nudge for where the caller sweeps by itself."""


@dataclass(frozen=True)
class Runtime:
    """Store, clock, library, mailer, links, provider; `nudge` wakes a courier after commit.

    Once `stopping` is set, couriers finish the letter in hand and give the others back.
    """

    store: Store
    clock: Clock
    library: Library
    mailer: Mailer
    links: Links
    provider: Provider
    instance: str
    day_minutes: int = 480
    nudge: Callable[[], None] = nobody_to_wake
    lease_seconds: int = 40
    connections: int = 1  # how many this worker opens to the mail server
    marks: int = 1  # letters a connection marks ahead: the most that a crash leaves uncertain
    touches: int = 1  # opened in one transaction: the most that one customer's trouble holds up
    limits: Limits = NO_LIMITS
    signer: Signer | None = None
    redirect: str | None = None
    folder: Path | None = None  # the installation's own, where it has one
    rehearsal: bool = False  # nothing leaves, so nothing is logged as sent
    compiled: dict[tuple[str, str], CompiledLetter] = field(default_factory=dict)
    worded: dict[tuple[int, str], CompiledLetter] = field(default_factory=dict)
    pinned: set[str] = field(default_factory=set)
    stopping: threading.Event = field(default_factory=threading.Event)
