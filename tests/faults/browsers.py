"""Customers who answer by their links, many at the same moment, over real HTTP."""

import http.client
import re
import secrets
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
        return self._ask("GET", path, "")

    def post(self, path: str, **fields: str) -> Answer:
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        start = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            told = response.read().decode("utf-8", "replace")
        finally:
            connection.close()
        return Answer(response.status, time.monotonic() - start, told)

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

    def confirm(self, customer: Customer, day: date, version: int, key: str = "") -> Answer:
        """The last press: this day, as the page that was looked over says."""
        return self.post(
            f"{customer.path}/confirm",
            nonce=customer.nonce,
            key=key or secrets.token_hex(16),
            version=str(version),
            when=f"{day.isoformat()}T18:00",
            name="Kim Lee",
            role="owner",
        )

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
        gate.wait()
        start = time.monotonic()
        try:
            found[place] = acts[place].go()
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
    """One press of a button."""

    web: Web
    customer: Customer
    day: date
    version: int
    key: str = ""

    def go(self) -> Answer:
        return self.web.confirm(self.customer, self.day, self.version, self.key)


def statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def slowest(answers: Sequence[Answer], share: float = 0.99) -> float:
    """The time in which that share of the answers came, in seconds."""
    times = sorted(answer.seconds for answer in answers)
    return times[max(0, round(share * len(times)) - 1)]
