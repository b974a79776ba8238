"""Pages under load, with a million people in the database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from sqlalchemy import select

from campaigns import staff
from campaigns.models import Contact, CustomerLink, Rollout, Staff
from campaigns.store import Store, insert_missing
from rollout.wiring import machine_now
from tests.bench import crowd, evidence_rows, mass
from tests.bench.bench import Bench
from tests.bench.databases import ENGINES, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import Rounds, alternate
from tests.bench.servers import CONNECTIONS, Answers, Server, serving
from tests.kit import Office

GROUP = "pages"
PLAIN = "plain text from the same server"
# Staff are a few people who look now and then: two at once, one for each worker. More only queue.
STAFF = 2
CUSTOMER, BOARD, CAMPAIGN = "customer's page", "board", "campaign's page"


@dataclass(frozen=True)
class House:
    """A running installation as its pages see it."""

    customer: str  # the path of a decision maker's page
    campaign: str
    cookie: str  # of a signed-in account manager


def measure(bench: Bench) -> Iterator[Figure]:
    """Every figure of the pages, on both engines."""
    for engine in ENGINES:
        url = bench.databases.blank(engine)
        with opened(url) as store:
            house = build(store, crowd.Size(bench.sizes.customers, bench.sizes.people))
        with serving(bench, url) as server:
            yield from _load(server, house, engine)
        bench.databases.drop(url)


def build(store: Store, size: crowd.Size) -> House:
    """Everybody has been heard of, every third customer has agreed a date."""
    office = crowd.settle_in(store, size)
    evidence_rows.everybody(store, office.now)
    campaign = crowd.begin(office, crowd.shipped_playbook())
    crowd.agree_all(office, every=max(1, size.customers // 30))
    with store.writing() as session:
        dana = session.scalars(select(Staff).where(Staff.role == "account_manager")).one()
        token = staff.open_session(session, dana, machine_now())
    path = customer_link(office, 2)
    mass.look_over(store)
    return House(path, f"/campaigns/{campaign}", f"rollout-staff={token}")


def customer_link(office: Office, customer: int) -> str:
    """The path of that customer's decision maker, valid as after a letter."""
    with office.store.writing() as session:
        rollout = session.scalars(select(Rollout).where(Rollout.customer_id == customer)).one()
        person = session.scalars(
            select(Contact.id).where(
                Contact.customer_id == customer, Contact.decision_maker.is_(True)
            )
        ).one()
        links, version = office.rt.links, rollout.link_version
        made = links.row("choose", rollout.id, person, version, office.now)
        insert_missing(session, CustomerLink, [made])
        return urlsplit(links.url("choose", rollout.id, person, version)).path


def _load(server: Server, house: House, engine: str) -> Iterator[Figure]:
    contenders: dict[str, Callable[[], Answers]] = {
        CUSTOMER: partial(server.get, house.customer),
        BOARD: partial(server.get, "/", house.cookie, STAFF),
        CAMPAIGN: partial(server.get, house.campaign, house.cookie, STAFF),
        PLAIN: partial(server.get, "/healthz"),
    }
    for path in (house.customer, "/", house.campaign):
        server.warm(path, house.cookie)
    rounds = alternate(server.bench.sizes.rounds, contenders, server.bench.say)
    people = server.bench.sizes.customers * server.bench.sizes.people
    where = f"{people:,} people, {engine}"
    name = f"{CUSTOMER}, {where}"
    names, target = (CUSTOMER, PLAIN), 0.3
    yield compared(rounds, GROUP, name, "requests/s", names, _rate, AT_LEAST, target)
    yield _slowest(rounds, CUSTOMER, CONNECTIONS, where, 100)
    for page in (BOARD, CAMPAIGN):
        p50 = rounds.median(page, lambda run: run.p50)
        name = f"{page}, {STAFF} connections, p50, {where}"
        yield Figure(GROUP, name, "ms", p50, bound=AT_MOST, target=50)
        yield _slowest(rounds, page, STAFF, where, 150)


def _rate(run: Answers) -> float:
    return run.rate


def _slowest(
    rounds: Rounds[Answers], page: str, connections: int, where: str, target: float
) -> Figure:
    p99 = rounds.median(page, lambda run: run.p99)
    name = f"{page}, {connections} connections, p99, {where}"
    return Figure(GROUP, name, "ms", p99, bound=AT_MOST, target=target)
