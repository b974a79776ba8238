"""What is due: touches and letters of running campaigns, and what waits on hold."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from campaigns.models import (
    PAUSED,
    Campaign,
    ChangeReview,
    Delivery,
    Rollout,
    Step,
    Touch,
)
from campaigns.schedule import BEFORE_AGREEMENT

# They name the vendor's date. While somebody looks at what the vendor changed, they wait.
_UNDER_REVIEW = (
    select(Step.id)
    .join(Campaign, Campaign.id == Step.campaign_id)
    .join(ChangeReview, ChangeReview.change_id == Campaign.change_id)
    .where(ChangeReview.state == "open", Step.anchor.in_(BEFORE_AGREEMENT))
)
# Built once: a sweep asks them every few seconds.
_DUE = (
    select(Touch.id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(
        Touch.state == "planned",
        Touch.due <= bindparam("now"),
        Campaign.state == "running",
        Touch.step_id.not_in(_UNDER_REVIEW),
    )
    .order_by(Touch.due, Touch.id)
    .limit(bindparam("most"))
)
_RUNNING = (
    select(Rollout.id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(Campaign.state == "running")
)
_NEXT_TOUCH = select(func.min(Touch.due)).where(
    Touch.state == "planned",
    Touch.due > bindparam("after"),
    Touch.due <= bindparam("until"),
    Touch.rollout_id.in_(_RUNNING),
    Touch.step_id.not_in(_UNDER_REVIEW),
)
_NEXT_LETTER = (
    select(func.min(Delivery.next_try))
    .join(Touch, Touch.id == Delivery.touch_id)
    .where(
        Delivery.state == "due",
        Delivery.next_try > bindparam("after"),
        Delivery.next_try <= bindparam("until"),
        Touch.rollout_id.in_(_RUNNING),
    )
)


def due_touches(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Touches of running campaigns whose time has come, oldest first."""
    return session.scalars(_DUE, {"now": now, "most": limit}).all()


def next_due(session: Session, after: datetime, until: datetime) -> datetime | None:
    """The next instant in (after, until] at which something falls due, or None."""
    values = {"after": after, "until": until}
    moments = (session.scalar(_NEXT_TOUCH, values), session.scalar(_NEXT_LETTER, values))
    return min((instant for instant in moments if instant is not None), default=None)


def waiting_on_hold(session: Session, now: datetime) -> int:
    """How many touches and letters are due but held back with their campaign."""
    held = (
        select(Rollout.id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.state.in_(PAUSED))
    )
    touches = session.scalar(
        select(func.count()).where(
            Touch.state == "planned", Touch.due <= now, Touch.rollout_id.in_(held)
        )
    )
    letters = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(Delivery.state == "due", Touch.rollout_id.in_(held))
    )
    return (touches or 0) + (letters or 0)
