"""Where somebody who decides can be reached by mail."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Rollout
from campaigns.models.base import BigKey
from campaigns.notices import still_decides
from campaigns.rows import rows_of

_WHO_DECIDES = (
    select(Rollout.id)
    .join(Contact, Contact.customer_id == Rollout.customer_id)
    .where(
        Rollout.id.in_(bindparam("rollouts", type_=BigKey, expanding=True)),
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        Contact.suppressed_at.is_(None),
        still_decides(Rollout.id),
    )
)


def who_can_decide(session: Session, rollout_ids: Sequence[int]) -> frozenset[int]:
    """Those of these rollouts that have somebody to write to about the date."""
    if not rollout_ids:
        return frozenset()
    return frozenset(rows_of(session, _WHO_DECIDES, rollouts=list(rollout_ids)).scalars())
