"""Customers who answer by their links, many at the same moment, over real HTTP."""

import re
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode, urlsplit

from sqlalchemy import text

from campaigns.models import CustomerLink
from campaigns.store import insert_missing
from tests.faults.scene import Scene
from tests.scaled.scaled_kit import answer
from tests.services.process import free_port

_NONCE = re.compile(r'name="nonce" value="([^"]+)"')
TIMEOUT = 60.0
HEAD = "HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"


@dataclass(frozen=True)
class Customer:
    """Who decides at one customer, with the link and the nonce of its forms."""

    rollout: int
    path: str
    nonce: str


@dataclass(frozen=True)
class Answer:
    status: int
    seconds: float
    text: str


@dataclass(frozen=True)
class Web:
    """`rollout web` of a scene."""

    scene: Scene
    port: int

    def get(self, path: str) -> Answer:
        return self.press(f"GET {path} {HEAD}\r\n".encode())

    def press(self, request: bytes) -> Answer:
        """Send a finished request and read the answer to its end.

        A crowd shares the machine with what it asks: a socket of its own costs a third of
        what an HTTP client does.
        """
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as connection:
            connection.sendall(request)
            told = b"".join(iter(lambda: connection.recv(65_536), b""))
        took = time.monotonic() - start
        head, _, body = told.partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]) if head else 0, took, body.decode("utf-8", "replace"))

    def customers(self) -> list[Customer]:
        """Everybody who decides, with a link that is valid as after a letter."""
        return [self._customer(rollout) for rollout in self.scene.house.rollouts()]

    def _customer(self, rollout: int) -> Customer:
        house = self.scene.house
        links = house.rt.links
        with house.store.writing() as session:
            contact = session.scalar(
                text(
                    "SELECT c.id FROM contact c JOIN rollout r ON r.customer_id = c.customer_id"
                    " WHERE r.id = :id AND c.decision_maker"
                ),
                {"id": rollout},
            )
            row = links.row("choose", rollout, contact, 1, house.now)
            insert_missing(session, CustomerLink, [row])
            path = urlsplit(links.url("choose", rollout, contact, 1)).path
        page = self.get(f"{path}/ask/question")
        found = _NONCE.search(page.text)
        assert found, page.text[:500]
        return Customer(rollout, path, found[1])

    def versions(self) -> dict[int, int]:
        found = self.scene.house.rows("SELECT id, version FROM rollout")
        return {int(str(id_)): int(str(version)) for id_, version in found}


def serve(scene: Scene, *words: str) -> Web:
    """The pages, as docker-compose.yml starts them, or with other `words` for `rollout web`."""
    port = free_port()
    scene.start("web", "--port", str(port), *words)
    scene.until(lambda: answer(port, "/healthz") == 200, "the pages answer")
    return Web(scene, port)


def at_once(acts: Sequence["Act"]) -> list[Answer]:
    """All at the same moment; the answers in order. Status 0 where none came."""
    gate = threading.Barrier(len(acts))
    found: list[Answer] = [Answer(0, 0.0, "no answer")] * len(acts)

    def run(place: int) -> None:
        request = acts[place].request()
        gate.wait()
        start = time.monotonic()
        try:
            found[place] = acts[place].web.press(request)
        except OSError as error:
            found[place] = Answer(0, time.monotonic() - start, repr(error))

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@dataclass(frozen=True)
class Act:
    """The last press of the button: this day, as the page that was looked over says."""

    web: Web
    customer: Customer
    day: date
    version: int
    key: str = ""

    def request(self) -> bytes:
        body = urlencode(
            {
                "nonce": self.customer.nonce,
                "key": self.key or secrets.token_hex(16),
                "version": self.version,
                "when": f"{self.day.isoformat()}T18:00",
                "name": "Kim Lee",
                "role": "owner",
            }
        ).encode()
        more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        return f"POST {self.customer.path}/confirm {HEAD}{more}\r\n\r\n".encode() + body


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def slowest(answers: Sequence[Answer], share: float = 0.99) -> float:
    """The time in which that share of the answers came, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[max(0, round(share * len(times)) - 1)]
