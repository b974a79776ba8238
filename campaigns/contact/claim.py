"""Claim, mark, settle: how one letter is handed over at most once.

1. `claim_due` takes due rows under a lease and a fencing token, and checks inside the
   same transaction that each letter is still wanted.
2. `mark` is committed after the server said 354 and before the final dot: from here on
   the outcome may be unknown. No row marked means: do not send the dot.
3. `settle` writes what the server answered, guarded by the token.
4. `rescue` takes back rows whose lease ran out: unmarked ones are due again, marked
   ones are uncertain and never sent again by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Date, bindparam, select, text, update
from sqlalchemy.orm import Session, aliased

from campaigns.contact.audience import excepted_until
from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    Customer,
    Delivery,
    Rollout,
    Snapshot,
    Standing,
    Step,
    Touch,
)
from campaigns.models.base import UtcInstant
from campaigns.people import standing_of
from campaigns.rules.audience import Occasion, Person, why_not
from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.terms import playbook_of


@dataclass(frozen=True)
class Claim:
    """A letter that belongs to one courier until its lease runs out. Plain rows, detached."""

    delivery: Delivery
    token: str
    contact: Contact
    customer: Customer
    campaign: Campaign
    rollout: Rollout
    step: Step
    touch: Touch
    agreement: Agreement | None
    earlier: Agreement | None

    @property
    def language(self) -> str:
        return (self.contact.locale or self.customer.locale or "en").split("-")[0].split("_")[0]


@dataclass(frozen=True)
class Taken:
    """One claim: the rows that were taken, and the letters among them that are wanted.

    `touched` are the touches of the others, which may be through now.
    """

    ids: tuple[int, ...] = ()
    claims: list[Claim] = field(default_factory=list)
    touched: frozenset[int] = frozenset()


def claim_due(
    session: Session, *, now: datetime, machine: datetime, lease: timedelta, token: str, limit: int
) -> Taken:
    """Take up to `limit` due letters. Those not wanted any more are settled here and left out.

    `now` is the business time, `machine` the machine's own, in which leases are counted.
    """
    ids = _take(session, now, machine + lease, token, limit)
    if not ids:
        return Taken()
    wanted, touched = [], set[int]()
    for claim, person in _load(session, ids, token, now):
        unwanted = _unwanted(claim, person, now)
        if unwanted is None:
            wanted.append(claim)
        else:
            state, reason = unwanted
            touched.add(claim.touch.id)
            _release(session, claim.delivery.id, token, state, reason, now)
    return Taken(tuple(ids), wanted, frozenset(touched))


# Plain SQL, built once. Postgres may run a plain subquery once a row, and then the limit is
# none: hence the CTE. SQLite has one writer at a time and needs no row locks.
_TAKE = (
    "WITH due AS (SELECT delivery.id FROM delivery "
    "JOIN touch ON touch.id = delivery.touch_id "
    "JOIN rollout ON rollout.id = touch.rollout_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id "
    "WHERE delivery.state = 'due' AND delivery.next_try <= :now AND campaign.state = 'running' "
    "ORDER BY delivery.next_try, delivery.id LIMIT :most{lock}) "
    "UPDATE delivery SET state = 'sending', token = :token, lease_until = :lease, mark = NULL "
    "WHERE id IN (SELECT id FROM due) AND state = 'due' RETURNING id"
)
_TAKES = {
    engine: text(_TAKE.format(lock=lock)).bindparams(
        bindparam("now", type_=UtcInstant()), bindparam("lease", type_=UtcInstant())
    )
    for engine, lock in (
        ("sqlite", ""),
        ("postgresql", " FOR UPDATE OF delivery SKIP LOCKED"),
    )
}


def _take(
    session: Session, now: datetime, lease_until: datetime, token: str, limit: int
) -> Sequence[int]:
    connection = session.connection()
    values = {"now": now, "lease": lease_until, "token": token, "most": limit}
    return connection.execute(_TAKES[connection.dialect.name], values).scalars().all()


_EARLIER = aliased(Agreement)
_LOAD = (
    select(
        Delivery,
        Contact,
        Customer,
        Campaign,
        Rollout,
        Step,
        Touch,
        Agreement,
        _EARLIER,
        Standing.level,
        excepted_until(Campaign.id, bindparam("yesterday", type_=Date)),
        Snapshot.source,
    )
    .join(Touch, Touch.id == Delivery.touch_id)
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(Contact, Contact.id == Delivery.contact_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .outerjoin(
        Agreement,
        (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
    )
    .outerjoin(
        _EARLIER,
        (_EARLIER.rollout_id == Rollout.id) & (_EARLIER.version == Rollout.version - 1),
    )
    .outerjoin(Standing, standing_of("mfa"))  # the one kind of evidence so far
    .outerjoin(Snapshot, Snapshot.id == Standing.snapshot_id)
    .where(Delivery.id.in_(bindparam("ids", expanding=True)))
    .order_by(Delivery.id)
)


def _load(
    session: Session, ids: Sequence[int], token: str, now: datetime
) -> list[tuple[Claim, Person]]:
    values = {"ids": ids, "yesterday": (now - DAY).date()}  # it is yesterday somewhere
    found = []
    for row in session.execute(_LOAD, values):
        claim = Claim(row[0], token, row[1], row[2], row[3], row[4], row[5], row[6], row[7], row[8])
        found.append((claim, _person(claim, row[9], row[10], row[11], now)))
    return found


def _person(
    claim: Claim, level: int | None, excepted: date | None, source: str | None, now: datetime
) -> Person:
    today = WorkCalendar(claim.customer.timezone).today(now)
    evidence = playbook_of(claim.campaign.playbook_source).evidence.value
    return Person(
        left=claim.contact.left_at is not None,
        suppressed_why=claim.contact.suppressed_why if claim.contact.suppressed_at else None,
        excepted_until=excepted if excepted and excepted >= today else None,
        level=level if evidence != "none" else None,
        source=source,
    )


def _unwanted(claim: Claim, person: Person, now: datetime) -> tuple[str, str] | None:
    touch, rollout, step = claim.touch, claim.rollout, claim.step
    if touch.valid_until <= now:
        return "expired", "its time had passed"
    if touch.version and touch.version != rollout.version:
        return "cancelled", "the date was moved"
    if step.stop == "agreed" and claim.agreement is not None and claim.agreement.day is not None:
        return "cancelled", "a date has been agreed"
    occasion = Occasion(step.audience, step.stop, True, touch.version, None, 0, 0)
    reason = why_not(person, occasion, now)
    return ("skipped", reason) if reason else None


def _release(
    session: Session, delivery_id: int, token: str, state: str, reason: str, now: datetime
) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.token == token)
        .values(state=state, reason=reason, settled_at=now, lease_until=None)
        .execution_options(synchronize_session=False)
    )
