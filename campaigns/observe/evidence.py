"""An evidence file becomes a snapshot: matched to people, never overwriting newer words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from campaigns.headcount import recount
from campaigns.journal import Actor, record
from campaigns.models import Customer, Snapshot
from campaigns.models.base import UtcInstant
from campaigns.observe.matching import match
from campaigns.observe.standing import learn, stand
from campaigns.observe.words import laid_out
from campaigns.rules.adoption import LEVELS
from campaigns.rules.records import EvidenceFile, Rejected

LISTED = 100  # people whom nobody knows, of whom a result tells
UNDATED = "The file does not say when it was taken; the time of import is used."

_MATCHED = text("SELECT count(*) FROM evidence_match")
_LEVELS = text("SELECT level, count(*) FROM evidence_word GROUP BY level")
_NAME = "substr(coalesce(w.upn, w.address, w.external_id), 1, 254)"
_WITH_MATCH = "FROM evidence_word AS w LEFT JOIN evidence_match AS m ON m.line = w.line"
_STRANGERS = text(
    f"SELECT {_NAME} {_WITH_MATCH} WHERE m.line IS NULL ORDER BY w.line LIMIT {LISTED}"
)
_TOUCHED = text(
    f"SELECT DISTINCT coalesce(m.customer_id, w.home) {_WITH_MATCH} "
    "WHERE coalesce(m.customer_id, w.home) IS NOT NULL"
)
_OBSERVE = text(
    "INSERT INTO observation (snapshot_id, contact_id, customer_id, identity, taken_at, level, "
    "required, reason, methods, raw) "
    f"SELECT :snapshot, m.contact_id, coalesce(m.customer_id, w.home), {_NAME}, :taken_at, "
    f"w.level, w.required, w.reason, w.methods, w.raw {_WITH_MATCH} ORDER BY w.line"
).bindparams(bindparam("taken_at", type_=UtcInstant()))


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """What an import found, with the first of those whom nobody knows.

    `repeated` is True for a file that was imported before.
    """

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
            "unmatched_identities": list(self.unmatched_identities),
            "warnings": list(self.warnings),
            "repeated": self.repeated,
        }


def import_evidence(
    session: Session,
    file: EvidenceFile,
    *,
    file_name: str,
    file_hash: Callable[[], str],
    taken_at: datetime | None,
    customer: Customer | None,
    who: Actor,
    now: datetime,
) -> EvidenceResult:
    """Keep the snapshot and bring people's standing up to date.

    `taken_at` overrides what the file says of itself; where neither says, the import's
    own time counts. Importing the same file again changes nothing. `file_hash` is asked after
    the last row was read.
    """
    with laid_out(session, file) as sifted:
        ending = file.ending()
        match(session, customer.id if customer else None)
        snapshot = Snapshot(
            source=file.source,
            file_name=file_name[:200],
            file_hash=file_hash(),
            taken_at=taken_at or ending.taken_at or now,
            imported_at=now,
            imported_by=who.name,
            rows_in=sifted.rows,
            accepted=sifted.accepted,
            rejected=len(sifted.rejected),
            matched=session.connection().execute(_MATCHED).scalar_one(),
            rejections={"rows": [[r.line, r.reason] for r in sifted.rejected[:1000]]},
        )
        known = select(Snapshot.id).where(Snapshot.file_hash == snapshot.file_hash)
        repeated = session.scalar(known) is not None
        if not repeated:
            _keep(session, snapshot, who, now)
        dated = taken_at is not None or ending.taken_at is not None
        return EvidenceResult(
            source=file.source,
            taken_at=snapshot.taken_at,
            rows=sifted.rows,
            rejected=sifted.rejected,
            matched=snapshot.matched,
            levels=_levels(session),
            unmatched_identities=session.connection().execute(_STRANGERS).scalars().all(),
            warnings=[*ending.warnings, *(() if dated else (UNDATED,))],
            repeated=repeated,
        )


def _keep(session: Session, snapshot: Snapshot, who: Actor, now: datetime) -> None:
    session.add(snapshot)
    session.flush()
    if snapshot.accepted:
        values = {"snapshot": snapshot.id, "taken_at": snapshot.taken_at}
        session.connection().execute(_OBSERVE, values)
        stand(session, snapshot)
        learn(session, snapshot)
        recount(session, session.connection().execute(_TOUCHED).scalars().all())
    details = {"source": snapshot.source, "rows": snapshot.rows_in, "matched": snapshot.matched}
    what, subject = "evidence_imported", snapshot.file_name
    record(session, who=who, what=what, subject=subject, now=now, details=details)


def _levels(session: Session) -> dict[str, int]:
    """How many people stand at each level, `unknown` among them."""
    levels = dict.fromkeys(LEVELS, 0)
    for level, count in session.connection().execute(_LEVELS):
        levels["unknown" if level is None else str(level)] = count
    return levels
