"""Whether anybody who decides at a customer can be reached by mail."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Rollout
from campaigns.notices import still_decides

_WHO_DECIDES = (
    select(Contact.id)
    .where(
        Contact.customer_id == bindparam("customer"),
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        Contact.suppressed_at.is_(None),
        still_decides(),
    )
    .limit(1)
)


def somebody_decides(session: Session, rollout: Rollout) -> bool:
    """Whether there is somebody to write to about the date."""
    here = {"customer": rollout.customer_id, "rollout": rollout.id}
    found = session.scalar(_WHO_DECIDES, here)
    return found is not None
