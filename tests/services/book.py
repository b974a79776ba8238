"""What a mail sink is told to do, and what it writes down."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from ssl import SSLContext


@dataclass(frozen=True)
class Step:
    """What to do at a phase instead of the usual: wait, then reply, then hang up.

    Without a `code`: nothing is replied when it hangs up, else what is usual.
    """

    code: int | None = None
    text: str = "as told"
    drop: bool = False
    wait: float = 0.0


@dataclass(frozen=True)
class Received:
    """A letter that came with its final dot. `code` is what was replied; None for nothing."""

    sender: str
    recipients: tuple[str, ...]
    message: bytes
    code: int | None
    connection: int


Script = Mapping[str, Step | Iterable[Step]]


@dataclass(frozen=True)
class Offers:
    """What the sink says it can do. TLS is STARTTLS, or from the start when `implicit`."""

    pipelining: bool = False
    users: Mapping[str, str] = field(default_factory=dict)
    tls: SSLContext | None = None
    implicit: bool = False


class Book:
    """Script and records, shared by the threads of one sink."""

    def __init__(
        self, script: Script | None, offers: Offers, watch: Callable[[str], None] | None
    ) -> None:
        self.received: list[Received] = []
        self.unfinished: list[bytes] = []
        self.commands: list[tuple[int, str]] = []
        self.connections = 0
        self.offers = offers
        self.ending = threading.Event()
        self._watch = watch
        self._always: dict[str, Step] = {}
        self._first: dict[str, deque[Step]] = {}
        self._lock = threading.Lock()
        for phase, told in (script or {}).items():
            self.tell(phase, told)

    def tell(self, phase: str, told: Step | Iterable[Step]) -> None:
        """From now on: one step for every time, or steps for the next times."""
        if isinstance(told, Step):
            self._always[phase] = told
        else:
            self._first[phase] = deque(told)

    def step(self, phase: str, code: int, text: str) -> Step:
        """What to do now, after its wait; `code` and `text` are the usual."""
        if self._watch is not None:
            self._watch(phase)
        with self._lock:
            first = self._first.get(phase)
            told = first.popleft() if first else self._always.get(phase, Step())
        if told.wait and self.ending.wait(told.wait):
            return Step(drop=True)
        return told if told.code or told.drop else replace(told, code=code, text=text)

    def enter(self) -> int:
        """The number of a new connection, from 1."""
        with self._lock:
            self.connections += 1
            return self.connections

    @property
    def accepted(self) -> list[Received]:
        """The letters that were answered with 2xx."""
        return [one for one in self.received if one.code is not None and one.code < 300]

    def verbs(self, connection: int | None = None) -> list[str]:
        """The commands as they came, of one connection or of all, without their arguments."""
        lines = [line for number, line in self.commands if connection in (None, number)]
        return [line.split(" ")[0].upper() for line in lines]
