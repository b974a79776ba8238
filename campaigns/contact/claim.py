"""Claim, mark, settle: how one letter is handed over at most once.

1. `claim_due` takes due rows under a lease and a fencing token, and checks inside the
   same transaction that each letter is still wanted.
2. `mark` is committed after the server said 354 and before the final dot: from here on
   the outcome may be unknown. No row marked means: do not send the dot.
3. `settle` writes what the server answered, guarded by the token.
4. `rescue` takes back rows whose lease ran out: unmarked ones are due again, marked
   ones are uncertain and never sent again by themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session

from campaigns.contact.claimed import About, Letter, Reader, abouts, readers
from campaigns.contact.wanted import Unwanted, unwanted
from campaigns.given import keys
from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch
from campaigns.models.base import UtcInstant


class Claim(NamedTuple):
    """A letter that belongs to one courier until its lease runs out.

    `about` is shared by the letters of a touch.
    """

    delivery: Letter
    token: str
    contact: Reader
    about: About

    @property
    def customer(self) -> Customer:
        return self.about.customer

    @property
    def campaign(self) -> Campaign:
        return self.about.campaign

    @property
    def rollout(self) -> Rollout:
        return self.about.rollout

    @property
    def step(self) -> Step:
        return self.about.step

    @property
    def touch(self) -> Touch:
        return self.about.touch

    @property
    def agreement(self) -> Agreement | None:
        return self.about.agreement

    @property
    def earlier(self) -> Agreement | None:
        return self.about.earlier

    @property
    def language(self) -> str:
        return (self.contact.locale or self.customer.locale or "en").split("-")[0].split("_")[0]


@dataclass(frozen=True)
class Taken:
    """One claim: the rows that were taken, and the letters among them that are wanted.

    `touched` are the touches of the others, which may be through now.
    """

    ids: tuple[int, ...] = ()
    claims: list[Claim] = field(default_factory=list)
    touched: frozenset[int] = frozenset()


def claim_due(
    session: Session, *, now: datetime, machine: datetime, lease: timedelta, token: str, limit: int
) -> Taken:
    """Take up to `limit` due letters. Those not wanted any more are settled here and left out.

    `now` is the business time, `machine` the machine's own, in which leases are counted.
    """
    letters = _take(session, now, machine + lease, token, limit)
    if not letters:
        return Taken()
    found = abouts(session, {letter.touch_id for letter in letters})
    among = keys(letter.contact_id for letter in letters)
    people = readers(session, among)
    against = unwanted(session, letters, found, people, among, now)
    if against:
        _release(session, against, token, now)
    return Taken(
        tuple(letter.id for letter in letters),
        [
            Claim(letter, token, people[letter.contact_id], found[letter.touch_id])
            for letter in letters
            if letter.id not in against
        ],
        frozenset(letter.touch_id for letter in letters if letter.id in against),
    )


# Plain SQL, built once. Postgres may run a plain subquery once a row, and then the limit is
# none: hence the CTE. SQLite has one writer at a time and needs no row locks.
_TAKE = (
    "WITH due AS (SELECT delivery.id FROM delivery "
    "JOIN touch ON touch.id = delivery.touch_id "
    "JOIN rollout ON rollout.id = touch.rollout_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id "
    "WHERE delivery.state = 'due' AND delivery.next_try <= :now AND campaign.state = 'running' "
    "{only}"
    "ORDER BY delivery.next_try, delivery.id LIMIT :most{lock}) "
    "UPDATE delivery SET state = 'sending', token = :token, lease_until = :lease, mark = NULL "
    "WHERE id IN (SELECT id FROM due) AND state = 'due' "
    "RETURNING id, public_id, touch_id, contact_id, attempt"
)
_URGENT, _ANY = "AND delivery.urgent ", ""
_TAKES = {
    engine: [
        text(_TAKE.format(lock=lock, only=only)).bindparams(
            bindparam("now", type_=UtcInstant()), bindparam("lease", type_=UtcInstant())
        )
        for only in (_URGENT, _ANY)
    ]
    for engine, lock in (
        ("sqlite", ""),
        ("postgresql", " FOR UPDATE OF delivery SKIP LOCKED"),
    )
}
_RELEASE = text(
    "UPDATE delivery SET state = :state, reason = :reason, settled_at = :now, lease_until = NULL "
    "WHERE id = :id AND token = :token"
).bindparams(bindparam("now", type_=UtcInstant()))


def _take(
    session: Session, now: datetime, lease_until: datetime, token: str, limit: int
) -> list[Letter]:
    """Urgent ones first, then the oldest; each in the order in which they were made."""
    connection = session.connection()
    values = {"now": now, "lease": lease_until, "token": token}
    taken: list[Letter] = []
    for statement in _TAKES[connection.dialect.name]:
        if room := limit - len(taken):
            rows = connection.execute(statement, values | {"most": room}).all()
            taken += sorted(map(Letter._make, rows))
    return taken


def _release(session: Session, against: Mapping[int, Unwanted], token: str, now: datetime) -> None:
    rows = [
        {"id": id_, "token": token, "state": state, "reason": reason, "now": now}
        for id_, (state, reason) in against.items()
    ]
    session.connection().execute(_RELEASE, rows)
