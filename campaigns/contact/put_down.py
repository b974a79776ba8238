"""The notice "we have put you down for this day": a place is held before the letter names it."""

from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns import choice
from campaigns.booking import book
from campaigns.choice import Case
from campaigns.contact.work import add_task
from campaigns.distance import keep_distance
from campaigns.models import PutDown, Rollout, Step, Touch
from campaigns.rules import dates
from campaigns.rules.calendar import DAY
from campaigns.store import insert_missing

# Built once: every silent customer asks it.
_BOOKING = select(Step).where(Step.campaign_id == bindparam("campaign"), Step.channel == "booking")


def put_down(session: Session, touch: Touch, case: Case, now: datetime) -> str | None:
    """Put the customer down for a day and hold the place; why that cannot be done, or None.

    The day lies far enough behind the end of the window that people can still get ready. When
    the window is over, the playbook's booking step books it, unless somebody said otherwise.
    """
    rollout, calendar, rules = case.rollout, case.terms.calendar, case.terms.rules
    until = calendar.shift(case.terms.today, rules.opt_out_days, True)
    step = _booking_step(session, rollout)
    booked_on = until + DAY
    if step is not None:
        booked_on = calendar.shift(until, step.offset_days, step.business_days)
    found = _place(session, case, booked_on, now)
    if found is None:
        text = "Every day on offer is closed, full or too soon. Call and agree a date by hand."
        add_task(session, f"no_day:{rollout.id}", "no_day", "no day is left", text, rollout, now)
        return "no day is left to put down"
    _keep(session, case, touch, found, until, now)
    if step is not None:
        _plan(session, case, step, booked_on)
    return None


def _booking_step(session: Session, rollout: Rollout) -> Step | None:
    return session.scalars(_BOOKING, {"campaign": rollout.campaign_id}).first()


def _place(
    session: Session, case: Case, booked_on: date, now: datetime
) -> tuple[date, time] | None:
    """Hold the day that was proposed, or else the first that is open when it will be booked."""
    terms = replace(case.terms, today=booked_on)
    span, rollout = terms.span, case.rollout
    room = choice.room_of(session, case, span.first, span.last)
    offered_days = dates.offer(terms, room.free, room.loads)
    still = [offered for offered in offered_days if offered.verdict.open]
    if not still:
        return None
    day = next((offered for offered in still if offered.day == rollout.proposed_day), still[0])
    same = rollout.proposed_day == day.day and rollout.proposed_time in day.times
    at = rollout.proposed_time if same and rollout.proposed_time else day.times[0]
    keep_distance(session, rollout, case.neighbours, terms, day.day)
    # Where somebody is quicker this raises, and the next round finds another day.
    book(session, case, rollout.version, day.day, room, now)
    return day.day, at


def _keep(
    session: Session,
    case: Case,
    touch: Touch,
    found: tuple[date, time],
    until: date,
    now: datetime,
) -> None:
    rollout = case.rollout
    rollout.proposed_day, rollout.proposed_time = found
    if rollout.state in ("planned", "invited"):
        rollout.state = "proposed"
    session.add(
        PutDown(
            rollout_id=rollout.id,
            touch_id=touch.id,
            version=rollout.version,
            day=found[0],
            local_time=found[1],
            zone=case.customer.timezone,
            until=until,
            at=now,
        )
    )


def _plan(session: Session, case: Case, step: Step, day: date) -> None:
    calendar, at = case.terms.calendar, step.local_time or time(9)
    last = day + step.valid_days * DAY
    row = {
        "rollout_id": case.rollout.id,
        "step_id": step.id,
        "version": 0,
        "day": day,
        "due": calendar.instant(day, at),
        "valid_until": calendar.end_of(last),
        "local_due": datetime.combine(day, at),
        "local_end": datetime.combine(last + DAY, time(0)),
        "state": "planned",
        "reason": None,
    }
    insert_missing(session, Touch, [row])
