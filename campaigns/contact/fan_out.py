"""The people of an open touch: each gets a delivery, or a reason why not."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from campaigns.contact.audience import UNREMARKED, Candidate, candidates
from campaigns.contact.work import add_task
from campaigns.given import Given
from campaigns.links import Links, Purpose, token_hash
from campaigns.models import Campaign, Customer, Rollout, Step, Touch
from campaigns.models.base import UtcInstant
from campaigns.rules.audience import Occasion, why_not
from campaigns.rules.calendar import WorkCalendar
from campaigns.terms import playbook_of


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a touch; `due` letters now wait for a courier.

    `books` where the day that was put down is to be booked, in the same transaction.
    """

    touch_id: int
    rollout_id: int
    due: int
    skipped: dict[str, int]
    books: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch that has been opened, and what it belongs to."""

    touch: Touch
    step: Step
    rollout: Rollout
    campaign: Campaign
    customer: Customer


def fan_out(
    session: Session, touched: Touched, now: datetime, links: Links | None, instance: str
) -> Opened:
    """Where no `links` are given, none are made valid: nobody gets these letters."""
    touch, step, rollout = touched.touch, touched.step, touched.rollout
    evidence = playbook_of(touched.campaign.playbook_source).evidence.value
    today = WorkCalendar(touched.customer.timezone).today(now)
    people = candidates(session, step, rollout, evidence, today)
    if not people:
        return _nobody(session, touch, step, rollout, now)
    reasons = _reasons(people, _occasion(touched, now), now)
    _write(session, touched, people, reasons, now, instance)
    due = [one.contact_id for one, reason in zip(people, reasons, strict=True) if reason is None]
    if links is not None:
        _link(session, step, rollout, due, now, links)
    if not due:
        touch.state, touch.done_at = "done", now
    skipped = Counter(reason for reason in reasons if reason is not None)
    return Opened(touch.id, rollout.id, len(due), dict(skipped))


def _occasion(touched: Touched, now: datetime) -> Occasion:
    touch, step = touched.touch, touched.step
    rules = playbook_of(touched.campaign.playbook_source).rules
    calendar = WorkCalendar(touched.customer.timezone)
    today = calendar.today(now)
    return Occasion(
        audience=step.audience,
        stop=step.stop,
        required=step.required,
        version=touch.version,
        days_before=-step.offset_days if step.anchor == "agreed_date" else None,
        spacing_days=rules.spacing_days,
        spacing_until=rules.spacing_until,
        late_since=calendar.instant(today, time(0)) if touch.day < today else None,
    )


def _reasons(people: Sequence[Candidate], occasion: Occasion, now: datetime) -> list[str | None]:
    """Why each is skipped, or None. Most are unremarked, and their answer is the same."""
    usual = why_not(UNREMARKED, occasion, now)
    return [
        usual if one.person is UNREMARKED else why_not(one.person, occasion, now) for one in people
    ]


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


def _for_engines(statement: str, given: Given) -> dict[str, TextClause]:
    now = bindparam("now", type_=UtcInstant())
    return {
        engine: text(statement.format(given=given.source(engine))).bindparams(now)
        for engine in ("sqlite", "postgresql")
    }


_PEOPLE = Given({"contact_id": "bigint", "public_id": "text", "reason": "text"})
# Without the WHERE, SQLite would take ON CONFLICT for a condition of a join.
_WRITE = _for_engines(
    "INSERT INTO delivery (public_id, touch_id, contact_id, state, reason, attempt, next_try, "
    "urgent, created_at, settled_at) SELECT given.public_id, :touch, given.contact_id, "
    "CASE WHEN given.reason IS NULL THEN 'due' ELSE 'skipped' END, given.reason, 0, :now, "
    ":urgent, :now, CASE WHEN given.reason IS NULL THEN NULL ELSE :now END FROM {given} "
    "WHERE 1 = 1 ON CONFLICT DO NOTHING",
    _PEOPLE,
)
_HASHES = Given({"contact_id": "bigint", "token_hash": "text"})
_LINK = _for_engines(
    "INSERT INTO customer_link (token_hash, purpose, rollout_id, contact_id, version, created_at) "
    "SELECT given.token_hash, :purpose, :rollout, given.contact_id, :version, :now FROM {given} "
    "WHERE 1 = 1 ON CONFLICT DO NOTHING",
    _HASHES,
)
_LINKED = text(
    "SELECT contact_id FROM customer_link "
    "WHERE rollout_id = :rollout AND purpose = :purpose AND version = :version"
)


def _write(
    session: Session,
    touched: Touched,
    people: Sequence[Candidate],
    reasons: Sequence[str | None],
    now: datetime,
    instance: str,
) -> None:
    touch_id = touched.touch.id
    head = hashlib.sha256(f"{instance}:{touch_id}:".encode())
    rows = [
        (one.contact_id, _public_id(head, one.contact_id), reason)
        for one, reason in zip(people, reasons, strict=True)
    ]
    connection = session.connection()
    engine = connection.dialect.name
    values = {"touch": touch_id, "urgent": _answers(touched.step), "now": now}
    connection.execute(_WRITE[engine], values | _PEOPLE.values(rows))


def _answers(step: Step) -> bool:
    """Whether somebody who has just agreed, moved or withdrawn a date waits for the letter."""
    return step.anchor == "agreed" and step.audience == "decision_maker"


def _public_id(head: "hashlib._Hash", contact_id: int) -> str:
    """Of the installation, the touch and the contact: the same whenever it is made."""
    digest = head.copy()
    digest.update(b"%d" % contact_id)
    return digest.hexdigest()[:32]


def _link(
    session: Session,
    step: Step,
    rollout: Rollout,
    contact_ids: Sequence[int],
    now: datetime,
    links: Links,
) -> None:
    """Make the links that these letters will carry valid, by their hashes."""
    purposes: list[Purpose] = ["guide"]
    if step.audience in ("decision_maker", "site_contact"):
        purposes.append("choose")
    connection = session.connection()
    engine = connection.dialect.name
    for purpose in purposes:
        which = {"rollout": rollout.id, "purpose": purpose, "version": rollout.link_version}
        # Only the first letter of a rollout makes a person's link; making all again is dear.
        linked = set(connection.execute(_LINKED, which).scalars())
        fresh = [contact_id for contact_id in contact_ids if contact_id not in linked]
        if not fresh:
            continue
        tokens = links.tokens(purpose, rollout.id, fresh, rollout.link_version)
        rows = [(one, token_hash(token)) for one, token in zip(fresh, tokens, strict=True)]
        connection.execute(_LINK[engine], which | {"now": now} | _HASHES.values(rows))
