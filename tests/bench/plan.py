"""Planning: a campaign over every customer, one customer's date, one touch's people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import count, islice
from statistics import median
from typing import Any

from sqlalchemy import select, text

from campaigns import launch
from campaigns.contact import open_touches
from campaigns.models import Campaign, Customer, Rollout, Touch
from campaigns.register.changes import find_change
from campaigns.store import Store
from tests.bench import crowd, mass
from tests.bench.bench import Bench
from tests.bench.databases import ENGINES, SQLITE, opened
from tests.bench.figures import AT_LEAST, AT_MOST, Figure, compared
from tests.bench.measure import alternate
from tests.bench.timing import inverse, same, seconds
from tests.kit import ADA, BO, Office, agree_on, open_days

GROUP = "planning"
TOUCHES = 15
BARE = "bare INSERT ... SELECT"
_STEP = """\
  - {{key: step-{n}, anchor: first_slot, offset: -{n}, audience: all_users, channel: mail,
     title: Letter {n}, letter: announcement, valid_days: 1}}
"""
# The deliveries alone: no check of who is spared, no links, no reasons.
_BARE = """
INSERT INTO delivery (public_id, touch_id, contact_id, state, attempt, next_try, created_at)
SELECT {digest}, :touch, id, 'due', 0, :now, :now FROM contact
WHERE customer_id = :customer AND kind = 'person' AND left_at IS NULL AND suppressed_at IS NULL
"""
_DIGEST = {
    "postgresql": "md5('bench:' || :touch || ':' || id)",
    "sqlite": "lower(hex(randomblob(16)))",
}


def measure(bench: Bench) -> Iterator[Figure]:
    """Every figure of planning, on both engines."""
    for engine in ENGINES:
        yield from _open_and_plan(bench, engine)
        yield from _move(bench, engine)
        yield _fan_out(bench, engine)


def playbook(touches: int) -> str:
    """One with that many touches for each customer, before any date is agreed."""
    head = crowd.PLAYBOOK.partition("steps:")[0]
    return head + "steps:\n" + "".join(_STEP.format(n=40 + n) for n in range(touches))


def _open_and_plan(bench: Bench, engine: str) -> Iterator[Figure]:
    size = crowd.Size(bench.sizes.customers, bench.sizes.people)
    url = bench.databases.blank(engine)
    with opened(url) as store:
        office = crowd.settle_in(store, size)
        crowd.register_change(office)
        took = [
            seconds(partial(open_campaign, office, f"Bench {number}"))
            for number in range(bench.sizes.rounds)
        ]
        planned = _count(store, "touch") / bench.sizes.rounds
    bench.databases.drop(url)
    if planned != size.customers * TOUCHES:
        raise RuntimeError(f"{planned} touches were planned for {size}.")
    name = (
        f"open and plan {size.customers:,} customers x {size.people:,} people x {TOUCHES} touches"
    )
    yield Figure(GROUP, f"{name}, {engine}", "s", median(took), bound=AT_MOST, target=2.0)


def open_campaign(office: Office, name: str) -> None:
    """Opened, approved, started, as the commands do it: a transaction each."""
    store = office.store
    with store.writing() as session:
        number = launch.open_campaign(
            session,
            name=name,
            change=find_change(session, "MC1"),
            playbook_source=playbook(TOUCHES),
            choices=launch.choose_all(session),
            who=ADA,
            now=office.now,
        ).id
    with store.writing() as session:
        campaign = session.get_one(Campaign, number)
        launch.approve(session, campaign, who=BO, now=office.now, two_person=True)
    with store.writing() as session:
        campaign = session.get_one(Campaign, number)
        launch.start(session, campaign, who=ADA, now=office.now)


def _move(bench: Bench, engine: str) -> Iterator[Figure]:
    """One small and one large customer, in turns, from one open day to another and back."""
    small, large = 10, max(20, bench.sizes.people * 10)
    url = bench.databases.blank(engine)
    with opened(url) as store:
        offices = _two_sizes(store, small, large)
        contenders: dict[str, Callable[[], float]] = {
            f"{people:,} people": partial(seconds, move)
            for people, move in zip((small, large), offices, strict=True)
        }
        rounds = alternate(bench.sizes.moves, contenders, _quietly)
    bench.databases.drop(url)
    few, many = contenders
    for name in contenders:
        p50 = rounds.median(name, same) * 1000
        title = f"move a customer's date, {name}, p50, {engine}"
        yield Figure(GROUP, title, "ms", p50, bound=AT_MOST, target=10)
    title = f"move a customer's date, {many}, {engine}"
    yield compared(rounds, GROUP, title, "s", (many, few), same, AT_MOST, 1.5)


def _two_sizes(store: Store, *sizes: int) -> list[Callable[[], None]]:
    """A campaign over customers with so many people; for each a function that moves its date."""
    office = crowd.settle_in(store, crowd.Size(len(sizes), 0))
    with store.reading() as session:
        customers = session.scalars(select(Customer.id).order_by(Customer.id)).all()
    for customer, people in zip(customers, sizes, strict=True):
        crowd.add_people(store, crowd.Size(1, people), office.now, [customer])
    crowd.begin(office, crowd.shipped_playbook())
    mass.look_over(store)
    with store.reading() as session:
        rollouts = session.scalars(select(Rollout.id).order_by(Rollout.customer_id)).all()
    return [_mover(office, rollout) for rollout in rollouts]


def _mover(office: Office, rollout: int) -> Callable[[], None]:
    open_now: list[Any] = open_days(office, rollout)
    days: list[date] = [day.day for day in islice(open_now, 5)]
    number = count()

    def move() -> None:
        turn = next(number)
        day = days[turn % len(days)]
        agree_on(office, rollout, day, key=f"move {turn}", staff="dana@harbor.example")

    move()  # the first date is agreed, the others are moves
    return move


def _quietly(_: str) -> None:
    """A round of milliseconds says nothing."""


@dataclass
class _Touches:
    """Planned touches to the people of one customer each, taken one after the other."""

    office: Office
    waiting: Iterator[tuple[int, int]]

    def ours(self) -> None:
        touch, _ = next(self.waiting)
        office = self.office
        with office.store.writing() as session:
            open_touches(
                session,
                [touch],
                now=office.now,
                links=office.rt.links,
                instance=office.rt.instance,
                day_minutes=office.rt.day_minutes,
            )

    def bare(self) -> None:
        touch, customer = next(self.waiting)
        store = self.office.store
        statement = text(_BARE.format(digest=_DIGEST[store.dialect]))
        now = self.office.now if store.dialect != SQLITE else f"{self.office.now:%F %T.%f}"
        with store.writing() as session:
            session.execute(statement, {"touch": touch, "customer": customer, "now": now})


def _fan_out(bench: Bench, engine: str) -> Figure:
    people, rounds = bench.sizes.people, bench.sizes.rounds * 4
    url = bench.databases.blank(engine)
    with opened(url) as store:
        touches = fresh_touches(store, crowd.Size(2 * rounds, people))
        contenders: dict[str, Callable[[], float]] = {
            "ours": partial(seconds, touches.ours),
            BARE: partial(seconds, touches.bare),
        }
        done = alternate(rounds, contenders, _quietly)
        made = _count(store, "delivery")
    bench.databases.drop(url)
    if made != 2 * rounds * people:
        raise RuntimeError(f"{made} letters came of {2 * rounds} touches to {people} people.")
    name = f"fan a touch out to {people:,} people, {engine}"
    return compared(done, GROUP, name, "touches/s", ("ours", BARE), inverse, AT_LEAST, 0.5)


def fresh_touches(store: Store, size: crowd.Size) -> _Touches:
    """A touch that is due at every customer; none is open yet."""
    office = crowd.settle_in(store, size)
    crowd.begin(office)
    crowd.agree_all(office)
    office.clock.move_to(office.now + timedelta(hours=4))
    mass.look_over(store)
    with store.reading() as session:
        found = session.execute(
            select(Touch.id, Rollout.customer_id)
            .join(Rollout, Rollout.id == Touch.rollout_id)
            .order_by(Touch.id)
        ).all()
    return _Touches(office, iter([(touch, customer) for touch, customer in found]))


def _count(store: Store, table: str) -> int:
    with store.reading() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
