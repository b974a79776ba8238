"""Mark, settle, hand back: the second half of a hand-over; the order stands in claim.py.

These run for every letter, so they are written as plain SQL, the same on both engines, and one
statement takes as many letters as there are: its round trip costs more than its work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from campaigns.contact.claim import Claim
from campaigns.given import Given
from campaigns.models.base import UtcInstant

# Minutes to wait after the first, second ... attempt that a server put off.
BACK_OFF = (1, 2, 5, 10, 20, 30)
LAST_CHANCE = timedelta(minutes=1)


def instants(*names: str) -> list[Any]:
    """Parameters of a plain statement that are instants."""
    return [bindparam(name, type_=UtcInstant()) for name in names]


def _for_engines(statement: str, given: Given, *times: str) -> dict[str, TextClause]:
    return {
        engine: text(statement.format(given=given.source(engine))).bindparams(*instants(*times))
        for engine in ("sqlite", "postgresql")
    }


MARKED = Given(
    {
        "id": "bigint",
        "version": "bigint",
        "message_id": "text",
        "address": "text",
        "letter_version": "text",
        "facts": "jsonb",
        "body_hash": "text",
        "told_day": "date",
    },
    name="ahead",
)
# `state || ''` is the state, but no index knows it: the key is to be used, not the index of all
# that is being sent, where every mark leaves a dead entry behind.
MARK = (
    "UPDATE delivery SET mark = :machine, lease_until = :lease, message_id = given.message_id, "
    "address = given.address, letter_version = given.letter_version, facts = given.facts, "
    "body_hash = given.body_hash, told_day = given.told_day FROM {given} "
    "WHERE delivery.id = given.id AND token = :token "
    "AND delivery.state || '' = 'sending' AND lease_until > :machine "
    "AND EXISTS (SELECT 1 FROM touch JOIN rollout ON rollout.id = touch.rollout_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id "
    "JOIN contact ON contact.id = delivery.contact_id "
    "WHERE touch.id = delivery.touch_id AND touch.valid_until > :now "
    "AND rollout.version = given.version AND campaign.state = 'running' "
    "AND contact.left_at IS NULL AND contact.suppressed_at IS NULL "
    "AND contact.email = given.address) "
    "RETURNING delivery.id"
)
_MARKS = _for_engines(MARK, MARKED, "machine", "lease", "now")

# Said a second time, because nobody knows whether the first commit arrived, the same outcome
# is still ours: that is why a letter that was put off keeps its token.
SETTLED = Given({"id": "bigint", "state": "text", "reply": "text", "reason": "text"}, name="behind")
SETTLE = (
    "UPDATE delivery SET state = given.state, reply = given.reply, reason = given.reason, "
    "settled_at = :now FROM {given} WHERE delivery.id = given.id AND token = :token "
    "AND delivery.state IN ('sending', given.state) RETURNING delivery.id"
)
_SETTLES = _for_engines(SETTLE, SETTLED, "now")

_PUT_OFF = text(
    "UPDATE delivery SET state = 'due', reply = :reply, reason = :reason, next_try = :next_try, "
    "attempt = CASE WHEN state = 'due' THEN attempt ELSE attempt + :tried END, "
    "lease_until = NULL, mark = NULL "
    "WHERE id = :id AND token = :token AND state IN ('sending', 'due') RETURNING id"
).bindparams(*instants("next_try"))

# Given up as uncertain while the answer was still on its way: now it is known, and the touch,
# which was sealed with the wrong outcome, is sealed once more.
_FOUND_AGAIN = text(
    "UPDATE delivery SET state = 'sending', settled_at = NULL "
    "WHERE id = :id AND token = :token AND state = 'uncertain' RETURNING touch_id"
)
_REOPEN = text(
    "UPDATE touch SET state = 'open', done_at = NULL WHERE id = :touch AND state = 'done'"
)

_HAND_BACK = text(
    "UPDATE delivery SET state = 'due', reason = :reason, lease_until = NULL, token = NULL "
    "WHERE token = :token AND state = 'sending' AND mark IS NULL"
)

_RENEW = text(
    "UPDATE delivery SET lease_until = :lease "
    "WHERE token = :token AND state = 'sending' AND mark IS NULL"
).bindparams(*instants("lease"))


@dataclass(frozen=True, slots=True)
class Written:
    """What is about to be sent: the columns that record it."""

    message_id: str
    address: str
    letter_version: str
    facts: Mapping[str, str]
    body_hash: str
    told_day: date | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a letter. State `due` means: try again, after the back-off, or `at_once`
    where nothing was tried."""

    claim: Claim
    state: str
    reply: str
    reason: str | None = None
    at_once: bool = False


def mark(
    session: Session,
    token: str,
    letters: Sequence[tuple[Claim, Written]],
    *,
    now: datetime,
    machine: datetime,
    lease: timedelta,
) -> set[int]:
    """Commit-to-be that the final dot may follow; the ids of the deliveries for which it may.

    One that is missing may not go, whatever the reason: the letter is not ours any more, its
    campaign is on hold, its date has moved, its time has passed, or the contact is gone; the
    next claim finds out which. The lease starts afresh, so that a slow answer is waited for
    before others give it up.
    """
    connection = session.connection()
    engine = connection.dialect.name
    values = {"now": now, "machine": machine, "lease": machine + lease, "token": token}
    rows = [marked_row(claim, written) for claim, written in letters]
    found = connection.execute(_MARKS[engine], values | MARKED.values(rows))
    return set(found.scalars())


def marked_row(claim: Claim, written: Written) -> tuple[Any, ...]:
    """The values of `MARKED`."""
    return (
        claim.delivery.id,
        claim.rollout.version,
        written.message_id,
        written.address,
        written.letter_version,
        dict(written.facts),
        written.body_hash,
        written.told_day.isoformat() if written.told_day else None,
    )


def settle(
    session: Session, token: str, settlements: Sequence[Settlement], now: datetime
) -> set[int]:
    """Write the outcomes of letters that are still ours; their deliveries' ids."""
    known = [one for one in settlements if one.state != "due"]
    ours = settle_known(session, token, known, now) if known else set()
    for one in settlements:
        id_ = one.claim.delivery.id
        if id_ not in ours and _settle_alone(session, token, one, now):
            ours.add(id_)
    return ours


def settle_known(
    session: Session, token: str, settlements: Sequence[Settlement], now: datetime
) -> set[int]:
    """As `settle`, for letters of which none was put off; without a second look at the missing."""
    connection = session.connection()
    engine = connection.dialect.name
    rows = [settled_row(one) for one in settlements]
    values = {"token": token, "now": now} | SETTLED.values(rows)
    return set(connection.execute(_SETTLES[engine], values).scalars())


def settled_row(one: Settlement) -> tuple[Any, ...]:
    """The values of `SETTLED`."""
    return one.claim.delivery.id, one.state, one.reply[:500], one.reason


def _settle_alone(session: Session, token: str, one: Settlement, now: datetime) -> bool:
    """A letter that was put off, or one that has been given up meanwhile."""
    if one.state == "due" and _put_off(session, token, one, now):
        return True
    touch_id = (
        session.connection()
        .execute(_FOUND_AGAIN, {"id": one.claim.delivery.id, "token": token})
        .scalar()
    )
    if touch_id is None:
        return False
    session.connection().execute(_REOPEN, {"touch": touch_id})
    if one.state == "due":
        return _put_off(session, token, one, now)
    return bool(settle_known(session, token, [one], now))


def _put_off(session: Session, token: str, one: Settlement, now: datetime) -> bool:
    values = {
        "id": one.claim.delivery.id,
        "token": token,
        "reply": one.reply[:500],
        "reason": one.reason,
        "next_try": _next_try(one.claim, now, one.at_once),
        "tried": 0 if one.at_once else 1,
    }
    return session.connection().execute(_PUT_OFF, values).scalar() is not None


def _next_try(claim: Claim, now: datetime, at_once: bool) -> datetime:
    """After the back-off, but while the letter is still of use where that is possible."""
    if at_once:
        return now
    wait = timedelta(minutes=BACK_OFF[min(claim.delivery.attempt, len(BACK_OFF) - 1)])
    last_chance = claim.touch.valid_until - LAST_CHANCE
    return min(now + wait, last_chance) if last_chance > now else now + wait


def hand_back(session: Session, token: str, why: str) -> None:
    """Letters that were claimed but not marked are due again, without counting an attempt."""
    session.connection().execute(_HAND_BACK, {"token": token, "reason": why})


def renew(session: Session, token: str, lease_until: datetime) -> None:
    """A courier that is at work keeps the letters that it has not come to yet."""
    session.connection().execute(_RENEW, {"token": token, "lease": lease_until})
