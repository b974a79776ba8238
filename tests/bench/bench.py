"""What every part of the bench works with: servers, a folder, sizes, the code under test."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.databases import Databases
from tests.bench.processes import Process, environment
from tests.services import Redis
from tests.shared import ROOT


@dataclass(frozen=True)
class Sizes:
    """How much of everything. `customers` x `people` is the plan; the rest says what it counts."""

    rounds: int = 5
    letters: int = 10_000
    celery_letters: int = 2_000
    customers: int = 1_000
    people: int = 1_000
    moves: int = 100
    waiting: int = 1_000_000
    done: int = 10_000_000
    claims: int = 100
    claim_size: int = 500
    evidence: tuple[int, ...] = (200_000, 1_000_000)
    load_seconds: int = 10
    agreements: int = 2_000
    growth: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    memory: tuple[int, int] = (10_000, 100_000)
    year: tuple[int, int] = (300, 12)  # customers and campaigns of a rehearsal
    proposal: tuple[int, int] = (2_000, 90)  # customers and days


FULL = Sizes()
QUICK = Sizes(
    rounds=2,
    letters=2_000,
    celery_letters=400,
    people=100,
    moves=40,
    waiting=200_000,
    done=2_000_000,
    claims=40,
    evidence=(10_000, 100_000),
    load_seconds=4,
    agreements=400,
    growth=(100, 1_000, 10_000),
    memory=(1_000, 10_000),
    year=(60, 4),
    proposal=(300, 60),
)
# For the test that the bench itself works: every figure, no meaning.
TINY = Sizes(
    rounds=1,
    letters=20,
    celery_letters=10,
    customers=4,
    people=5,
    moves=2,
    waiting=400,
    done=4_000,
    claims=2,
    claim_size=10,
    evidence=(100, 300),
    load_seconds=1,
    agreements=8,
    growth=(10, 20, 40),
    memory=(20, 60),
    year=(4, 2),
    proposal=(20, 14),
)


@dataclass(frozen=True)
class Bench:
    """`tree` is the code under test; `peers` the interpreter of the peers, or why there is none."""

    folder: Path
    databases: Databases
    redis: Redis
    sizes: Sizes
    tree: Path
    peers: str | None
    say: Callable[[str], None]

    def environment(self, **settings: str) -> dict[str, str]:
        """For processes that run the product."""
        return {
            **environment(self.folder, **settings),
            "PYTHONPATH": f"{self.tree}:{ROOT}",
        }

    def run(self, *command: str, **settings: str) -> Process:
        """A command of the product or the bench, to its end."""
        process = Process(command, self.environment(**settings), self.folder)
        process.finish()
        return process
