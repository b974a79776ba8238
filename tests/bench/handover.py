"""Hand-over: personal letters of 12 KB from the outbox through smtp-sink, the whole contract on."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import blast, crowd, dkim, letter_bytes, limit, rivals, sinks
from tests.bench.bench import Bench
from tests.bench.couriers import Run, hand_over
from tests.bench.databases import POSTGRES, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import Rounds, alternate
from tests.bench.processes import Process

GROUP = "hand-over"
SLOW_MS = "20"
MARKS = {"default": {"ROLLOUT_MARKS": "1"}, "marks of 25": {"ROLLOUT_MARKS": "25"}}
BLAST, POST_OFFICE = "smtplib blast, 4 processes", "django-post_office"
NAIVE, CAREFUL = "Celery, a naive task a mail", "Celery, a careful task a mail"
DKIM = "with DKIM (Ed25519)"
_RELAY = re.compile(r"letters (\d+) connections (\d+)")


def rate(run: Run) -> float:
    return run.rate


@dataclass(frozen=True)
class Post:
    """The outbox as a database to copy, and its letters as they went over the wire."""

    bench: Bench
    outbox: str
    many: int
    letters: Path

    def ours(self, port: int, more: dict[str, str]) -> Run:
        with self.bench.databases.using(self.outbox) as url:
            return hand_over(self.bench, url, port, more=more)

    def blast(self, port: int, processes: int = limit.PROCESSES, threads: int = 1) -> Run:
        return limit.blast(self.bench, self.letters, self.many, port, processes, threads)


def measure(bench: Bench) -> Iterator[Figure]:
    """Every figure of the hand-over."""
    post = _fill(bench)
    for name, more in MARKS.items():
        yield _whole(post, name, more)
    yield from _against_all(post)
    yield from _slow_relay(post)
    yield from letter_bytes.measure(bench, GROUP)


def _fill(bench: Bench) -> Post:
    many = bench.sizes.letters
    people = min(100, many // 2)
    outbox = bench.databases.blank(POSTGRES)
    with opened(outbox) as store:
        waiting = crowd.outbox(store, crowd.Size(many // people, people))
    if waiting != many:
        raise RuntimeError(f"{waiting} letters wait, not {many}.")
    return Post(bench, outbox, many, bench.folder / "letters")


def _whole(post: Post, name: str, more: dict[str, str]) -> Figure:
    """Every letter there, none twice: counted in the files of the sink. Keeps them, too."""
    with sinks.keeping_sink() as sink:
        post.ours(sink.port, more)
        letters = sinks.letters_in(sink)
    blast.keep(letters, post.letters)
    different = {letter.message_id for letter in letters}
    wrong = (post.many - len(different)) + (len(letters) - len(different))
    size = sum(len(letter.message) for letter in letters) / len(letters)
    note = f"{len(letters):,} letters of {size / 1000:.1f} KB in the sink's files"
    title = f"lost or doubled, {name}"
    return Figure(GROUP, title, "letters", float(wrong), bound=AT_MOST, target=0, note=note)


def _against_all(post: Post) -> Iterator[Figure]:
    bench = post.bench
    with sinks.fast_sink() as port:
        contenders: dict[str, Callable[[], Run]] = {
            name: partial(post.ours, port, more) for name, more in MARKS.items()
        }
        signing = dkim.settings(bench.folder)
        if signing:
            contenders[DKIM] = partial(post.ours, port, MARKS["default"] | signing)
        contenders[BLAST] = partial(post.blast, port)
        if bench.peers:
            prepared = rivals.prepare(bench, sinks.load(post.letters))
            contenders |= {
                POST_OFFICE: partial(prepared.post_office, port),
                CAREFUL: partial(prepared.celery, "careful", port),
                NAIVE: partial(prepared.celery, "naive", port),
            }
        rounds = alternate(bench.sizes.rounds, contenders, bench.say)
    yield from _rates(rounds)
    yield from _costs(rounds)
    yield _signed(rounds)


def _rates(rounds: Rounds[Run]) -> Iterator[Figure]:
    targets = (
        ("default", BLAST, 0.25),
        ("default", POST_OFFICE, 1.5),
        ("default", NAIVE, 10.0),
        ("default", CAREFUL, 5.0),
        ("marks of 25", BLAST, 0.6),
        ("marks of 25", POST_OFFICE, 3.0),
    )
    for ours, other, target in targets:
        name = f"{ours}, from the start of the workers"
        if other in rounds.runs:
            yield compared(rounds, GROUP, name, "letters/s", (ours, other), rate, AT_LEAST, target)
        else:
            note = f"{other} is not installed here"
            yield Figure(
                GROUP, name, "letters/s", against=other, bound=AT_LEAST, target=target, note=note
            )
    for ours in MARKS:
        name = f"{ours}, from the first settled letter on"
        yield compared(rounds, GROUP, name, "letters/s", (ours, BLAST), lambda run: run.steady_rate)


def _costs(rounds: Rounds[Run]) -> Iterator[Figure]:
    cost = rounds.median("default", lambda run: run.cpu_us)
    name = "processor time a letter, default"
    yield Figure(GROUP, name, "us", cost, bound=AT_MOST, target=600, note="start included")
    for ours in MARKS:
        name = f"processor time a letter, {ours}, from the first settled letter on"
        yield Figure(GROUP, name, "us", rounds.median(ours, lambda run: run.steady_cpu_us))
    starting = rounds.median("default", lambda run: run.starting)
    yield Figure(GROUP, "from the start of the workers to the first settled letter", "s", starting)


def _signed(rounds: Rounds[Run]) -> Figure:
    if DKIM in rounds.runs:
        names = (DKIM, "default")
        return compared(rounds, GROUP, DKIM, "letters/s", names, rate, AT_LEAST, 0.8)
    note = "the product has no setting for a DKIM key yet"
    return Figure(
        GROUP, DKIM, "letters/s", against="default", bound=AT_LEAST, target=0.8, note=note
    )


def _slow_relay(post: Post) -> Iterator[Figure]:
    """A relay that takes 20 ms to accept: the connections decide, so both have as many."""
    with _relay(post.bench) as relay:
        connections: list[int] = []

        def ours() -> Run:
            run = post.ours(relay.port, MARKS["default"])
            connections.append(relay.counted()[1])
            return run

        def theirs() -> Run:
            run = post.blast(relay.port, 2, max(1, connections[-1] // 2))
            relay.counted()
            return run

        blast_name = "smtplib blast, as many connections"
        contenders = {"ours": ours, blast_name: theirs}
        rounds = alternate(post.bench.sizes.rounds, contenders, post.bench.say)
    yield compared(
        rounds,
        GROUP,
        "a relay that takes 20 ms to accept",
        "letters/s",
        ("ours", blast_name),
        rate,
        AT_LEAST,
        0.8,
        f"{max(connections)} connections of 2 workers",
    )


@dataclass(frozen=True)
class _Relay:
    process: Process
    port: int

    def counted(self) -> tuple[int, int]:
        """Letters and connections since it was asked last."""
        before = len(_RELAY.findall(self.process.said()))
        self.process.tell("count")
        self.process.until(lambda: len(_RELAY.findall(self.process.said())) > before)
        letters, connections = _RELAY.findall(self.process.said())[-1]
        return int(letters), int(connections)


@contextmanager
def _relay(bench: Bench) -> Iterator[_Relay]:
    command = (sys.executable, "-m", "tests.bench.relay", SLOW_MS)
    process = Process(command, bench.environment(), bench.folder)
    try:
        process.until(lambda: "\n" in process.said())
        yield _Relay(process, int(process.said().split()[1]))
    finally:
        process.kill()
