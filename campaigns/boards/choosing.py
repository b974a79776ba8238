"""The customer's own page: what is coming, which days can be had, what is booked, what follows.

The number of statements does not depend on how many people the customer has.
"""

from dataclasses import fields
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns import choice, facts, people
from campaigns.boards.choosing_view import Booked, Choosing, Days
from campaigns.boards.choosing_words import Ahead, meaning, outline, the_day, whom
from campaigns.boards.door import Door, open_door
from campaigns.choice import Case
from campaigns.models import PAUSED, Contact, PutDown, Step, Touch, VendorChange
from campaigns.notices import standing_notice
from campaigns.rows import rows_of
from campaigns.rules.adoption import People
from campaigns.rules.dates import OfferedDay
from campaigns.rules.milestones import Deadline, Fact
from campaigns.rules.steps import Playbook
from campaigns.terms import deadline_with, playbook_of

UNDER_WAY = ("implementing", "implemented", "verified")
# Built once: putting a statement together takes longer than the database takes to answer it.
_WAITING = (
    select(Touch.due, Step.title, Step.audience, Step.stop)
    .join(Step, Step.id == Touch.step_id)
    .where(
        Touch.rollout_id == bindparam("rollout"),
        Touch.version == bindparam("current"),
        Touch.state == "planned",
        Touch.due > bindparam("now"),
        Step.channel == "mail",
    )
    .order_by(Touch.due, Step.position)
)
_DECIDING = (
    select(Contact.id, Contact.name)
    .where(
        Contact.customer_id == bindparam("customer"),
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        Contact.suppressed_at.is_(None),
    )
    .order_by(Contact.id != bindparam("reader"), Contact.name)
    .limit(5)
)


def choosing(
    session: Session,
    token: str,
    *,
    now: datetime,
    provider: facts.Provider,
    day_minutes: int,
) -> Choosing:
    """The page behind a link. Raises NotFound."""
    door = open_door(session, token, "choose")
    case = choice.case_in(session, door.situation, now, day_minutes)
    return choosing_in(session, door, case, now=now, provider=provider)


def days_left(
    session: Session, door: Door, case: Case, *, now: datetime, provider: facts.Provider
) -> Days:
    """The days of a case that is at hand, in as few statements as can be."""
    offered = choice.offers(session, case)
    booked = _booked(case, now)
    return Days(
        door=door,
        stage=_stage(door, booked, offered),
        facts=facts.of_provider(provider, door.manager),
        version=case.rollout.version,
        zone=case.customer.timezone,
        today=case.terms.today,
        agreement=case.current,
        booked=booked,
        terms=case.terms,
        offered=offered,
        held=case.campaign.state in PAUSED,
        deferrals=case.deferrals,
        put_down=_put_down(session, case),
    )


def choosing_in(
    session: Session, door: Door, case: Case, *, now: datetime, provider: facts.Provider
) -> Choosing:
    """The whole page of a case that is at hand."""
    days = days_left(session, door, case, now=now, provider=provider)
    booked = days.booked
    book = playbook_of(case.campaign.playbook_source)
    counts = people.count(
        session, [case.rollout.id], case.campaign.id, book.evidence.value, case.terms.today
    )
    counted = counts.get(case.customer.id, people.NOBODY)
    change = case.change
    vendor = deadline_with(session, case.campaign, change, case.terms.today)
    if own := case.rollout.vendor_day:
        vendor = Deadline(Fact("action-by", own, "day"), own < case.terms.today, vendor.on_hold)
    known = _facts(door, case, counted, provider, change, vendor)
    return Choosing(
        **{one.name: getattr(days, one.name) for one in fields(days)} | {"facts": known},
        meaning=meaning(change, vendor, book, case.customer.name, known["effect"]),
        persons=counted.in_scope,
        ready=counted if book.evidence.value != "none" else None,
        ahead=_ahead(session, case, book, booked, now) if booked else outline(book),
        told=_told(session, door) if booked else (),
    )


def _facts(
    door: Door,
    case: Case,
    counted: People,
    provider: facts.Provider,
    change: VendorChange,
    vendor: Deadline,
) -> dict[str, str]:
    cutoff = case.terms.rules.change_cutoff_days
    known = facts.of_provider(provider, door.manager)
    known |= facts.of_customer(case.customer) | facts.of_people(counted)
    known |= facts.of_change(change, vendor.words)
    known |= facts.of_agreement(case.current, None, case.terms.today, cutoff)
    known["reference"] = facts.reference(case.rollout, case.campaign)
    return known


def _booked(case: Case, now: datetime) -> Booked | None:
    current, until = case.current, choice.change_until(case)
    if current is None or current.day is None or current.local_time is None or until is None:
        return None
    open_still = case.terms.today <= until and case.rollout.state not in UNDER_WAY
    return Booked(
        day=current.day,
        at=current.local_time,
        zone=current.zone,
        shifted=current.shifted,
        by=", ".join(part for part in (current.by_name, current.by_role) if part),
        by_notice=current.how == "proposed_default",
        chosen_on=case.terms.calendar.today(current.at),
        until=until,
        may_change=open_still,
        undo_until=facts.undo_words(current, now) if open_still else "",
    )


def _put_down(session: Session, case: Case) -> PutDown | None:
    asked = case.rollout.state == "proposed"
    return standing_notice(session, case.rollout) if asked else None


def _stage(door: Door, booked: Booked | None, offered: tuple[OfferedDay, ...]) -> str:
    if door.ended:
        return "ended"
    if door.rollout.state in UNDER_WAY:
        return "under_way"
    if booked:
        return "booked"
    return "open" if any(one.verdict.open for one in offered) else "no_dates"


def _ahead(
    session: Session, case: Case, book: Playbook, booked: Booked, now: datetime
) -> tuple[Ahead, ...]:
    """Letters that still wait and the work itself, by the customer's own days."""
    current = case.rollout.version
    rows = rows_of(session, _WAITING, rollout=case.rollout.id, current=current, now=now)
    day_of = case.terms.calendar.today
    found = [Ahead(day_of(due), "", title, whom(who, stop)) for due, title, who, stop in rows]
    if booked.day >= case.terms.today:
        found.append(the_day(book, booked.day, f"{booked.at:%H:%M}"))
    return tuple(sorted(found, key=lambda one: one.day or case.terms.today))


def _told(session: Session, door: Door) -> tuple[str, ...]:
    """Who gets the letters for whoever decides: `you` for the reader, first, and the others."""
    rows = rows_of(session, _DECIDING, customer=door.customer.id, reader=door.contact.id)
    return tuple("you" if key == door.contact.id else name for key, name in rows)
