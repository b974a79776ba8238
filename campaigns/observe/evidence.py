"""An evidence file becomes a snapshot: matched to people, never overwriting newer words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import Customer, Observation, Snapshot
from campaigns.observe.matching import Matched, match
from campaigns.observe.standing import learn, stand
from campaigns.rules.adoption import LEVELS
from campaigns.rules.records import EvidenceFile, Rejected


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
    when = taken_at or file.taken_at
    warnings = list(file.parsed.warnings)
    if when is None:
        warnings.append("The file does not say when it was taken; the time of import is used.")
    rows = match(session, file, customer)
    snapshot = _snapshot(file, rows, file_name, file_hash, when or now, who, now)
    repeated = session.scalar(select(Snapshot.id).where(Snapshot.file_hash == file_hash))
    if repeated is None:
        _keep(session, snapshot, rows, who, now)
    return EvidenceResult(
        source=file.source,
        taken_at=snapshot.taken_at,
        rows=file.parsed.rows,
        rejected=file.parsed.rejected,
        matched=snapshot.matched,
        levels=_levels(rows),
        unmatched_identities=[one.identity for one in rows if one.contact_id is None],
        warnings=warnings,
        repeated=repeated is not None,
    )


def _snapshot(
    file: EvidenceFile,
    rows: Sequence[Matched],
    file_name: str,
    file_hash: str,
    when: datetime,
    who: Actor,
    now: datetime,
) -> Snapshot:
    return Snapshot(
        source=file.source,
        file_name=file_name[:200],
        file_hash=file_hash,
        taken_at=when,
        imported_at=now,
        imported_by=who.name,
        rows_in=file.parsed.rows,
        accepted=len(rows),
        rejected=len(file.parsed.rejected),
        matched=sum(1 for one in rows if one.contact_id is not None),
        rejections={"rows": [[r.line, r.reason] for r in file.parsed.rejected[:1000]]},
    )


def _keep(
    session: Session, snapshot: Snapshot, rows: Sequence[Matched], who: Actor, now: datetime
) -> None:
    session.add(snapshot)
    session.flush()
    if rows:
        session.execute(insert(Observation), [_observation(snapshot, one) for one in rows])
        stand(session, snapshot, rows)
        learn(session, snapshot, rows)
    details = {"source": snapshot.source, "rows": snapshot.rows_in, "matched": snapshot.matched}
    what, subject = "evidence_imported", snapshot.file_name
    record(session, who=who, what=what, subject=subject, now=now, details=details)


def _observation(snapshot: Snapshot, one: Matched) -> dict[str, Any]:
    return {
        "snapshot_id": snapshot.id,
        "contact_id": one.contact_id,
        "customer_id": one.customer_id,
        "identity": one.identity[:254],
        "taken_at": snapshot.taken_at,
        "level": one.level,
        "required": one.row.required,
        "reason": one.reason,
        "methods": list(one.row.methods),
        "raw": dict(one.row.raw),
    }


def _levels(rows: Sequence[Matched]) -> dict[str, int]:
    """How many people stand at each level, `unknown` among them."""
    levels = dict.fromkeys(LEVELS, 0)
    for one in rows:
        levels["unknown" if one.level is None else str(one.level)] += 1
    return levels
