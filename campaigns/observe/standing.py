"""Where each person stands: the newest word of all snapshots, whatever order they came in."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Snapshot, Standing
from campaigns.observe.matching import Matched
from campaigns.store import insert_missing

EVIDENCE = "mfa"
AT_ONCE = 5000
VALUES = ("level", "required", "reason", "taken_at", "snapshot_id")


def stand(session: Session, snapshot: Snapshot, rows: Sequence[Matched]) -> None:
    """The newest snapshot speaks; at the same instant the stronger word does, in any order."""
    newest: dict[int, Matched] = {}
    for one in rows:
        if one.contact_id is not None:
            held = newest.get(one.contact_id)
            if held is None or _strength(one.level) > _strength(held.level):
                newest[one.contact_id] = one
    fresh = [_standing(snapshot, one) for one in newest.values()]
    if not fresh:
        return
    insert_missing(session, Standing, fresh)
    table = cast("Table", Standing.__table__)
    older = table.c.taken_at < snapshot.taken_at
    same = table.c.taken_at == snapshot.taken_at
    weaker = func.coalesce(table.c.level, -1) < func.coalesce(bindparam("new_level"), -1)
    statement = (
        table.update()
        .where(
            table.c.contact_id == bindparam("whose"),
            table.c.evidence == EVIDENCE,
            or_(older, and_(same, weaker)),
        )
        .values({name: bindparam(f"new_{name}") for name in VALUES})
    )
    values = [
        {"whose": row["contact_id"], **{f"new_{name}": row[name] for name in VALUES}}
        for row in fresh
    ]
    session.connection().execute(statement, values)


def _standing(snapshot: Snapshot, one: Matched) -> dict[str, Any]:
    return {
        "contact_id": one.contact_id,
        "evidence": EVIDENCE,
        "level": one.level,
        "required": one.row.required,
        "reason": one.reason,
        "taken_at": snapshot.taken_at,
        "snapshot_id": snapshot.id,
    }


def learn(session: Session, snapshot: Snapshot, rows: Sequence[Matched]) -> None:
    """Ids, sign-in names and admin rights that the vendor knows and we did not."""
    by_contact = {one.contact_id: one.row for one in rows if one.contact_id is not None}
    later = Standing.taken_at > snapshot.taken_at
    known_better = set(session.scalars(select(Standing.contact_id).where(later)))
    for contact in _contacts(session, list(by_contact)):
        row = by_contact[contact.id]
        contact.external_id = contact.external_id or row.external_id
        contact.upn = contact.upn or (row.upn.casefold() if row.upn else None)
        if row.admin is not None and contact.id not in known_better:
            contact.admin = row.admin
        if row.kind in ("guest", "shared", "service") and contact.kind == "person":
            contact.kind = row.kind


def _contacts(session: Session, ids: Sequence[int]) -> Iterator[Contact]:
    """In parts: both engines limit how many values one statement may carry."""
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        yield from session.scalars(select(Contact).where(Contact.id.in_(part)))


def _strength(level: int | None) -> int:
    return -1 if level is None else level
