"""Mark, settle, hand back: the second half of a hand-over; the order stands in claim.py.

These run once or twice for every letter, so they are written as plain SQL, the same on both
engines: building such a statement from parts costs five times as much as running it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, text
from sqlalchemy.orm import Session

from campaigns.contact.claim import Claim
from campaigns.models.base import Json, UtcInstant

# Minutes to wait after the first, second ... attempt that a server put off.
BACK_OFF = (1, 2, 5, 10, 20, 30)
LAST_CHANCE = timedelta(minutes=1)


def _instants(*names: str) -> list[Any]:
    return [bindparam(name, type_=UtcInstant()) for name in names]


_MARK = text(
    "UPDATE delivery SET mark = :machine, lease_until = :lease, message_id = :message_id, "
    "address = :address, letter_version = :letter_version, facts = :facts, "
    "body_hash = :body_hash, told_day = :told_day "
    "WHERE id = :id AND token = :token AND state = 'sending' AND lease_until > :machine "
    "AND EXISTS (SELECT 1 FROM touch JOIN rollout ON rollout.id = touch.rollout_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id "
    "JOIN contact ON contact.id = delivery.contact_id "
    "WHERE touch.id = delivery.touch_id AND touch.valid_until > :now "
    "AND rollout.version = :version AND campaign.state = 'running' "
    "AND contact.left_at IS NULL AND contact.suppressed_at IS NULL "
    "AND contact.email = :address) "
    "RETURNING id"
).bindparams(
    *_instants("machine", "lease", "now"),
    bindparam("facts", type_=Json),
    bindparam("told_day", type_=Date()),
)

# Said a second time, because nobody knows whether the first commit arrived, the same outcome
# is still ours: that is why a letter that was put off keeps its token.
_SETTLE = text(
    "UPDATE delivery SET state = :state, reply = :reply, reason = :reason, settled_at = :now "
    "WHERE id = :id AND token = :token AND state IN ('sending', :state) RETURNING id"
).bindparams(*_instants("now"))

_PUT_OFF = text(
    "UPDATE delivery SET state = 'due', reply = :reply, reason = :reason, next_try = :next_try, "
    "attempt = CASE WHEN state = 'due' THEN attempt ELSE attempt + :tried END, "
    "lease_until = NULL, mark = NULL "
    "WHERE id = :id AND token = :token AND state IN ('sending', 'due') RETURNING id"
).bindparams(*_instants("next_try"))

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
).bindparams(*_instants("lease"))


def mark(
    session: Session,
    claim: Claim,
    *,
    now: datetime,
    machine: datetime,
    lease: timedelta,
    facts: Mapping[str, Any],
) -> bool:
    """Commit-to-be that the final dot may follow. False: it may not, whatever the reason.

    The letter is not ours any more, its campaign is on hold, its date has moved, its time has
    passed, or the contact is gone; the next claim finds out which.
    `facts` are the columns that say what is about to be sent: message_id, address,
    letter_version, facts, body_hash, told_day. The lease starts afresh, so that a slow answer
    is waited for before others give it up.
    """
    values = {
        **facts,
        "now": now,
        "machine": machine,
        "lease": machine + lease,
        "id": claim.delivery.id,
        "token": claim.token,
        "version": claim.rollout.version,
    }
    return session.connection().execute(_MARK, values).scalar() is not None


def settle(
    session: Session,
    claim: Claim,
    *,
    state: str,
    reply: str,
    now: datetime,
    reason: str | None = None,
    at_once: bool = False,
) -> bool:
    """Write the outcome, if the letter is still ours.

    State `due` means: try again, after the back-off, or `at_once` where nothing was tried.
    """
    connection = session.connection()
    ours = {"id": claim.delivery.id, "token": claim.token}
    values: dict[str, Any] = {**ours, "reply": reply[:500], "reason": reason}
    if state == "due":
        values |= {"next_try": _next_try(claim, now, at_once), "tried": 0 if at_once else 1}
        statement = _PUT_OFF
    else:
        values |= {"state": state, "now": now}
        statement = _SETTLE
    if connection.execute(statement, values).scalar() is not None:
        return True
    touch_id = connection.execute(_FOUND_AGAIN, ours).scalar()
    if touch_id is None:
        return False
    connection.execute(_REOPEN, {"touch": touch_id})
    return connection.execute(statement, values).scalar() is not None


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
