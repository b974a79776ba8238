"""An outbox with a million letters, loaded as rows: who would wait for a million to be made."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import select, text

from campaigns.models import Contact, Rollout, Touch
from campaigns.store import Store
from tests.bench import crowd, mass

COLUMNS = (
    "public_id",
    "touch_id",
    "contact_id",
    "state",
    "attempt",
    "next_try",
    "created_at",
    "settled_at",
    "message_id",
    "address",
    "body_hash",
    "reply",
)
LETTERS = 10  # touches at each customer: one waits, the others are through
_STEP = """\
  - {{key: step-{n}, anchor: announced, offset: {n}, audience: all_users, channel: mail,
     title: Letter {n}, letter: announcement, valid_days: 60, required: true}}
"""


def fill(store: Store, waiting: int, people: int) -> tuple[list[int], datetime]:
    """A letter due to each of `waiting` people, `people` at a customer.

    The touches to be through later, and the moment at which the letters fell due.
    """
    size = crowd.Size(max(1, waiting // people), min(people, waiting))
    office = crowd.settle_in(store, size)
    head = crowd.PLAYBOOK.partition("steps:")[0]
    steps = "".join(_STEP.format(n=n) for n in range(LETTERS))
    crowd.begin(office, f"{head}steps:\n{steps}")
    first, others = _touches(store)
    with store.writing() as session:
        session.execute(text("UPDATE touch SET state = 'open'"))
    mass.look_over(store)
    mass.load(store, "delivery", COLUMNS, _due(store, first, office.now))
    return others, office.now


def fill_done(store: Store, touches: list[int], many: int, now: datetime) -> None:
    """`many` letters of these touches that were sent, to everybody in turn."""
    mass.load(store, "delivery", COLUMNS, _done(store, touches, many, now))


def _touches(store: Store) -> tuple[dict[int, int], list[int]]:
    """The first touch of each customer by customer, and all the others."""
    with store.reading() as session:
        rows = session.execute(
            select(Rollout.customer_id, Touch.id)
            .join(Rollout, Rollout.id == Touch.rollout_id)
            .order_by(Touch.id)
        )
        first: dict[int, int] = {}
        others = []
        for customer, touch in rows:
            if first.setdefault(customer, touch) != touch:
                others.append(touch)
    return first, others


def _people(store: Store) -> list[tuple[int, int]]:
    with store.reading() as session:
        rows = session.execute(select(Contact.id, Contact.customer_id).order_by(Contact.id))
        return [(contact, customer) for contact, customer in rows]


def _due(store: Store, touch_of: dict[int, int], now: datetime) -> Iterator[mass.Row]:
    nothing = (None,) * 5
    for contact, customer in _people(store):
        touch = touch_of[customer]
        # The letters of a touch are due at once, as they are when it opens; the touches fall due
        # over a morning.
        at = now + timedelta(seconds=touch % 3600)
        yield (_public_id(touch, contact), touch, contact, "due", 0, at, now, *nothing)


def _done(store: Store, touches: list[int], many: int, now: datetime) -> Iterator[mass.Row]:
    with store.reading() as session:
        query = select(Touch.id, Rollout.customer_id).join(Rollout, Rollout.id == Touch.rollout_id)
        customer_of = dict(session.execute(query).all())
    touches_of: dict[int, list[int]] = {}
    for touch in touches:
        touches_of.setdefault(customer_of[touch], []).append(touch)
    people = _people(store)
    for number in range(many):
        contact, customer = people[number % len(people)]
        touch = touches_of[customer][number // len(people)]
        identity = _public_id(touch, contact)
        sent = (f"<{identity}@harbor.example>", f"eve{contact}@firm.example", identity * 2)
        at = now - timedelta(days=1, seconds=number % 3600)
        yield (identity, touch, contact, "sent", 0, at, at, at, *sent, "250 2.0.0 Ok")


def _public_id(touch: int, contact: int) -> str:
    return blake2b(f"{touch}:{contact}".encode(), digest_size=16).hexdigest()
