"""Work for staff that comes of a touch."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.models import (
    Customer,
    Rollout,
    Task,
)
from campaigns.store import insert_missing


def add_task(
    session: Session,
    dedupe_key: str,
    kind: str,
    title: str,
    text: str,
    rollout: Rollout,
    now: datetime,
) -> None:
    customer = session.get_one(Customer, rollout.customer_id)
    row = {
        "dedupe_key": dedupe_key,
        "kind": kind,
        "title": f"{customer.name}: {title}"[:500],
        "text": text[:4000],
        "campaign_id": rollout.campaign_id,
        "rollout_id": rollout.id,
        "due": now,
        "created_at": now,
    }
    insert_missing(session, Task, [row])
