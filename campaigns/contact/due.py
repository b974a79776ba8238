"""What is due: touches and letters of running campaigns, and what waits on hold."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, literal_column, or_, select
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
from campaigns.rows import rows_of
from campaigns.rules.steps import NAMING
from campaigns.schedule import BEFORE_AGREEMENT

# They name the vendor's date. While somebody looks at what the vendor changed, they wait.
_UNDER_REVIEW = (
    select(Step.id)
    .join(Campaign, Campaign.id == Step.campaign_id)
    .join(ChangeReview, ChangeReview.change_id == Campaign.change_id)
    .where(ChangeReview.state == "open", Step.anchor.in_(BEFORE_AGREEMENT))
)
# Built once: a sweep asks them every few seconds. Their states are written out, not given: only
# then does an engine see that the index of what waits will do. The earliest is the first of that
# index; the least of all would be looked for among all.
_PLANNED = Touch.state == literal_column("'planned'")
_WAITING = Delivery.state == literal_column("'due'")
_DUE = (
    select(
        Touch.id,
        Touch.rollout_id,
        or_(Step.channel == "booking", *(Step.letter == letter for letter in NAMING)),
    )
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .where(
        _PLANNED,
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
    .where(Rollout.id == Touch.rollout_id, Campaign.state == "running")
    .correlate(Touch)
    .exists()
)
_NEXT_TOUCH = (
    select(Touch.due)
    .where(
        _PLANNED,
        Touch.due > bindparam("after"),
        Touch.due <= bindparam("until"),
        _RUNNING,
        Touch.step_id.not_in(_UNDER_REVIEW),
    )
    .order_by(Touch.due)
    .limit(1)
)
_NEXT_LETTER = (
    select(Delivery.next_try)
    .join(Touch, Touch.id == Delivery.touch_id)
    .where(
        _WAITING,
        Delivery.next_try > bindparam("after"),
        Delivery.next_try <= bindparam("until"),
        _RUNNING,
    )
    .order_by(Delivery.next_try)
    .limit(1)
)


class DueTouch(NamedTuple):
    """A touch whose time has come. One that `names_a_day` suggests, takes or books technicians'
    time, so that among these it matters who comes first."""

    id: int
    rollout_id: int
    names_a_day: bool | None


def due_touches(session: Session, now: datetime, limit: int) -> Sequence[DueTouch]:
    """Touches of running campaigns whose time has come, oldest first."""
    return [DueTouch(*row) for row in rows_of(session, _DUE, now=now, most=limit)]


def next_due(session: Session, after: datetime, until: datetime) -> datetime | None:
    """The next instant in (after, until] at which something falls due, or None."""
    values = {"after": after, "until": until}
    asked = (_NEXT_TOUCH, _NEXT_LETTER)
    moments = [rows_of(session, statement, **values).scalar() for statement in asked]
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
