"""The people of an open touch: each gets a delivery, or a reason why not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy.orm import Session

from campaigns.contact.audience import Candidate, candidates
from campaigns.contact.work import add_task
from campaigns.links import Links
from campaigns.models import (
    Campaign,
    Customer,
    CustomerLink,
    Delivery,
    Rollout,
    Step,
    Touch,
)
from campaigns.rules.audience import Occasion, why_not
from campaigns.store import insert_missing
from campaigns.terms import calendar_of, playbook_of


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a touch; `due` letters now wait for a courier."""

    touch_id: int
    rollout_id: int
    due: int
    skipped: dict[str, int]


def fan_out(
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
    calendar = calendar_of(session, customer)
    today = calendar.today(now)
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
        late_since=calendar.instant(today, time(0)) if touch.day < today else None,
    )
    rows = [_row(touch, one, why_not(one.person, occasion, now), now, instance) for one in people]
    insert_missing(session, Delivery, rows)
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
        add_task(
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
    identity = f"{instance}:{touch.id}:{one.contact_id}".encode()
    return {
        "public_id": hashlib.sha256(identity).hexdigest()[:32],
        "touch_id": touch.id,
        "contact_id": one.contact_id,
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
        links.row("guide", rollout.id, one.contact_id, rollout.link_version, now) for one in people
    ]
    if step.audience in ("decision_maker", "site_contact"):
        rows += [
            links.row("choose", rollout.id, one.contact_id, rollout.link_version, now)
            for one in people
        ]
    insert_missing(session, CustomerLink, rows)
