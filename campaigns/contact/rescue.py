"""Letters of couriers that died: unmarked ones are due again, marked ones wait for a person."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Delivery, Rollout, Touch


def rescue(session: Session, *, now: datetime, machine: datetime) -> dict[str, int]:
    """Take back the letters whose lease ran out: {`due`: n, `uncertain`: n}."""
    lost = (Delivery.state == "sending", Delivery.lease_until < machine)
    uncertain = session.scalars(
        update(Delivery)
        .where(*lost, Delivery.mark.is_not(None))
        .values(
            state="uncertain",
            reason="the program stopped while the server was taking it",
            settled_at=now,
        )
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    due = session.scalars(
        update(Delivery)
        .where(*lost, Delivery.mark.is_(None))
        .values(state="due", token=None, lease_until=None, next_try=now)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    ).all()
    _cancel_ended(session, now)
    return {"due": len(due), "uncertain": len(uncertain)}


def _cancel_ended(session: Session, now: datetime) -> None:
    """A letter that came back from a courier after its campaign had ended waits for nothing."""
    ended = (
        select(Touch.id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.state.in_(("finished", "cancelled")))
    )
    session.execute(
        update(Delivery)
        .where(Delivery.state == "due", Delivery.touch_id.in_(ended))
        .values(state="cancelled", reason="the campaign has ended", settled_at=now)
        .execution_options(synchronize_session=False)
    )
