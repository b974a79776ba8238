"""A letter that may or may not have arrived: a person decides, and the journal keeps it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.errors import Conflict, NotFound
from campaigns.journal import Actor, record
from campaigns.models import ON, Campaign, Customer, Delivery, Rollout, Touch


def send_again(session: Session, public_id: str, *, who: Actor, now: datetime) -> None:
    """Send once more, with the same Message-ID.

    Raises Conflict unless it is uncertain, and where the campaign has ended.
    """
    delivery = _uncertain(session, public_id)
    _still_on(session, delivery)
    again = {"state": "due", "next_try": now, "urgent": True, "settled_at": None, "mark": None}
    _move(session, delivery, again)
    session.execute(
        update(Touch)
        .where(Touch.id == delivery.touch_id, Touch.state == "done")
        .values(state="open", done_at=None)
    )
    _note(session, delivery, "uncertain_sent_again", who, now)


def leave_it(session: Session, public_id: str, *, who: Actor, now: datetime) -> None:
    """Take it as sent: somebody has looked. Raises Conflict unless it is uncertain."""
    delivery = _uncertain(session, public_id)
    reason = f"taken as sent by {who.name}"
    _move(session, delivery, {"state": "sent", "reason": reason[:500], "settled_at": now})
    _note(session, delivery, "uncertain_left", who, now)


def _uncertain(session: Session, public_id: str) -> Delivery:
    delivery = session.scalar(select(Delivery).where(Delivery.public_id == public_id))
    if delivery is None:
        raise NotFound("There is no such letter.", "no_delivery")
    return delivery


def _still_on(session: Session, delivery: Delivery) -> None:
    state = session.scalar(
        select(Campaign.state)
        .join(Rollout, Rollout.campaign_id == Campaign.id)
        .join(Touch, Touch.rollout_id == Rollout.id)
        .where(Touch.id == delivery.touch_id)
    )
    if state not in ON:
        words = str(state).replace("_", " ")
        raise Conflict(f"The campaign is {words}, so nothing of it is sent again.", "not_running")


def _move(session: Session, delivery: Delivery, values: dict[str, object]) -> None:
    moved = session.scalar(
        update(Delivery)
        .where(Delivery.id == delivery.id, Delivery.state == "uncertain")
        .values(token=None, lease_until=None, **values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict("This letter is not uncertain any more.", "not_uncertain")


def _note(session: Session, delivery: Delivery, what: str, who: Actor, now: datetime) -> None:
    customer = session.scalars(
        select(Customer)
        .join(Rollout, Rollout.customer_id == Customer.id)
        .join(Touch, Touch.rollout_id == Rollout.id)
        .where(Touch.id == delivery.touch_id)
    ).one()
    record(
        session,
        who=who,
        what=what,
        subject=delivery.public_id,
        now=now,
        customer_id=customer.id,
    )
