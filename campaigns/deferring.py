"""Station deferrals: how often a customer moved its date to a later day, and who allowed more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid
from campaigns.journal import Actor, record_for
from campaigns.models import Agreement, DeferralGrant, Rollout
from campaigns.rows import rows_of
from campaigns.rules.deferrals import Answer, Deferrals, count

# Built once: each look at a customer's page asks them.
_ANSWERS = (
    select(Agreement.day, Agreement.how)
    .where(Agreement.rollout_id == bindparam("rollout"))
    .order_by(Agreement.version)
)
_GRANTED = select(func.count()).where(DeferralGrant.rollout_id == bindparam("rollout"))


def deferrals_of(session: Session, rollout: Rollout, allowed: int) -> Deferrals:
    """What the customer has used of `allowed`, the playbook's number, and of what was granted."""
    if rollout.version == 0:  # nothing stands that could be moved
        return Deferrals(0, allowed)
    granted = rows_of(session, _GRANTED, rollout=rollout.id).scalar_one()
    answers = [Answer(*row) for row in rows_of(session, _ANSWERS, rollout=rollout.id)]
    return count(answers, allowed + int(granted))


def grants_of(session: Session, rollout_id: int) -> Sequence[DeferralGrant]:
    """Who allowed one move more, and why, oldest first."""
    query = select(DeferralGrant).where(DeferralGrant.rollout_id == rollout_id)
    return session.scalars(query.order_by(DeferralGrant.id)).all()


def grant(
    session: Session, rollout_id: int, *, seen: int, why: str, who: Actor, now: datetime
) -> bool:
    """Let the customer move its date to a later day once more.

    `seen` is how many were granted when the form was opened: the same form twice grants one.
    Returns whether this one did. Raises Invalid where no reason is given.
    """
    why = " ".join(why.split())[:500]
    if not why:
        raise Invalid("Write why the date may be moved once more.", "no_reason", "why")
    # Whoever grants at the same time waits here, and then sees one more.
    session.execute(select(Rollout.id).where(Rollout.id == rollout_id).with_for_update())
    if len(grants_of(session, rollout_id)) != seen:
        return False
    session.add(DeferralGrant(rollout_id=rollout_id, by_staff=who.name, why=why, at=now))
    record_for(session, rollout_id, "deferral_granted", who, now, {"why": why})
    return True
