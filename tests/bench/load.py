"""Load on a server from a process of its own, for where wrk is missing and for forms.

python -m tests.bench.load PORT FILE CONNECTIONS SECONDS: the file is a pickle of requests
(method, path, body, headers). Each is sent once where SECONDS is 0, else they are repeated for so
long. Prints JSON: requests, seconds, p50 and p99 in ms, statuses.
"""

import http.client
import json
import pickle
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import click

Request = tuple[str, str, bytes | None, dict[str, str]]


@dataclass
class Load:
    """What the connections share; the lock is held for no longer than it takes to pick."""

    port: int
    requests: Iterator[Request]
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def pick(self) -> Request | None:
        with self.lock:
            return None if time.monotonic() > self.until else next(self.requests, None)

    def run(self) -> None:
        """One connection, kept open, to the end of the requests."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while request := self.pick():
            began = time.perf_counter()
            connection.request(*request)
            with connection.getresponse() as answer:
                answer.read()
            with self.lock:
                self.times.append(time.perf_counter() - began)
                self.statuses[answer.status] += 1
        connection.close()


def main() -> None:
    port, connections, seconds = int(sys.argv[1]), int(sys.argv[3]), float(sys.argv[4])
    requests: list[Request] = pickle.loads(Path(sys.argv[2]).read_bytes())
    chosen = cycle(requests) if seconds else iter(requests)
    load = Load(port, chosen, time.monotonic() + (seconds or 3600))
    threads = [threading.Thread(target=load.run) for _ in range(connections)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    times = sorted(load.times)
    told = {
        "requests": len(times),
        "seconds": took,
        "p50": times[len(times) // 2] * 1000,
        "p99": times[len(times) * 99 // 100] * 1000,
        "statuses": {str(status): many for status, many in load.statuses.items()},
    }
    click.echo(json.dumps(told))


if __name__ == "__main__":
    main()
