"""The product's web server under load, by wrk where there is one."""

import json
import pickle
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from tests.bench.bench import Bench
from tests.bench.crowd import SECRET
from tests.bench.load import Request
from tests.bench.processes import ROLLOUT, Process
from tests.bench.sinks import answers
from tests.services.process import free_port

CONNECTIONS = 16
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_SLOW = re.compile(r"^\s+(50|99)%\s+([\d.]+)(us|ms|s)", re.MULTILINE)
_FAILED = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_PATIENCE = 20  # looks
_RESTED_MS = 200.0
_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Answers:
    """Requests a second, and how long they took in milliseconds."""

    rate: float
    p50: float
    p99: float
    statuses: Mapping[str, int]


@dataclass(frozen=True)
class Server:
    """Gunicorn with two workers, as `rollout web` starts it."""

    bench: Bench
    port: int

    def get(self, path: str, cookie: str = "", connections: int = CONNECTIONS) -> Answers:
        """A page again and again. Raises RuntimeError where an answer is no success."""
        headers = {"Cookie": cookie} if cookie else {}
        seconds = self.bench.sizes.load_seconds
        self._rest()
        if wrk := shutil.which("wrk"):
            found = self._wrk(wrk, path, headers, connections, seconds)
            if found.p50:
                return found
            self._rest()  # wrk measures nothing that takes longer than a second or so
        return self.send([("GET", path, None, headers)], connections, seconds)

    def warm(self, path: str, cookie: str = "") -> None:
        """Every worker has made the page before it counts. Raises RuntimeError as `get` does."""
        headers = {"Cookie": cookie} if cookie else {}
        found = self.send([("GET", path, None, headers)] * CONNECTIONS * 2)
        if set(found.statuses) != {"200"}:
            raise RuntimeError(f"{path}: {found.statuses}")

    def _rest(self) -> None:
        """Wait until nobody works on requests whose client has gone away."""
        for _ in range(_PATIENCE):
            if self.send([("GET", "/healthz", None, {})] * CONNECTIONS * 2).p99 < _RESTED_MS:
                return

    def send(
        self, requests: Sequence[Request], connections: int = CONNECTIONS, seconds: float = 0
    ) -> Answers:
        """These requests from a process of its own, each once, or all for so many seconds."""
        with NamedTemporaryFile(dir=self.bench.folder) as file:
            Path(file.name).write_bytes(pickle.dumps(list(requests)))
            words = (str(self.port), file.name, str(connections), str(seconds))
            command = (sys.executable, "-m", "tests.bench.load", *words)
            told = json.loads(self.bench.run(*command).said())
        rate = told["requests"] / told["seconds"]
        return Answers(rate, told["p50"], told["p99"], told["statuses"])

    def _wrk(
        self, wrk: str, path: str, headers: Mapping[str, str], connections: int, seconds: int
    ) -> Answers:
        switches = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
        lasting = ("-t", str(min(2, connections)), "-c", str(connections), "-d", f"{seconds}s")
        url = f"http://127.0.0.1:{self.port}{path}"
        said = self.bench.run(wrk, *lasting, "--latency", *switches, url).said()
        if failed := _FAILED.search(said):
            raise RuntimeError(f"{path}: {failed[1]} answers were no success.")
        rate = _RATE.search(said)
        assert rate, said
        times = {place: float(value) * _MS[unit] for place, value, unit in _SLOW.findall(said)}
        return Answers(float(rate[1]), times["50"], times["99"], {})


@contextmanager
def serving(bench: Bench, url: str, **settings: str) -> Iterator[Server]:
    """`rollout web` on a database."""
    port = free_port()
    env = bench.environment(
        ROLLOUT_DATABASE_URL=url,
        ROLLOUT_SECRET_KEY=SECRET,
        ROLLOUT_MAIL="mailbox:",
        ROLLOUT_DATA=str(bench.folder / "data"),
        **settings,
    )
    process = Process((*ROLLOUT, "web", "--port", str(port)), env, bench.folder)
    try:
        process.until(lambda: answers(port))
        yield Server(bench, port)
    finally:
        process.stop()
