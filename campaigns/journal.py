"""The journal: append-only, hash-chained, one chain a customer and one for the provider."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from campaigns.models import (
    PROVIDER_CHAIN,
    Campaign,
    Contact,
    Customer,
    JournalEntry,
    JournalHead,
    Rollout,
)
from campaigns.store import insert_missing, journalled

GENESIS = "0" * 64
_NEXT = (
    update(JournalHead)
    .where(JournalHead.chain == bindparam("of"))
    .values(number=JournalHead.number + 1)
    .returning(JournalHead.number, JournalHead.hash)
)
_SEAL = (
    update(JournalHead).where(JournalHead.chain == bindparam("of")).values(hash=bindparam("digest"))
)
_ENTRY = insert(JournalEntry)
HASHED = ("chain", "number", "at", "who", "what", "subject", "details", "previous")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a staff address, a contact by name, or the product itself."""

    name: str
    role: str = "system"


SYSTEM = Actor("rollout")


def record(
    session: Session,
    *,
    who: Actor,
    what: str,
    subject: str,
    now: datetime,
    customer_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry in the caller's transaction.

    `what` is a stable word such as `date_agreed`; `details` must be JSON-able.
    """
    if not journalled(session):
        return
    chain = customer_id or PROVIDER_CHAIN
    number, previous = _next_place(session, chain)
    body = {
        "chain": chain,
        "number": number,
        "at": now,
        "who": who.name[:254],
        "what": what,
        "subject": subject[:300],
        "details": dict(details or {}),
        "previous": previous,
    }
    digest = _hash(body)
    connection = session.connection()
    connection.execute(_ENTRY, {**body, "hash": digest})
    connection.execute(_SEAL, {"of": chain, "digest": digest})


def record_of(
    session: Session,
    contact: Contact,
    what: str,
    who: Actor,
    now: datetime,
    details: Mapping[str, object],
) -> None:
    """Append what was done about a person to their customer's chain."""
    record(
        session,
        who=who,
        what=what,
        subject=contact.name,
        now=now,
        customer_id=contact.customer_id,
        details=details,
    )


def record_for(
    session: Session,
    rollout_id: int,
    what: str,
    who: Actor,
    now: datetime,
    details: Mapping[str, object],
) -> None:
    """Append what was done about a customer in a campaign to that customer's chain."""
    campaign, customer_id, customer = session.execute(
        select(Campaign.name, Customer.id, Customer.name)
        .join(Rollout, Rollout.campaign_id == Campaign.id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Rollout.id == rollout_id)
    ).one()
    record(
        session,
        who=who,
        what=what,
        subject=f"{campaign}: {customer}",
        now=now,
        customer_id=customer_id,
        details=details,
    )


class Break(NamedTuple):
    """Where a chain is broken: `entry 3 was altered`."""

    chain: int
    what: str

    def sentence(self) -> str:
        return f"{self.what[:1].upper()}{self.what[1:]}."


def breaks(session: Session, chain: int | None = None) -> Iterator[Break]:
    """Every break in that chain, or in all of them; none means that the journal is whole."""
    only = [] if chain is None else [chain]
    ends: dict[int, tuple[int, str]] = {}
    entries = session.scalars(
        select(JournalEntry)
        .where(*(JournalEntry.chain == one for one in only))
        .order_by(JournalEntry.chain, JournalEntry.number)
    )
    for entry in entries.yield_per(1000):
        number, previous = ends.get(entry.chain, (0, GENESIS))
        if entry.number != number + 1 or entry.previous != previous:
            yield Break(entry.chain, f"entry {entry.number} does not follow entry {number}")
        if _hash({name: getattr(entry, name) for name in HASHED}) != entry.hash:
            yield Break(entry.chain, f"entry {entry.number} was altered")
        ends[entry.chain] = (entry.number, entry.hash)
    for head in session.scalars(
        select(JournalHead).where(*(JournalHead.chain == one for one in only))
    ):
        if ends.get(head.chain, (0, GENESIS)) != (head.number, head.hash):
            yield Break(head.chain, "its last entries are missing")


def verify(session: Session) -> list[str]:
    """Every break in every chain, as sentences; an empty list means the journal is whole."""
    return [f"Chain {chain}: {what}." for chain, what in breaks(session)]


def _next_place(session: Session, chain: int) -> tuple[int, str]:
    """The number of the next entry of a chain, and the hash of the one before it."""
    session.flush()
    connection = session.connection()
    # The row lock on the head keeps two writers of one chain in line.
    row = connection.execute(_NEXT, {"of": chain}).first()
    if row is None:
        insert_missing(session, JournalHead, [{"chain": chain, "number": 0, "hash": GENESIS}])
        row = connection.execute(_NEXT, {"of": chain}).one()
    return row[0], row[1]


def _hash(body: Mapping[str, Any]) -> str:
    """SHA-256 over the entry's canonical JSON, the previous hash included."""
    plain = {**body, "at": body["at"].isoformat()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
