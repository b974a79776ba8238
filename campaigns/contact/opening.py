"""A touch opens once: it is useless by now, a task for staff, or letters to people."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Date, bindparam, select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from campaigns import choice, people
from campaigns.contact.fan_out import Opened, Touched, fan_out
from campaigns.contact.put_down import LETTER as PUT_DOWN
from campaigns.contact.put_down import put_down
from campaigns.contact.reach import somebody_decides
from campaigns.contact.work import add_task
from campaigns.links import Links
from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    Rollout,
    Step,
    Touch,
)
from campaigns.models.base import UtcInstant
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.plan import HELD_UP, put_off
from campaigns.store import lock
from campaigns.terms import calendar_of, playbook_of

READY = "everybody is ready"
PROPOSALS = ("date-proposal", "proposal-reminder")

# Built once: a touch is opened for every customer and step.
_OPEN = text(
    "UPDATE touch SET state = 'open', opened_at = :now "
    "WHERE id = :id AND state = 'planned' RETURNING id"
).bindparams(bindparam("now", type_=UtcInstant()))
_LOCK = (
    select(Rollout.id)
    .join(Touch, Touch.rollout_id == Rollout.id)
    .where(Touch.id == bindparam("id"))
    .with_for_update(of=Rollout)
)
# With the campaign and the customer, which whoever opens it then finds in the session.
_WHOLE = (
    select(Touch, Step, Rollout, Campaign, Customer)
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(Touch.id.in_(bindparam("ids", expanding=True)))
)
_OVERTAKEN = text(
    "SELECT touch.id FROM touch JOIN step ON step.id = touch.step_id "
    "WHERE touch.rollout_id = :rollout AND touch.state = 'planned' "
    "AND (touch.due > :due OR touch.due = :due AND touch.day > :day) "
    "AND touch.due <= :now "
    "AND step.audience = :audience AND step.channel = 'mail' LIMIT 1"
).bindparams(
    bindparam("due", type_=UtcInstant()),
    bindparam("now", type_=UtcInstant()),
    bindparam("day", type_=Date()),
)


def open_touch(
    session: Session,
    touch_id: int,
    *,
    now: datetime,
    links: Links | None,
    instance: str,
    day_minutes: int,
    touched: Touched | None = None,
) -> Opened | None:
    """Open one touch. None where another worker was quicker, or it waits for working hours.

    Only one caller can turn `planned` into `open`; a task becomes a row for staff, a
    letter one delivery a person. Who is skipped is kept, with the reason. `touched` is what
    `about_to_open` found in the same transaction, where several are opened in one.
    """
    # First the rollout, as everybody does who agrees a date: two orders would be a deadlock.
    lock(session, _LOCK, {"id": touch_id})
    connection = session.connection()
    if connection.execute(_OPEN, {"id": touch_id, "now": now}).scalar() is None:
        return None
    if touched is None:
        touched = about_to_open(session, [touch_id])[touch_id]
    else:
        set_committed_value(touched.touch, "state", "open")
        set_committed_value(touched.touch, "opened_at", now)
    touch, step, rollout = touched.touch, touched.step, touched.rollout
    useless = _useless(session, touch, step, rollout, now)
    if useless is not None:
        touch.state, touch.reason, touch.done_at = "skipped", useless, now
        return Opened(touch.id, rollout.id, 0, {useless: 1})
    if _waits(session, touched, now):
        return None
    _advance(rollout, step)
    unnamed = _unnamed(session, touch, step, rollout, now, day_minutes)
    if unnamed is not None:
        touch.state, touch.reason, touch.done_at = "skipped", unnamed, now
        return Opened(touch.id, rollout.id, 0, {unnamed: 1})
    if step.channel == "task":
        return _hand_to_staff(session, touched, now)
    if step.channel == "booking":
        return Opened(touch.id, rollout.id, 0, {}, books=True)
    return fan_out(session, touched, now, links, instance)


def about_to_open(session: Session, touch_ids: Sequence[int]) -> dict[int, Touched]:
    """Touches with what they belong to, by id."""
    rows = session.execute(_WHOLE, {"ids": list(touch_ids)})
    return {row[0].id: Touched(*row) for row in rows}


def _useless(
    session: Session, touch: Touch, step: Step, rollout: Rollout, now: datetime
) -> str | None:
    """Why the whole touch is skipped: too late, overtaken, or nothing left to ask."""
    if touch.valid_until <= now and step.channel != "booking":  # a held place must be given back
        return "its time had passed"
    if step.stop == "agreed" and _agreed_day(session, rollout):
        return "a date has been agreed"
    if step.required or step.channel != "mail":
        return None
    values = {
        "rollout": rollout.id,
        "due": touch.due,
        "day": touch.day,
        "now": now,
        "audience": step.audience,
    }
    if session.connection().execute(_OVERTAKEN, values).scalar() is not None:
        return "a later letter is due at the same time"
    return None


def _waits(session: Session, touched: Touched, now: datetime) -> bool:
    """What was held up does not leave by night or at the weekend, where it can wait."""
    touch = touched.touch
    if now - touch.due < HELD_UP or touched.step.channel != "mail" or touch.local_due is None:
        return False
    if not playbook_of(touched.campaign.playbook_source).rules.quiet_hours:
        return False
    calendar = calendar_of(session, touched.customer, touched.campaign.id)
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


def _unnamed(
    session: Session, touch: Touch, step: Step, rollout: Rollout, now: datetime, day_minutes: int
) -> str | None:
    """Settle the day that a letter is to name; why there is none, or None."""
    if step.letter in PROPOSALS and not _may_propose(session, rollout, now, day_minutes):
        return "no day is left to propose"
    if step.letter == PUT_DOWN:
        return put_down(session, touch, rollout, now, day_minutes)
    return None


def _may_propose(session: Session, rollout: Rollout, now: datetime, day_minutes: int) -> bool:
    """Settle the suggestion before the letter that names it; without one staff must call.

    Where nobody can be reached there is nobody to suggest it to: the fan-out says so.
    """
    if not somebody_decides(session, rollout):
        return True
    case = choice.open_case(session, rollout.id, now, day_minutes)
    if choice.propose(session, case) is not None:
        return True
    text = "Every day on offer is closed or full. Call the customer and agree a date by hand."
    add_task(session, f"no_day:{rollout.id}", "no_day", "no day is left", text, rollout, now)
    return False


def _agreed_day(session: Session, rollout: Rollout) -> bool:
    return bool(rollout.version) and (
        session.scalar(
            select(Agreement.day).where(
                Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
            )
        )
        is not None
    )


def _hand_to_staff(session: Session, touched: Touched, now: datetime) -> Opened:
    """A task; none about people who are not ready where there are none."""
    touch, step, rollout = touched.touch, touched.step, touched.rollout
    if step.stop == "done" and _everybody_ready(session, touched, now):
        touch.state, touch.reason, touch.done_at = "skipped", READY, now
        return Opened(touch.id, rollout.id, 0, {READY: 1})
    add_task(session, f"touch:{touch.id}", step.key, step.title, step.text or "", rollout, now)
    touch.state, touch.done_at = "done", now
    return Opened(touch.id, rollout.id, 0, {})


def _everybody_ready(session: Session, touched: Touched, now: datetime) -> bool:
    """By evidence; whoever is unknown may well not be."""
    evidence = playbook_of(touched.campaign.playbook_source).evidence.value
    if evidence == "none":
        return False
    today = WorkCalendar(touched.customer.timezone).today(now)
    found = people.count(session, [touched.rollout.id], touched.campaign.id, evidence, today)
    counted = found.get(touched.customer.id, people.NOBODY)
    return counted.in_scope > 0 and counted.done == counted.in_scope
