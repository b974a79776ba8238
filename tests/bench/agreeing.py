"""Dates are agreed: every customer confirms its form at once, and no place is sold twice."""

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select, text

from campaigns.models import Contact, CustomerLink, Rollout
from campaigns.store import Store, insert_missing
from tests.bench import crowd, mass
from tests.bench.bench import Bench
from tests.bench.databases import ENGINES, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure
from tests.bench.load import Request
from tests.bench.servers import CONNECTIONS, Answers, Server, serving
from tests.kit import Office, open_days

GROUP = "agreeing"
DAYS = 3  # on which everybody wants to be
MINUTES = 5  # of a technician for one customer
_FIELD = re.compile(r'name="(nonce|key|version)" value="([^"]*)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Places that were booked but not counted, counted but not booked, or beyond what there is.
_WRONG = """
SELECT count(*) FROM technician_day WHERE taken > capacity OR taken <> (
    SELECT coalesce(sum(minutes), 0) FROM booking
    WHERE technician_day_id = technician_day.id AND released_at IS NULL)
"""
_FORM_BOOKED = "SELECT count(*) FROM booking WHERE released_at IS NULL"


@dataclass(frozen=True)
class Wish:
    """A customer's page, and the day and time that is wanted there."""

    path: str
    when: str


def measure(bench: Bench) -> Iterator[Figure]:
    """Agreements a second, and places sold twice, on both engines."""
    for engine in ENGINES:
        url = bench.databases.blank(engine)
        minutes = _places(bench.sizes.agreements) * MINUTES
        with opened(url) as store:
            wishes = _wishes(store, bench.sizes.agreements)
        with serving(bench, url, ROLLOUT_DAY_MINUTES=str(minutes)) as server:
            forms = _forms(server, wishes)
            done = server.send(forms)
        with opened(url) as store:
            yield from _figures(store, engine, done, len(wishes))
        bench.databases.drop(url)


def _places(customers: int) -> int:
    """On each day: a few too many customers want the first one."""
    return customers // DAYS


def _wishes(store: Store, customers: int) -> list[Wish]:
    office = crowd.settle_in(store, crowd.Size(customers, 3))
    crowd.begin(office, crowd.PLAYBOOK.replace("base_minutes: 0", f"base_minutes: {MINUTES}"))
    with store.writing() as session:
        found = session.execute(
            select(Rollout.id, Rollout.link_version, Contact.id)
            .join(Contact, Contact.customer_id == Rollout.customer_id)
            .where(Contact.decision_maker.is_(True))
            .order_by(Rollout.id)
        ).all()
        rows = [office.rt.links.row("choose", r, c, v, office.now) for r, v, c in found]
        insert_missing(session, CustomerLink, rows)
    mass.look_over(store)
    days = _days(office, found[0][0])
    return [
        Wish(
            urllib.parse.urlsplit(office.rt.links.url("choose", r, c, v)).path, days[n % len(days)]
        )
        for n, (r, v, c) in enumerate(found)
    ]


def _days(office: Office, rollout: int) -> list[str]:
    """As radio buttons say it. The last one twice as often, so that it is sold out."""
    some: list[Any] = open_days(office, rollout)[10 : 10 + DAYS]
    found = [f"{day.day.isoformat()}T{day.times[0]:%H:%M}" for day in some]
    return [*found, found[-1]]


def _forms(server: Server, wishes: list[Wish]) -> list[Request]:
    """Everybody opens the page, presses a button and stands before the last one."""
    with ThreadPoolExecutor(CONNECTIONS // 2) as pool:
        return list(pool.map(partial(_form, f"http://127.0.0.1:{server.port}"), wishes))


def _form(base: str, wish: Wish) -> Request:
    page = _open(f"{base}{wish.path}/ask/question")
    asked = {"nonce": _fields(page)["nonce"], "when": wish.when}
    review = _open(f"{base}{wish.path}/review", urllib.parse.urlencode(asked).encode())
    signed = {**_fields(review), "when": wish.when, "name": "Kim Lee", "role": "owner"}
    body = urllib.parse.urlencode(signed).encode()
    return "POST", f"{wish.path}/confirm", body, _FORM


def _open(url: str, body: bytes | None = None) -> str:
    with urllib.request.urlopen(url, body, timeout=60) as answer:
        return str(answer.read().decode())


def _fields(page: str) -> dict[str, str]:
    return dict(_FIELD.findall(page))


def _figures(store: Store, engine: str, done: Answers, wishes: int) -> Iterator[Figure]:
    with store.reading() as session:
        wrong = session.execute(text(_WRONG)).scalar_one()
        booked = session.execute(text(_FORM_BOOKED)).scalar_one()
    answers = ", ".join(f"{many} x {status}" for status, many in sorted(done.statuses.items()))
    strange = set(done.statuses) - {"303", "409"}
    if strange or booked != done.statuses.get("303", 0):
        raise RuntimeError(f"{booked} booked, answers {answers}")
    rate = done.rate * booked / wishes
    name = f"dates agreed, {CONNECTIONS} connections, {engine}"
    yield Figure(GROUP, name, "a second", rate, bound=AT_LEAST, target=200, note=answers)
    name = f"days oversold or miscounted, {engine}"
    yield Figure(GROUP, name, "days", float(wrong), bound=AT_MOST, target=0)
    p99 = done.p99
    yield Figure(GROUP, f"agreeing a date, p99, {engine}", "ms", p99, bound=AT_MOST, target=1000)
