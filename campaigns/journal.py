"""The journal: append-only, hash-chained, one chain a customer and one for the provider."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.models import PROVIDER_CHAIN, JournalEntry, JournalHead
from campaigns.store import insert_missing

GENESIS = "0" * 64


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
    chain = customer_id or PROVIDER_CHAIN
    insert_missing(session, JournalHead, [{"chain": chain, "number": 0, "hash": GENESIS}])
    # The row lock on the head keeps two writers of one chain in line.
    number = session.scalar(
        update(JournalHead)
        .where(JournalHead.chain == chain)
        .values(number=JournalHead.number + 1)
        .returning(JournalHead.number)
        .execution_options(synchronize_session=False)
    )
    previous = session.scalar(select(JournalHead.hash).where(JournalHead.chain == chain))
    assert number is not None
    assert previous is not None
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
    digest = entry_hash(body)
    session.add(JournalEntry(**body, hash=digest))
    session.execute(
        update(JournalHead)
        .where(JournalHead.chain == chain)
        .values(hash=digest)
        .execution_options(synchronize_session=False)
    )


def entry_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 over the entry's canonical JSON, the previous hash included."""
    plain = {**body, "at": body["at"].isoformat()}
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: Session) -> list[str]:
    """Every break in every chain, as sentences; an empty list means the journal is whole."""
    problems: list[str] = []
    expected: dict[int, tuple[int, str]] = {}
    entries = session.scalars(
        select(JournalEntry).order_by(JournalEntry.chain, JournalEntry.number)
    )
    for entry in entries.yield_per(1000):
        number, previous = expected.get(entry.chain, (0, GENESIS))
        if entry.number != number + 1 or entry.previous != previous:
            problems.append(f"Chain {entry.chain}: entry {entry.number} does not follow {number}.")
        if entry_hash(_body(entry)) != entry.hash:
            problems.append(f"Chain {entry.chain}: entry {entry.number} was altered.")
        expected[entry.chain] = (entry.number, entry.hash)
    for head in session.scalars(select(JournalHead)):
        if expected.get(head.chain, (0, GENESIS)) != (head.number, head.hash):
            problems.append(f"Chain {head.chain}: its last entries are missing.")
    return problems


def _body(entry: JournalEntry) -> dict[str, Any]:
    fields = ("chain", "number", "at", "who", "what", "subject", "details", "previous")
    return {name: getattr(entry, name) for name in fields}
