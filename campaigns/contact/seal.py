"""When all letters of a touch are settled, the touch is through, and the journal seals it."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from campaigns.given import AMONG, keys
from campaigns.journal import SYSTEM, record
from campaigns.models import Customer, Delivery, Rollout, Step, Touch
from campaigns.models.base import UtcInstant
from campaigns.store import journalled

_CLOSE = {
    engine: text(
        "UPDATE touch SET state = 'done', done_at = :now "  # noqa: S608 - our names
        f"WHERE id {among} AND state = 'open' AND NOT EXISTS (SELECT 1 FROM delivery "
        "WHERE touch_id = touch.id AND delivery.state IN ('due', 'sending')) "
        "RETURNING id"
    ).bindparams(bindparam("now", type_=UtcInstant()))
    for engine, among in AMONG.items()
}
_SETTLED = (
    select(Delivery.public_id, Delivery.state, Delivery.body_hash)
    .where(Delivery.touch_id == bindparam("id"))
    .order_by(Delivery.public_id)
)
_SUBJECT = (
    select(Step.key, Customer.id, Customer.name)
    .select_from(Touch)
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(Touch.id == bindparam("id"))
)


_THROUGH = (
    select(Touch.id)
    .where(
        Touch.state == "open",
        ~select(Delivery.id)
        .where(Delivery.touch_id == Touch.id, Delivery.state.in_(("due", "sending")))
        .exists(),
    )
    .order_by(Touch.id)
    .limit(200)
)


def through(session: Session, among: Collection[int] | None = None) -> Sequence[int]:
    """Open touches that have nothing left to send; of these ones, where some are named."""
    query = _THROUGH if among is None else _THROUGH.where(Touch.id.in_(among))
    return session.scalars(query).all()


def seal(session: Session, touch_ids: Iterable[int], now: datetime) -> None:
    """Close those of the touches that have nothing left to send.

    The journal entry of each carries the hash over its settled deliveries, so that a letter
    cannot be added to or taken from the record afterwards.
    """
    connection = session.connection()
    values = {"ids": keys(touch_ids), "now": now}
    closed = connection.execute(_CLOSE[connection.dialect.name], values).scalars().all()
    if journalled(session):
        for touch_id in sorted(closed):
            _journal(session, touch_id, now)


def _journal(session: Session, touch_id: int, now: datetime) -> None:
    rows = session.execute(_SETTLED, {"id": touch_id}).all()
    states: dict[str, int] = {}
    digest = hashlib.sha256()
    for public_id, state, body_hash in rows:
        states[state] = states.get(state, 0) + 1
        digest.update(f"{public_id}:{state}:{body_hash or ''}\n".encode())
    key, customer_id, name = session.execute(_SUBJECT, {"id": touch_id}).one()
    record(
        session,
        who=SYSTEM,
        what="letters_settled",
        subject=f"{name}: {key}",
        now=now,
        customer_id=customer_id,
        details={"touch": touch_id, "states": states, "deliveries": digest.hexdigest()},
    )
