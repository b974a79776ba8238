"""One play: an installation, its servers, workers and beat, driven to the end and looked over."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from campaigns.store import Store
from rollout.wiring import machine_now
from tests.faults.house import DAY_MINUTES, SECRET, House, Plan, build
from tests.faults.ledger import Letters, letters_of
from tests.faults.processes import Process, environment, run
from tests.services import PythonSink, Redis, SmtpSink

LEASE = 10  # seconds, the shortest that the product takes
PATIENCE = 240.0
LOOK = 0.05
SEALING = 15.0  # seconds that a touch may stay open after its last letter


class Sink(Protocol):
    """Where the letters go."""

    @property
    def url(self) -> str: ...


@dataclass
class Scene:
    """What runs, where it lies, and the dice of this run."""

    folder: Path
    house: House
    sink: Sink
    broker: Redis | None
    dice: random.Random
    env: dict[str, str]
    running: list[Process] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def start(self, *words: str, **more: str) -> Process:
        """A command of ours that goes on; `more` are settings for it alone."""
        process = Process(words, {**self.env, **more}, self.folder)
        self.running.append(process)
        return process

    def worker(self, **more: str) -> Process:
        return self.start("worker", **more)

    def beat(self) -> Process:
        return self.start("beat")

    def tick(self, *words: str, **more: str) -> str:
        """`rollout tick` once, as cron does it."""
        return run(("tick", "--json", *words), {**self.env, **more}, self.folder)

    def letters(self) -> Letters:
        """What the sink has taken so far."""
        return letters_of(self.sink)

    def taken(self) -> int:
        """How many letters the sink has files of: quick, for deciding when to strike."""
        if isinstance(self.sink, SmtpSink):
            return sum(1 for _ in self.sink.folder.glob("mail.*"))
        assert isinstance(self.sink, PythonSink)
        return len(self.sink.received)

    def settled(self) -> int:
        """How many letters stand in a state in which they stay."""
        states = self.house.states()
        return sum(states.values()) - states.get("due", 0) - states.get("sending", 0)

    def open(self) -> int:
        """How much is still to be done now: touches to open, letters due or on their way."""
        [(touches,)] = self.house.rows(
            """SELECT count(*) FROM touch t JOIN rollout r ON r.id = t.rollout_id
               JOIN campaign c ON c.id = r.campaign_id
               WHERE t.state = 'planned' AND t.due <= :now AND c.state = 'running'""",
            now=self.house.now if self.house.store.dialect == "postgresql" else _text_now(),
        )
        [(letters,)] = self.house.rows(
            """SELECT count(*) FROM delivery d JOIN touch t ON t.id = d.touch_id
               JOIN rollout r ON r.id = t.rollout_id JOIN campaign c ON c.id = r.campaign_id
               WHERE d.state = 'sending' OR (d.state = 'due' AND c.state <> 'held')"""
        )
        return int(str(touches)) + int(str(letters))

    def until(self, ready: Callable[[], object], what: str, within: float = PATIENCE) -> float:
        """Wait for a condition; how many seconds that took. Fails with what the workers said."""
        start = time.monotonic()
        while not ready():
            if time.monotonic() - start > within:
                said = "\n".join(f"{p.words}: {p.said()}" for p in self.running[-4:])
                raise AssertionError(f"Not within {within} s: {what}. {self._now()}\n{said}")
            time.sleep(LOOK)
        return time.monotonic() - start

    def until_done(self, within: float = PATIENCE) -> float:
        """Wait until nothing is due or on its way any more; the seals come just after."""
        took = self.until(lambda: self.open() == 0, "every letter is settled", within)
        deadline = time.monotonic() + SEALING
        while self._unsealed() and time.monotonic() < deadline:
            time.sleep(LOOK)
        return took

    def _unsealed(self) -> bool:
        return bool(self.house.rows("SELECT 1 FROM touch WHERE state = 'open' LIMIT 1"))

    def until_taken(self, many: int, within: float = PATIENCE) -> float:
        return self.until(lambda: self.taken() >= many, f"{many} letters have left", within)

    def until_more(self, many: int, meanwhile: Callable[[], object] = bool) -> bool:
        """Wait until so many more letters have left; False when nothing is left to send."""
        goal = self.taken() + many

        def come() -> bool:
            meanwhile()
            return self.taken() >= goal or not self.open()

        self.until(come, f"{many} more letters leave")
        return bool(self.open())

    def minutes_pass(self) -> None:
        """Leases run out; what waits for a back-off, of a letter or of the server, is due again."""
        with self.house.store.writing() as session:
            run_sql = session.connection().exec_driver_sql
            run_sql("UPDATE delivery SET next_try = created_at WHERE state = 'due'")
            run_sql("UPDATE delivery SET lease_until = created_at WHERE state = 'sending'")
            run_sql("UPDATE mail_host SET resting_until = NULL")

    def ticks_until_done(self, most: int = 20) -> int:
        """`rollout tick` again and again, with minutes between; how often it took."""
        for number in range(1, most + 1):
            self.tick()
            if not self.open():
                return number
            self.minutes_pass()
        raise AssertionError(f"Not done after {most} sweeps. {self._now()}")

    def end(self) -> None:
        """Away with every process, whatever its state."""
        for process in self.running:
            process.kill()

    def _now(self) -> str:
        return f"It stands at {self.house.states()}, {self.taken()} taken."


def _text_now() -> str:
    return machine_now().strftime("%Y-%m-%d %H:%M:%S.%f")


@contextmanager
def scene(
    folder: Path,
    database_url: str,
    plan: Plan,
    sink: Sink,
    broker: Redis | None = None,
    *,
    seed: int = 1,
    **settings: str,
) -> Iterator[Scene]:
    """The house is built in the migrated, empty database; nothing runs yet."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        store = Store(database_url)
        stack.callback(store.close)
        house = build(store, plan)
        env = environment(
            folder,
            ROLLOUT_DATA=str(data),
            ROLLOUT_DATABASE_URL=database_url,
            ROLLOUT_BROKER_URL=broker.url if broker else "redis://127.0.0.1:1/0",
            ROLLOUT_SECRET_KEY=SECRET,
            ROLLOUT_MAIL=sink.url,
            ROLLOUT_MAIL_FROM="Harbor IT <it@harbor.example>",
            ROLLOUT_BASE_URL="https://rollout.example",
            ROLLOUT_DAY_MINUTES=str(DAY_MINUTES),
            ROLLOUT_LEASE_SECONDS=str(LEASE),
            ROLLOUT_SWEEP_SECONDS="1",
            ROLLOUT_ACTOR="ada@harbor.example",
        )
        made = Scene(folder, house, sink, broker, random.Random(seed), {**env, **settings})
        stack.callback(made.end)
        yield made
