"""Station silence: a day that was put down is booked when nobody said otherwise, or given back.

Never without notice: it is booked only where a mail server took the notice for somebody who
decides, and not before that person had the whole window to say otherwise.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns import agree, schedule
from campaigns.asking import Chooser, note
from campaigns.booking import release
from campaigns.capacity import Room
from campaigns.choice import Case
from campaigns.contact import Opened
from campaigns.contact.work import add_task
from campaigns.errors import Conflict
from campaigns.journal import SYSTEM
from campaigns.models import PutDown, Rollout, Step, Task, Touch
from campaigns.notices import handed_over, last_notice, standing_notice
from campaigns.rules.calendar import DAY
from campaigns.rules.days import brief_day, long_day

NOBODY_OBJECTED = Chooser("our notice", "nobody said otherwise")
QUESTIONS = ("question", "none_fit", "wrong_person")  # what a customer may write meanwhile

# Built once: every silent customer asks them.
_ASKED = (
    select(Task.id)
    .where(
        Task.rollout_id == bindparam("rollout"),
        Task.kind.in_(QUESTIONS),
        Task.created_at >= bindparam("since"),
        Task.done_at.is_(None),
    )
    .limit(1)
)
# The notice itself, where it still waits, and the booking that was to follow it.
_REST = schedule.taking_back(
    select(Touch.id).where(
        Touch.rollout_id == bindparam("rollout"),
        (Touch.id == bindparam("told_by"))
        | Touch.step_id.in_(select(Step.id).where(Step.channel == "booking")),
    )
)


def book_unless_told(session: Session, opened: Opened, case: Case, *, now: datetime) -> Opened:
    """Book the day that was put down; `opened` is its booking step, in the same transaction.

    Where it cannot be booked, its place is free again and somebody has a task.
    """
    touch = session.get_one(Touch, opened.touch_id)
    notice = standing_notice(session, case.rollout)
    if notice is None:
        return _skip(opened, touch, "no day is put down", now)
    told = handed_over(session, notice)
    if told is not None and _wait(session, case, touch, notice, told):
        return opened
    wish = agree.Wish(
        notice.day, notice.local_time, NOBODY_OBJECTED, f"put_down:{notice.id}", "proposed_default"
    )
    found = _room(session, case, wish, notice, told)
    if isinstance(found, _Hindrance):
        _give_back(session, case, notice, found.outcome, found.why, now)
        return _skip(opened, touch, found.why, now)
    touch.state, touch.done_at = "done", now
    notice.outcome, notice.ended_at = "booked", now
    session.flush()  # what is done is not cancelled with the rest of the ladder
    agree.settle(session, case, wish, found, now)
    return opened


def decline(session: Session, case: Case, *, text: str, chooser: Chooser, now: datetime) -> None:
    """The customer says "not this day": its place is free again and somebody calls.

    The same answer twice is one. Raises Conflict `not_put_down` where no day is put down.
    """
    session.execute(select(Rollout.id).where(Rollout.id == case.rollout.id).with_for_update())
    notice = last_notice(session, case.rollout)
    if notice is None or notice.outcome not in (None, "declined"):
        raise Conflict("No day is put down for you, so there is none to give back.", "not_put_down")
    if notice.outcome is None:
        said = text.strip()[:2000] or "nothing more"
        who = f"{chooser.name}, {chooser.role}"
        why = f"{who}, does not want {brief_day(notice.day)} and wrote: {said}"
        _give_back(session, case, notice, "declined", why, now, chooser)


def _wait(session: Session, case: Case, touch: Touch, notice: PutDown, told: datetime) -> bool:
    """Whether the window is not over yet, since the letter was handed over late."""
    calendar = case.terms.calendar
    until = calendar.shift(calendar.today(told), case.terms.rules.opt_out_days, True)
    if until <= notice.until:
        return False
    step = session.get_one(Step, touch.step_id)
    day = calendar.shift(until, step.offset_days, step.business_days)
    notice.until = until
    touch.state, touch.opened_at, touch.day = "planned", None, day
    touch.due = calendar.instant(day, step.local_time or time(9))
    touch.valid_until = calendar.end_of(day + step.valid_days * DAY)
    return True


@dataclass(frozen=True, slots=True)
class _Hindrance:
    """Why the day is not booked by itself: the outcome as one word, and in words for staff."""

    outcome: str
    why: str


def _room(
    session: Session, case: Case, wish: agree.Wish, notice: PutDown, told: datetime | None
) -> Room | _Hindrance:
    if told is None:
        return _Hindrance("not_told", "the notice reached nobody who decides")
    asked = session.scalar(_ASKED, {"rollout": case.rollout.id, "since": notice.at})
    if asked is not None:
        return _Hindrance("asked", "the customer wrote and has no answer yet")
    try:
        found = agree.consider(session, case, wish)
    except Conflict as closed:
        return _Hindrance("gone", closed.message)
    return found if isinstance(found, Room) else _Hindrance("booked", "a date has been agreed")


def _skip(opened: Opened, touch: Touch, why: str, now: datetime) -> Opened:
    touch.state, touch.reason, touch.done_at = "skipped", why[:500], now
    return replace(opened, skipped={why: 1})


def _give_back(
    session: Session,
    case: Case,
    notice: PutDown,
    outcome: str,
    why: str,
    now: datetime,
    chooser: Chooser | None = None,
) -> None:
    """The place is free again, and a person sees to the date."""
    release(session, case.rollout.id, now)
    notice.outcome, notice.ended_at = outcome, now
    rollout = case.rollout
    rollout.proposed_day = rollout.proposed_time = None
    rollout.state = "invited" if rollout.state == "proposed" else rollout.state
    session.flush()
    rest = {"rollout": notice.rollout_id, "told_by": notice.touch_id}
    schedule.take_back(session, _REST, "the day was given back", now, **rest)
    title = "the day put down does not suit" if chooser else "no date came of the notice"
    text = f"{long_day(notice.day)} was put down and is free again: {why}"
    add_task(session, f"silent:{notice.id}", "call_back", f"call, {title}", text, rollout, now)
    actor = chooser.actor if chooser else SYSTEM
    details = {"day": str(notice.day), "outcome": outcome, "why": why}
    note(session, case, "day_given_back", actor, now, details)
