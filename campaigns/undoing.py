"""Station undoing: whoever decides takes back what somebody else chose for them."""

from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.agree import Wish, end_date, settle, takes_dates
from campaigns.asking import Chooser, ask_for_new_date
from campaigns.choice import UNDO, Case, room_of, undo_until
from campaigns.errors import Conflict
from campaigns.models import Agreement
from campaigns.rules import dates
from campaigns.rules.days import long_day

_ANSWERED = select(Agreement).where(
    Agreement.rollout_id == bindparam("rollout"), Agreement.answer_key == bindparam("key")
)
_VERSION = select(Agreement).where(
    Agreement.rollout_id == bindparam("rollout"), Agreement.version == bindparam("version")
)


def answered(session: Session, rollout_id: int, answer_key: str) -> bool:
    """Whether the form with this key was answered before."""
    values = {"rollout": rollout_id, "key": answer_key}
    return session.scalar(_ANSWERED, values) is not None


def undo(
    session: Session, case: Case, *, chooser: Chooser, answer_key: str, now: datetime
) -> Agreement:
    """Take back what somebody else chose for whoever decides: the date before it stands again.

    For a day after the choice. Raises Conflict `undo_over`, or the reason why the earlier date
    cannot be had any more. The same form twice undoes once.
    """
    first = session.scalar(_ANSWERED, {"rollout": case.rollout.id, "key": answer_key})
    if first is not None:
        return first
    current = case.current
    if current is None or undo_until(current) is None or now > current.at + UNDO:
        raise Conflict("This choice cannot be undone here any more. Call us.", "undo_over")
    takes_dates(case)
    earlier = session.scalar(_VERSION, {"rollout": case.rollout.id, "version": current.version - 1})
    if earlier is None or earlier.day is None or earlier.local_time is None:
        gone = end_date(session, case, "undone", chooser, answer_key, "choice_undone", now)
        ask_for_new_date(session, case, gone.version, chooser, now)
        return gone
    room = room_of(session, case, earlier.day, earlier.day)
    # It was agreed before, so habits do not stand against it; limits do.
    verdict = dates.by_staff(case.terms, earlier.day, room.free, room.loads)
    if not verdict.open:
        message = f"{long_day(earlier.day)} cannot be had any more. {verdict.reason} Call us."
        raise Conflict(message, verdict.code)
    wish = Wish(earlier.day, earlier.local_time, chooser, answer_key, "undone")
    return settle(session, case, wish, room, now)
