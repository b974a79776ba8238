"""Is the house alive: what waits, who looked last, what went amiss. One read model for the
board, `/readyz`, `/metrics` and `rollout doctor`, in a few indexed statements."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from campaigns.models import PAUSED, Campaign, Delivery, Installation, MailHost, Rollout, Touch
from campaigns.models.base import UtcInstant
from campaigns.rules.arming import Refusal
from campaigns.rules.health import HOUR, Pulse, Resting

DAY = timedelta(days=1)
MOST = 10_000  # letters on hold are counted no further
SETTLING = timedelta(minutes=5)  # a touch that has just opened is still on its way

# The states stand in the text, as those of the index do: only then may SQLite use it.
_AMISS = text(
    "SELECT count(CASE WHEN state = 'uncertain' THEN 1 END), "
    "count(CASE WHEN state = 'failed' THEN 1 END), "
    "count(CASE WHEN state = 'failed' AND settled_at > :since THEN 1 END) "
    "FROM delivery WHERE state IN ('failed','uncertain')"
).bindparams(bindparam("since", type_=UtcInstant()))
_SENDING = text(
    "SELECT count(CASE WHEN lease_until < :machine THEN 1 END), "
    "count(CASE WHEN lease_until >= :machine THEN 1 END) "
    "FROM delivery WHERE state = 'sending'"
).bindparams(bindparam("machine", type_=UtcInstant()))


# The board, the doctor and every probe ask these: they are put together once.
_NOW = bindparam("now", type_=UtcInstant())
_OLDEST_TOUCH = (
    select(Touch.due)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(Touch.state == "planned", Touch.due <= _NOW, Campaign.state == "running")
    .order_by(Touch.due)
    .limit(1)
)
_OLDEST_LETTER = (
    select(Delivery.next_try)
    .join(Touch, Touch.id == Delivery.touch_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(Delivery.state == "due", Delivery.next_try <= _NOW, Campaign.state == "running")
    .order_by(Delivery.next_try)
    .limit(1)
)
_RUNNING = select(Campaign.id).where(Campaign.state == "running").limit(1)
_HELD = (
    select(Rollout.id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(Campaign.state.in_(PAUSED))
)
_HELD_TOUCHES, _HELD_LETTERS = (
    select(func.count()).select_from(query.limit(MOST).subquery())
    for query in (
        select(Touch.id).where(
            Touch.state == "planned", Touch.due <= _NOW, Touch.rollout_id.in_(_HELD)
        ),
        select(Delivery.id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(Delivery.state == "due", Touch.state == "open", Touch.rollout_id.in_(_HELD)),
    )
)
_CLOSES = (
    select(Touch.valid_until)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(Touch.state == "open", Campaign.state == "running")
    .where(Touch.valid_until > _NOW, Touch.valid_until <= bindparam("later", type_=UtcInstant()))
    .where(
        Touch.opened_at < bindparam("settled", type_=UtcInstant()),
        select(Delivery.id)
        .where(Delivery.touch_id == Touch.id, Delivery.state.in_(("due", "sending")))
        .exists(),
    )
    .order_by(Touch.valid_until)
    .limit(1)
)
_RESTING = (
    select(MailHost)
    .where(MailHost.resting_until > _NOW)
    .order_by(MailHost.resting_until.desc())
    .limit(1)
)


def pulse(session: Session, *, now: datetime, machine: datetime, refusal: Refusal | None) -> Pulse:
    """`now` is the business time, `machine` the machine's own; `refusal` why nothing is sent."""
    row = session.get(Installation, 1)
    uncertain, failed, lately = session.execute(_AMISS, {"since": now - DAY}).one()
    lost, working = session.execute(_SENDING, {"machine": machine}).one()
    return Pulse(
        now=now,
        machine=machine,
        refusal=refusal,
        running=session.scalar(_RUNNING) is not None,
        oldest_due=oldest_due(session, now),
        swept_at=row.swept_machine_at if row else None,
        beat_at=row.beat_at if row else None,
        uncertain=uncertain,
        failed=failed,
        failed_lately=lately,
        held=_held(session, now),
        lost=lost,
        working=working,
        closes_at=_closes_at(session, now),
        resting=_resting(session, machine),
    )


def oldest_due(session: Session, now: datetime) -> datetime | None:
    """Since when the oldest due touch or letter of a running campaign has waited."""
    found = (session.scalar(query, {"now": now}) for query in (_OLDEST_TOUCH, _OLDEST_LETTER))
    return min((since for since in found if since is not None), default=None)


def _held(session: Session, now: datetime) -> int:
    """Touches and letters that are due but wait with their campaign; at most MOST of each."""
    found = (session.scalar(query, {"now": now}) for query in (_HELD_TOUCHES, _HELD_LETTERS))
    return sum(count or 0 for count in found)


def _closes_at(session: Session, now: datetime) -> datetime | None:
    """When the first letter that still waits loses its use, where that is within the hour."""
    settled = now - SETTLING
    return session.scalar(_CLOSES, {"now": now, "later": now + HOUR, "settled": settled})


def _resting(session: Session, machine: datetime) -> Resting | None:
    host = session.scalar(_RESTING, {"now": machine})
    if host is None or host.resting_until is None:
        return None
    return Resting(host.name, host.resting_until, host.reply or "")
