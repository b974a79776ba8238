"""Whether anybody who decides at a customer can be reached by mail."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Rollout
from campaigns.notices import still_decides


def somebody_decides(session: Session, rollout: Rollout) -> bool:
    """Whether there is somebody to write to about the date."""
    found = session.scalar(
        select(Contact.id)
        .where(
            Contact.customer_id == rollout.customer_id,
            Contact.decision_maker.is_(True),
            Contact.left_at.is_(None),
            Contact.suppressed_at.is_(None),
            still_decides(),
        )
        .limit(1),
        {"rollout": rollout.id},
    )
    return found is not None
