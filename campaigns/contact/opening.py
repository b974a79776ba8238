"""A touch opens once: it is useless by now, a task for staff, or letters to people."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.choice import Case
from campaigns.contact.ahead import Ahead
from campaigns.contact.fan_out import fan_out
from campaigns.contact.put_down import put_down
from campaigns.contact.touched import Opened, Touched, touched
from campaigns.contact.work import add_task
from campaigns.given import AMONG, keys
from campaigns.links import Links
from campaigns.models import Rollout, Step, Touch
from campaigns.models.base import UtcInstant
from campaigns.rules.plan import HELD_UP, put_off
from campaigns.rules.steps import PROPOSALS, PUT_DOWN
from campaigns.store import lock
from campaigns.terms import calendar_of

READY = "everybody is ready"
Book = Callable[[Opened, Case], Opened]

# Built once: a touch is opened for every customer and step.
_OPEN = {
    engine: text(
        f"UPDATE touch SET state = 'open', opened_at = :now WHERE id {among} "  # noqa: S608 - ours
        "AND state = 'planned' RETURNING id"
    ).bindparams(bindparam("now", type_=UtcInstant()))
    for engine, among in AMONG.items()
}
_LOCK = (
    select(Rollout.id)
    .join(Touch, Touch.rollout_id == Rollout.id)
    .where(text(f"touch.id {AMONG['postgresql']}"))
    .order_by(Rollout.id)
    .with_for_update(of=Rollout)
)


def leave_unbooked(opened: Opened, _case: Case) -> Opened:
    """For where nobody is there to book."""
    return opened


def open_touches(
    session: Session,
    touch_ids: Sequence[int],
    *,
    now: datetime,
    links: Links | None,
    instance: str,
    day_minutes: int,
    book: Book = leave_unbooked,
) -> list[Opened]:
    """Open touches, each of another rollout, in this order. Those that another worker was quicker
    with, or that wait for working hours, are left out.

    Only one caller can turn `planned` into `open`; a task becomes a row for staff, a
    letter one delivery a person. Who is skipped is kept, with the reason. `book` sees to a day
    that was put down and is to be booked. Without `links` none are made valid: nobody gets these
    letters.
    """
    ids, connection = keys(touch_ids), session.connection()
    # First the rollouts, as everybody does who agrees a date: two orders would be a deadlock.
    lock(session, _LOCK, {"ids": ids})
    statement = _OPEN[connection.dialect.name]
    ours = set(connection.execute(statement, {"ids": ids, "now": now}).scalars())
    if not ours:
        return []
    found = touched(session, list(ours), now)
    ahead = Ahead(session, [found[id_] for id_ in touch_ids if id_ in ours], now, day_minutes)
    # One writing for all of them, rather than before each question that another one asks.
    with session.no_autoflush:
        opened = [_open(ahead, one, links, instance, book) for one in ahead.touches]
    ahead.write()
    return [one for one in opened if one is not None]


def _open(
    ahead: Ahead, one: Touched, links: Links | None, instance: str, book: Book
) -> Opened | None:
    touch, step, rollout, now = one.touch, one.step, one.rollout, ahead.now
    useless = _useless(ahead, one)
    if useless is not None:
        return one.skip(useless, now)
    if _waits(ahead.session, one, now):
        return None
    _advance(rollout, step)
    unnamed = _unnamed(ahead, one)
    if unnamed is not None:
        return one.skip(unnamed, now)
    if step.channel == "task":
        return _hand_to_staff(ahead, one)
    if step.channel == "booking":
        opened = Opened(touch.id, rollout.id, 0, {}, books=True)
        booked = book(opened, ahead.cases.of(rollout.id))
        ahead.cases.agreed(one.customer.id)
        return booked
    return fan_out(ahead, one, links, instance)


def _useless(ahead: Ahead, one: Touched) -> str | None:
    """Why the whole touch is skipped: too late, overtaken, or nothing left to ask."""
    touch, step = one.touch, one.step
    # A held place must be given back.
    if touch.valid_until <= ahead.now and step.channel != "booking":
        return "its time had passed"
    if step.stop == "agreed" and one.rollout.id in ahead.agreed:
        return "a date has been agreed"
    if step.required or step.channel != "mail":
        return None
    return "a later letter is due at the same time" if touch.id in ahead.overtaken else None


def _waits(session: Session, one: Touched, now: datetime) -> bool:
    """What was held up does not leave by night or at the weekend, where it can wait."""
    touch = one.touch
    if now - touch.due < HELD_UP or one.step.channel != "mail" or touch.local_due is None:
        return False
    if not one.book.rules.quiet_hours:
        return False
    calendar = calendar_of(session, one.customer, one.campaign.id)
    soon = put_off(touch.due, touch.valid_until, calendar, now)
    if soon is None:
        return False
    touch.due, touch.local_due = soon
    touch.state, touch.opened_at = "planned", None
    return True


def _advance(rollout: Rollout, step: Step) -> None:
    if step.audience == "decision_maker" and rollout.state == "planned":
        rollout.state = "invited"
    if step.anchor == "agreed_date" and step.offset_days == 0 and rollout.state == "agreed":
        rollout.state = "implementing"


def _unnamed(ahead: Ahead, one: Touched) -> str | None:
    """Settle the day that a letter is to name; why there is none, or None."""
    if one.step.letter in PROPOSALS and not _may_propose(ahead, one):
        return "no day is left to propose"
    if one.step.letter == PUT_DOWN:
        return _put_down(ahead, one)
    return None


def _may_propose(ahead: Ahead, one: Touched) -> bool:
    """Settle the suggestion before the letter that names it; without one staff must call.

    Where nobody can be reached there is nobody to suggest it to: the fan-out says so.
    """
    session, rollout = ahead.session, one.rollout
    if rollout.id not in ahead.deciding:
        return True
    case = ahead.cases.of(rollout.id)
    if choice.propose(case, ahead.cases.offers(case)) is not None:
        return True
    text = "Every day on offer is closed or full. Call the customer and agree a date by hand."
    add_task(session, f"no_day:{rollout.id}", "no_day", "no day is left", text, rollout, ahead.now)
    return False


def _put_down(ahead: Ahead, one: Touched) -> str | None:
    session, rollout, now = ahead.session, one.rollout, ahead.now
    if rollout.id not in ahead.deciding:
        said = "Nobody who decides can be reached by mail, so no day was put down. Call them."
        key = f"not_told:{rollout.id}"
        add_task(session, key, "not_told", "call for a date", said, rollout, now)
        return "nobody could be told of a day"
    why = put_down(session, one.touch, ahead.cases.of(rollout.id), now)
    ahead.cases.taken()
    return why


def _hand_to_staff(ahead: Ahead, one: Touched) -> Opened:
    """A task; none about people who are not ready where there are none."""
    if one.step.stop == "done" and one.rollout.id in ahead.ready:
        return one.skip(READY, ahead.now)
    ahead.add_step(one)
    one.touch.state, one.touch.done_at = "done", ahead.now
    return Opened(one.touch.id, one.rollout.id, 0, {})
