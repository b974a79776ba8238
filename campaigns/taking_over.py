"""Another technician takes a customer's day over; the date that was agreed stands."""

from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.booking import hand_on
from campaigns.choice import Case, open_case, room_of
from campaigns.errors import Conflict
from campaigns.journal import Actor, record


def take_over(
    session: Session,
    rollout_id: int,
    technician: str,
    *,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> Case:
    """Book the same minutes of the same day with that technician instead.

    Raises NotFound, and Conflict: `no_date`, `no_skill` or `date_taken`.
    """
    case = open_case(session, rollout_id, now, day_minutes)
    day = case.current.day if case.current else None
    if day is None:
        raise Conflict("This customer has no date any more.", "no_date")
    crew = case.terms.crew
    if crew is None or technician not in {one.name for one in crew.fitting}:
        raise Conflict(f"{technician} does not do changes of this kind.", "no_skill")
    hand_on(session, case, day, technician, room_of(session, case, day, day))
    record(
        session,
        who=who,
        what="technician_changed",
        subject=case.customer.name,
        now=now,
        customer_id=case.customer.id,
        details={"day": str(day), "technician": technician},
    )
    return case
