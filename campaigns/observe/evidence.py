"""An evidence file becomes a snapshot: matched to people, never overwriting newer words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, func, insert, or_, select
from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import Contact, Customer, Observation, Snapshot, Standing
from campaigns.observe.matching import People, load_people
from campaigns.rules.adoption import LEVELS
from campaigns.rules.records import EvidenceFile, EvidenceRecord, Rejected
from campaigns.store import insert_missing

EVIDENCE = "mfa"
AT_ONCE = 5000
IDENTITY_PROVIDER_TAG = "identity_provider"
VALUES = ("level", "required", "reason", "taken_at", "snapshot_id")


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """What an import found. `repeated` is True for a file that was imported before."""

    source: str
    taken_at: datetime
    rows: int
    rejected: Sequence[Rejected]
    matched: int
    levels: dict[str, int]
    unmatched_identities: Sequence[str]
    warnings: Sequence[str]
    repeated: bool

    @property
    def accepted(self) -> int:
        return self.rows - len(self.rejected)

    def as_json(self) -> dict[str, Any]:
        """The shape that the command prints with --json."""
        return {
            "source": self.source,
            "taken_at": self.taken_at.isoformat().replace("+00:00", "Z"),
            "rows": self.rows,
            "accepted": self.accepted,
            "rejected": [{"line": r.line, "reason": r.reason} for r in self.rejected],
            "matched": self.matched,
            "unmatched": self.accepted - self.matched,
            "levels": self.levels,
            "unmatched_identities": list(self.unmatched_identities[:100]),
            "warnings": list(self.warnings),
            "repeated": self.repeated,
        }


@dataclass(frozen=True, slots=True)
class _Matched:
    """A row with whom it is about and the level that may be believed."""

    row: EvidenceRecord
    contact_id: int | None
    customer_id: int | None
    level: int | None
    reason: str | None


def import_evidence(
    session: Session,
    file: EvidenceFile,
    *,
    file_name: str,
    file_hash: str,
    taken_at: datetime | None,
    customer: Customer | None,
    who: Actor,
    now: datetime,
) -> EvidenceResult:
    """Keep the snapshot and bring people's standing up to date.

    `taken_at` overrides what the file says of itself; where neither says, the import's
    own time counts. Importing the same file again changes nothing.
    """
    when = taken_at or file.taken_at or now
    warnings = list(file.parsed.warnings)
    if taken_at is None and file.taken_at is None:
        warnings.append("The file does not say when it was taken; the time of import is used.")
    people = load_people(session, customer.id if customer else None)
    providers = _outside_providers(session)
    rows = [_match(row, people, customer, providers) for _, row in file.parsed.accepted]
    repeated = (
        session.scalar(select(Snapshot.id).where(Snapshot.file_hash == file_hash)) is not None
    )
    if not repeated:
        _store(session, file, rows, file_name, file_hash, when, who, now)
    levels = dict.fromkeys(LEVELS, 0)
    for matched in rows:
        levels["unknown" if matched.level is None else str(matched.level)] += 1
    return EvidenceResult(
        source=file.source,
        taken_at=when,
        rows=file.parsed.rows,
        rejected=file.parsed.rejected,
        matched=sum(1 for matched in rows if matched.contact_id is not None),
        levels=levels,
        unmatched_identities=[_identity(m.row) for m in rows if m.contact_id is None],
        warnings=warnings,
        repeated=repeated,
    )


def _match(
    row: EvidenceRecord, people: People, customer: Customer | None, providers: dict[int, str]
) -> _Matched:
    contact_id = people.contact(row, customer.id if customer else None)
    home = people.customer_of.get(contact_id) if contact_id else people.customer(row)
    level, reason = row.level, row.reason or None
    if row.active is False:
        level, reason = None, "the account is switched off"
    elif level == 0 and home in providers:
        # Entra and Google show people who use an outside provider as not registered.
        level, reason = None, f"signs in through {providers[home]}"
    return _Matched(row, contact_id, home, level, reason)


def _store(
    session: Session,
    file: EvidenceFile,
    rows: Sequence[_Matched],
    file_name: str,
    file_hash: str,
    when: datetime,
    who: Actor,
    now: datetime,
) -> None:
    snapshot = Snapshot(
        source=file.source,
        file_name=file_name[:200],
        file_hash=file_hash,
        taken_at=when,
        imported_at=now,
        imported_by=who.name,
        rows_in=file.parsed.rows,
        accepted=len(rows),
        rejected=len(file.parsed.rejected),
        matched=sum(1 for matched in rows if matched.contact_id is not None),
        rejections={"rows": [[r.line, r.reason] for r in file.parsed.rejected[:1000]]},
    )
    session.add(snapshot)
    session.flush()
    if rows:
        session.execute(insert(Observation), [_observation(snapshot, one) for one in rows])
        _stand(session, snapshot, rows)
        _learn(session, snapshot, rows)
    details = {"source": file.source, "rows": file.parsed.rows, "matched": snapshot.matched}
    record(session, who=who, what="evidence_imported", subject=file_name, now=now, details=details)


def _observation(snapshot: Snapshot, one: _Matched) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.id,
        "contact_id": one.contact_id,
        "customer_id": one.customer_id,
        "identity": _identity(one.row)[:254],
        "taken_at": snapshot.taken_at,
        "level": one.level,
        "required": one.row.required,
        "reason": one.reason,
        "methods": list(one.row.methods),
        "raw": dict(one.row.raw),
    }


def _stand(session: Session, snapshot: Snapshot, rows: Sequence[_Matched]) -> None:
    """The newest snapshot speaks; at the same instant the stronger word does, in any order."""
    newest: dict[int, _Matched] = {}
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


def _standing(snapshot: Snapshot, one: _Matched) -> dict[str, Any]:
    return {
        "contact_id": one.contact_id,
        "evidence": EVIDENCE,
        "level": one.level,
        "required": one.row.required,
        "reason": one.reason,
        "taken_at": snapshot.taken_at,
        "snapshot_id": snapshot.id,
    }


def _learn(session: Session, snapshot: Snapshot, rows: Sequence[_Matched]) -> None:
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


def _outside_providers(session: Session) -> dict[int, str]:
    found = {}
    for id_, tags in session.execute(select(Customer.id, Customer.tags)):
        if tags.get(IDENTITY_PROVIDER_TAG):
            found[id_] = str(tags[IDENTITY_PROVIDER_TAG])
    return found


def _identity(row: EvidenceRecord) -> str:
    return row.upn or row.address or row.external_id or ""


def _strength(level: int | None) -> int:
    return -1 if level is None else level
