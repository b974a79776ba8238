"""A touch falls due: it opens once; its people get a delivery each, or a reason why not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session, aliased

from campaigns import choice
from campaigns.contact.audience import Candidate, candidates
from campaigns.links import Links
from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    CustomerLink,
    Delivery,
    Rollout,
    Step,
    Task,
    Touch,
)
from campaigns.rules.audience import Occasion, why_not
from campaigns.schedule import calendar_of, playbook_of
from campaigns.store import insert_missing

PROPOSAL = "date-proposal"


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a touch; `due` letters now wait for a courier."""

    touch_id: int
    rollout_id: int
    due: int
    skipped: dict[str, int]


def due_touches(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Touches of running campaigns whose time has come, oldest first."""
    return session.scalars(
        select(Touch.id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Touch.state == "planned", Touch.due <= now, Campaign.state == "running")
        .order_by(Touch.due, Touch.id)
        .limit(limit)
    ).all()


def next_due(session: Session, after: datetime, until: datetime) -> datetime | None:
    """The next instant in (after, until] at which something falls due, or None."""
    running = (
        select(Rollout.id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.state == "running")
    )
    touch = session.scalar(
        select(func.min(Touch.due)).where(
            Touch.state == "planned",
            Touch.due > after,
            Touch.due <= until,
            Touch.rollout_id.in_(running),
        )
    )
    delivery = session.scalar(
        select(func.min(Delivery.next_try))
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(
            Delivery.state == "due",
            Delivery.next_try > after,
            Delivery.next_try <= until,
            Touch.rollout_id.in_(running),
        )
    )
    return min((instant for instant in (touch, delivery) if instant is not None), default=None)


def waiting_on_hold(session: Session, now: datetime) -> int:
    """How many touches and letters are due but held back with their campaign."""
    held = (
        select(Rollout.id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.state == "held")
    )
    touches = session.scalar(
        select(func.count()).where(
            Touch.state == "planned", Touch.due <= now, Touch.rollout_id.in_(held)
        )
    )
    letters = session.scalar(
        select(func.count())
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(Delivery.state == "due", Touch.rollout_id.in_(held))
    )
    return (touches or 0) + (letters or 0)


def open_touch(
    session: Session,
    touch_id: int,
    *,
    now: datetime,
    links: Links,
    instance: str,
    day_minutes: int,
) -> Opened | None:
    """Open one touch. None where another worker was quicker.

    Only one caller can turn `planned` into `open`; a task becomes a row for staff, a
    letter one delivery a person. Who is skipped is kept, with the reason.
    """
    claimed = session.scalar(
        update(Touch)
        .where(Touch.id == touch_id, Touch.state == "planned")
        .values(state="open", opened_at=now)
        .returning(Touch.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        return None
    touch = session.get_one(Touch, touch_id)
    step = session.get_one(Step, touch.step_id)
    rollout = session.get_one(Rollout, touch.rollout_id)
    useless = _useless(session, touch, step, rollout, now)
    if useless is not None:
        touch.state, touch.reason, touch.done_at = "skipped", useless, now
        return Opened(touch.id, rollout.id, 0, {useless: 1})
    _advance(rollout, step)
    if step.letter == PROPOSAL and not _propose(session, rollout, now, day_minutes):
        touch.state, touch.reason, touch.done_at = "skipped", "no day is left to propose", now
        return Opened(touch.id, rollout.id, 0, {touch.reason: 1})
    if step.channel == "task":
        return _hand_to_staff(session, touch, step, rollout, now)
    return _fan_out(session, touch, step, rollout, now, links, instance)


def _useless(
    session: Session, touch: Touch, step: Step, rollout: Rollout, now: datetime
) -> str | None:
    """Why the whole touch is skipped: too late, overtaken, or nothing left to ask."""
    if touch.valid_until <= now:
        return "its time had passed"
    if step.stop == "agreed" and _agreed_day(session, rollout):
        return "a date has been agreed"
    other, other_step = aliased(Touch), aliased(Step)
    overtaken = session.scalar(
        select(other.id)
        .join(other_step, other_step.id == other.step_id)
        .where(
            other.rollout_id == rollout.id,
            other.state == "planned",
            other.due > touch.due,
            other.due <= now,
            other_step.audience == step.audience,
            other_step.channel == step.channel,
            other_step.channel == "mail",
        )
        .limit(1)
    )
    if overtaken is not None and not step.required:
        return "a later letter is due at the same time"
    return None


def _advance(rollout: Rollout, step: Step) -> None:
    if step.audience == "decision_maker" and rollout.state == "planned":
        rollout.state = "invited"
    if step.anchor == "agreed_date" and step.offset_days == 0 and rollout.state == "agreed":
        rollout.state = "implementing"


def _propose(session: Session, rollout: Rollout, now: datetime, day_minutes: int) -> bool:
    """Settle the suggestion before the letter that names it; without one staff must call."""
    case = choice.open_case(session, rollout.id, now, day_minutes)
    if choice.propose(session, case) is not None:
        return True
    text = "Every day on offer is closed or full. Call the customer and agree a date by hand."
    _task(session, f"no_day:{rollout.id}", "no_day", "no day is left", text, rollout, now)
    return False


def _agreed_day(session: Session, rollout: Rollout) -> bool:
    return (
        session.scalar(
            select(Agreement.day).where(
                Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
            )
        )
        is not None
    )


def _hand_to_staff(
    session: Session, touch: Touch, step: Step, rollout: Rollout, now: datetime
) -> Opened:
    _task(session, f"touch:{touch.id}", step.key, step.title, step.text or "", rollout, now)
    touch.state, touch.done_at = "done", now
    return Opened(touch.id, rollout.id, 0, {})


def _task(
    session: Session,
    dedupe_key: str,
    kind: str,
    title: str,
    text: str,
    rollout: Rollout,
    now: datetime,
) -> None:
    customer = session.get_one(Customer, rollout.customer_id)
    row = {
        "dedupe_key": dedupe_key,
        "kind": kind,
        "title": f"{customer.name}: {title}"[:500],
        "text": text[:4000],
        "campaign_id": rollout.campaign_id,
        "rollout_id": rollout.id,
        "due": now,
        "created_at": now,
    }
    insert_missing(session, Task, [row])


def _fan_out(
    session: Session,
    touch: Touch,
    step: Step,
    rollout: Rollout,
    now: datetime,
    links: Links,
    instance: str,
) -> Opened:
    campaign = session.get_one(Campaign, rollout.campaign_id)
    customer = session.get_one(Customer, rollout.customer_id)
    book = playbook_of(campaign.playbook_source)
    today = calendar_of(session, customer).today(now)
    people = candidates(session, step, rollout, book.evidence.value, today)
    if not people:
        return _nobody(session, touch, step, rollout, now)
    occasion = Occasion(
        audience=step.audience,
        stop=step.stop,
        required=step.required,
        version=touch.version,
        days_before=-step.offset_days if step.anchor == "agreed_date" else None,
        spacing_days=book.rules.spacing_days,
        spacing_until=book.rules.spacing_until,
    )
    rows = [_row(touch, one, why_not(one.person, occasion, now), now, instance) for one in people]
    session.execute(insert(Delivery), rows)
    due = [one for one, row in zip(people, rows, strict=True) if row["state"] == "due"]
    _link(session, step, rollout, due, now, links)
    skipped: dict[str, int] = {}
    for row in rows:
        if row["reason"]:
            reason = str(row["reason"])
            skipped[reason] = skipped.get(reason, 0) + 1
    if not due:
        touch.state, touch.done_at = "done", now
    return Opened(touch.id, rollout.id, len(due), skipped)


def _nobody(session: Session, touch: Touch, step: Step, rollout: Rollout, now: datetime) -> Opened:
    words = step.audience.replace("_", " ")
    touch.state, touch.done_at, touch.reason = "done", now, f"nobody to write to: no {words} named"
    if step.audience == "decision_maker":
        text = "No contact here is marked as decision maker, so nobody was asked for a date."
        _task(
            session,
            f"nobody:{rollout.id}:{step.audience}",
            "name_contact",
            "name a decision maker",
            text,
            rollout,
            now,
        )
    return Opened(touch.id, rollout.id, 0, {touch.reason: 1})


def _row(
    touch: Touch, one: Candidate, reason: str | None, now: datetime, instance: str
) -> dict[str, object]:
    identity = f"{instance}:{touch.id}:{one.contact.id}".encode()
    return {
        "public_id": hashlib.sha256(identity).hexdigest()[:32],
        "touch_id": touch.id,
        "contact_id": one.contact.id,
        "state": "skipped" if reason else "due",
        "reason": reason,
        "attempt": 0,
        "next_try": now,
        "created_at": now,
        "settled_at": now if reason else None,
    }


def _link(
    session: Session,
    step: Step,
    rollout: Rollout,
    people: Sequence[Candidate],
    now: datetime,
    links: Links,
) -> None:
    """Make the links that these letters will carry valid, by their hashes."""
    rows = [
        links.row("guide", rollout.id, one.contact.id, rollout.link_version, now) for one in people
    ]
    if step.audience in ("decision_maker", "site_contact"):
        rows += [
            links.row("choose", rollout.id, one.contact.id, rollout.link_version, now)
            for one in people
        ]
    insert_missing(session, CustomerLink, rows)
