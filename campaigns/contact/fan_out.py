"""The people of an open touch: each gets a delivery, or a reason why not."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from campaigns.contact.ahead import Ahead
from campaigns.contact.audiences import UNREMARKED, Candidate
from campaigns.contact.touched import Opened, Touched
from campaigns.contact.work import add_task
from campaigns.given import Given
from campaigns.links import Links, Purpose, token_hash
from campaigns.models import Rollout, Step
from campaigns.models.base import UtcInstant
from campaigns.rules.audience import Occasion, why_not
from campaigns.rules.calendar import WorkCalendar


def fan_out(ahead: Ahead, one: Touched, links: Links | None, instance: str) -> Opened:
    """Where no `links` are given, none are made valid: nobody gets these letters."""
    now, people = ahead.now, ahead.audiences.of(one)
    if not people:
        return _nobody(ahead.session, one, now)
    reasons = _reasons(people, _occasion(one), now)
    _write(ahead, one, people, reasons, instance)
    due = [who.contact_id for who, reason in zip(people, reasons, strict=True) if reason is None]
    if links is not None:
        _link(ahead.session, one.step, one.rollout, due, now, links)
    if not due:
        one.touch.state, one.touch.done_at = "done", now
    skipped = Counter(reason for reason in reasons if reason is not None)
    return Opened(one.touch.id, one.rollout.id, len(due), dict(skipped))


def _occasion(one: Touched) -> Occasion:
    touch, step, rules, today = one.touch, one.step, one.book.rules, one.today
    late = touch.day < today
    return Occasion(
        audience=step.audience,
        stop=step.stop,
        required=step.required,
        version=touch.version,
        days_before=-step.offset_days if step.anchor == "agreed_date" else None,
        spacing_days=rules.spacing_days,
        spacing_until=rules.spacing_until,
        late_since=WorkCalendar(one.customer.timezone).instant(today, time(0)) if late else None,
    )


def _reasons(people: Sequence[Candidate], occasion: Occasion, now: datetime) -> list[str | None]:
    """Why each is skipped, or None. Most are unremarked, and their answer is the same."""
    usual = why_not(UNREMARKED, occasion, now)
    return [
        usual if one.person is UNREMARKED else why_not(one.person, occasion, now) for one in people
    ]


def _nobody(session: Session, one: Touched, now: datetime) -> Opened:
    audience, rollout = one.step.audience, one.rollout
    reason = f"nobody to write to: no {audience.replace('_', ' ')} named"
    one.end("done", reason, now)
    if audience == "decision_maker":
        said = "No contact here is marked as decision maker, so nobody was asked for a date."
        key = f"nobody:{rollout.id}:{audience}"
        add_task(session, key, "name_contact", "name a decision maker", said, rollout, now)
    return Opened(one.touch.id, rollout.id, 0, {reason: 1})


_HASHES = Given({"contact_id": "bigint", "token_hash": "text"})
_LINK = {
    engine: text(
        "INSERT INTO customer_link "  # noqa: S608 - our names
        "(token_hash, purpose, rollout_id, contact_id, version, created_at) "
        "SELECT given.token_hash, :purpose, :rollout, given.contact_id, :version, :now "
        f"FROM {_HASHES.source(engine)} WHERE 1 = 1 ON CONFLICT DO NOTHING"
    ).bindparams(bindparam("now", type_=UtcInstant()))
    for engine in ("sqlite", "postgresql")
}
_LINKED = text(
    "SELECT contact_id FROM customer_link "
    "WHERE rollout_id = :rollout AND purpose = :purpose AND version = :version"
)


def _write(
    ahead: Ahead,
    one: Touched,
    people: Sequence[Candidate],
    reasons: Sequence[str | None],
    instance: str,
) -> None:
    touch_id, urgent = one.touch.id, _answers(one.step)
    head = hashlib.sha256(f"{instance}:{touch_id}:".encode())
    ahead.letters += [
        (touch_id, who.contact_id, _public_id(head, who.contact_id), reason, urgent)
        for who, reason in zip(people, reasons, strict=True)
    ]


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
