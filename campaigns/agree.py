"""Station agree: a date is chosen, moved or withdrawn, and technician time is booked.

One transaction settles everything: the version of the rollout, the booking, the
plan and the journal. Two customers and one last place: the conditional UPDATE on
the technician's day lets exactly one through.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from campaigns import schedule
from campaigns.asking import Chooser, ask, ask_for_new_date, note
from campaigns.booking import book, release
from campaigns.capacity import Room
from campaigns.choice import Case, change_until, room_of
from campaigns.distance import keep_distance
from campaigns.errors import Conflict
from campaigns.journal import Actor
from campaigns.models import ON, Agreement, Rollout
from campaigns.rules import dates
from campaigns.rules.calendar import local_instant
from campaigns.rules.days import long_day
from campaigns.situation import find_rollout, versions

__all__ = [
    "Chooser",
    "Wish",
    "agree",
    "ask",
    "consider",
    "end_date",
    "find_rollout",
    "settle",
    "takes_dates",
    "versions",
    "withdraw",
]

# Built once: they run while others wait for the rollout or, on SQLite, for the database.
_ANSWERED = select(Agreement).where(
    Agreement.rollout_id == bindparam("rollout"), Agreement.answer_key == bindparam("key")
)
_NEXT = (
    update(Rollout)
    .where(Rollout.id == bindparam("rollout"), Rollout.version == bindparam("seen"))
    .values(version=bindparam("next"), state=bindparam("becomes"))
    .returning(Rollout.version)
)


@dataclass(frozen=True, slots=True)
class Wish:
    """The day and time that somebody wants, and the key of the form that says so."""

    day: date
    at: time
    chooser: Chooser
    answer_key: str
    how: str | None = None  # where it is neither by link nor by phone


def agree(
    session: Session,
    case: Case,
    *,
    day: date,
    at: time,
    chooser: Chooser,
    answer_key: str,
    now: datetime,
) -> Agreement:
    """Book `day` and `at` (the customer's local date and time), or move the date there.

    The same `answer_key` again returns the first answer, booked once. Raises Conflict
    with a code: `date_taken`, `too_late_to_change`, `not_running`, `changed_meanwhile`
    or the reason why the day is closed.
    """
    wish = Wish(day, at, chooser, answer_key)
    found = consider(session, case, wish)
    return settle(session, case, wish, found, now) if isinstance(found, Room) else found


def consider(session: Session, case: Case, wish: Wish) -> Room | Agreement:
    """The room that there is for a wish, or the agreement that it comes to without a booking.

    Only reads: whoever is refused here has kept nobody else waiting. Raises Conflict as `agree`.
    """
    day, at, chooser = wish.day, wish.at, wish.chooser
    if repeated := _repeated(session, case, wish.answer_key, day, at):
        return repeated
    _may_choose(case, chooser)
    room = room_of(session, case, day, day)
    _may_have(case, day, at, chooser, room)
    if case.current and (case.current.day, case.current.local_time) == (day, at):
        return case.current
    return room


def settle(session: Session, case: Case, wish: Wish, room: Room, now: datetime) -> Agreement:
    """Book what was considered. The version of the rollout and the minutes of the day decide:
    who was overtaken since gets Conflict `changed_meanwhile` or `date_taken`."""
    day, at, chooser = wish.day, wish.at, wish.chooser
    if chooser.staff is None:
        keep_distance(session, case.rollout, case.neighbours, case.terms, day)
    version = _next_version(session, case, "agreed")
    book(session, case, version, day, room, now)
    instant, shifted = local_instant(day, at, case.customer.timezone)
    agreement = Agreement(
        rollout_id=case.rollout.id,
        version=version,
        day=day,
        local_time=at,
        zone=case.customer.timezone,
        instant=instant,
        shifted=shifted,
        how=wish.how or _how(case, chooser),
        **_signed(chooser, wish.answer_key, now),
    )
    _conclude(session, case, agreement, "date_agreed", now)
    return agreement


def withdraw(
    session: Session, case: Case, *, chooser: Chooser, answer_key: str, now: datetime
) -> Agreement:
    """The date no longer stands and its technician time is free again."""
    if repeated := _repeated(session, case, answer_key, None, None):
        return repeated
    if case.current is None or case.current.day is None:
        raise Conflict("No date is agreed, so there is none to cancel.", "no_date")
    _may_choose(case, chooser)
    gone = end_date(session, case, "withdrawn", chooser, answer_key, "date_withdrawn", now)
    ask_for_new_date(session, case, gone.version, chooser, now)
    return gone


def end_date(
    session: Session,
    case: Case,
    how: str,
    chooser: Chooser,
    answer_key: str,
    what: str,
    now: datetime,
) -> Agreement:
    """A version without a date; `what` is the journal's word for it."""
    version = _next_version(session, case, "invited")
    release(session, case.rollout.id, now)
    agreement = Agreement(
        rollout_id=case.rollout.id,
        version=version,
        zone=case.customer.timezone,
        shifted=False,
        how=how,
        **_signed(chooser, answer_key, now),
    )
    _conclude(session, case, agreement, what, now)
    return agreement


def _repeated(
    session: Session, case: Case, answer_key: str, day: date | None, at: time | None
) -> Agreement | None:
    if answer_key not in case.answer_keys:
        return None
    first = session.scalar(_ANSWERED, {"rollout": case.rollout.id, "key": answer_key})
    if first is not None and (first.day, first.local_time) != (day, at):
        raise Conflict(
            "This form was already used for another choice. Open the page again.", "form_used"
        )
    return first


def takes_dates(case: Case) -> None:
    """Raises Conflict where the campaign or the rollout takes no dates any more."""
    if case.campaign.state not in ON:
        raise Conflict("This campaign takes no dates at present.", "not_running")
    if case.rollout.state in ("implementing", "implemented", "verified"):
        raise Conflict("The change is already under way, so its date stands.", "under_way")


def _may_choose(case: Case, chooser: Chooser) -> None:
    takes_dates(case)
    until = change_until(case)
    if chooser.staff is None and until is not None and case.terms.today > until:
        raise Conflict(
            f"The date could be changed until {long_day(until)}. Call us and we will help.",
            "too_late_to_change",
        )


def _may_have(case: Case, day: date, at: time, chooser: Chooser, room: Room) -> None:
    if chooser.staff is None:
        verdict = dates.judge(case.terms, day, at, room.free, room.loads)
    else:
        verdict = dates.by_staff(case.terms, day, room.free, room.loads)
    if not verdict.open:
        code = "date_taken" if verdict.code in dates.TAKEN else verdict.code
        raise Conflict(f"{long_day(day)} cannot be had. {verdict.reason}", code)


def _next_version(session: Session, case: Case, state: str) -> int:
    """The rollout's next version and its new state. Only who saw the current date may do it."""
    rollout = case.rollout
    seen = rollout.version
    values = {"rollout": rollout.id, "seen": seen, "next": seen + 1, "becomes": state}
    version = session.connection().scalar(_NEXT, values)
    if version is None:
        raise Conflict(
            "Somebody else chose a date a moment ago. Open the page again to see it.",
            "changed_meanwhile",
        )
    set_committed_value(rollout, "version", version)
    set_committed_value(rollout, "state", state)
    return int(version)


def _how(case: Case, chooser: Chooser) -> str:
    if chooser.staff is not None:
        return "by_staff"
    return "moved" if case.current and case.current.day else "picked"


def _signed(chooser: Chooser, answer_key: str, now: datetime) -> dict[str, object]:
    return {
        "by_name": chooser.name[:200],
        "by_role": chooser.role[:100],
        "by_contact_id": chooser.contact_id,
        "by_staff": chooser.staff,
        "forwarded": chooser.forwarded,
        "answer_key": answer_key[:64],
        "at": now,
    }


def _conclude(session: Session, case: Case, agreement: Agreement, what: str, now: datetime) -> None:
    session.add(agreement)
    session.flush()
    schedule.plan_agreement(
        session, case.rollout, case.campaign, agreement, case.current, case.terms.calendar, now
    )
    details = {
        "version": agreement.version,
        "day": str(agreement.day) if agreement.day else None,
        "time": f"{agreement.local_time:%H:%M}" if agreement.local_time else None,
        "zone": agreement.zone,
        "how": agreement.how,
        "by": f"{agreement.by_name}, {agreement.by_role}",
    }
    actor = Actor(agreement.by_staff or agreement.by_name, agreement.by_role)
    note(session, case, what, actor, now, details)
