"""Where each person stands: the newest word of all snapshots, whatever order they came in."""

from functools import cache

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from campaigns.models import Snapshot
from campaigns.models.base import UtcInstant

EVIDENCE = "mfa"
_TAKEN_AT = bindparam("taken_at", type_=UtcInstant())

_STAND = text("""
INSERT INTO standing (contact_id, evidence, level, required, reason, taken_at, snapshot_id)
SELECT contact_id, :evidence, level, required, reason, :taken_at, :snapshot
FROM (
    SELECT m.contact_id, w.level, w.required, w.reason, row_number() OVER (
        PARTITION BY m.contact_id ORDER BY coalesce(w.level, -1) DESC, w.line
    ) AS place
    FROM evidence_match AS m JOIN evidence_word AS w ON w.line = m.line
) AS said
WHERE place = 1
ON CONFLICT (contact_id, evidence) DO UPDATE
SET level = excluded.level, required = excluded.required, reason = excluded.reason,
    taken_at = excluded.taken_at, snapshot_id = excluded.snapshot_id
WHERE standing.taken_at < excluded.taken_at
OR (standing.taken_at = excluded.taken_at
    AND coalesce(standing.level, -1) < coalesce(excluded.level, -1))
""").bindparams(_TAKEN_AT)

# What each column of a contact may learn, and when.
_LESSONS = {
    "external_id": "contact.external_id IS NULL AND said.external_id IS NOT NULL",
    "upn": "contact.upn IS NULL AND said.upn IS NOT NULL",
    "kind": "contact.kind = 'person' AND said.kind IN ('guest', 'shared', 'service')",
    "admin": "said.admin IS NOT NULL AND said.admin <> contact.admin AND NOT EXISTS (SELECT 1 "
    "FROM standing AS s WHERE s.contact_id = contact.id AND s.taken_at > :taken_at)",
}
_TOLD = text("SELECT count(external_id), count(upn), count(kind), count(admin) FROM evidence_word")


@cache
def _learning(columns: tuple[str, ...]) -> TextClause:
    """Only what is said is set: an index on a column that is set is written anew."""
    news = [
        f"{name} = CASE WHEN {_LESSONS[name]} THEN said.{name} ELSE contact.{name} END"
        for name in columns
    ]
    return text(
        f"UPDATE contact SET {', '.join(news)} "  # noqa: S608 - our own words
        f"FROM (SELECT last.contact_id, {', '.join(f'w.{name}' for name in columns)} "
        "FROM (SELECT contact_id, max(line) AS line FROM evidence_match GROUP BY contact_id) "
        "AS last JOIN evidence_word AS w ON w.line = last.line ORDER BY last.contact_id) AS said "
        f"WHERE contact.id = said.contact_id AND ({_any(columns)})"
    ).bindparams(*([_TAKEN_AT] if "admin" in columns else []))


def _any(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"({_LESSONS[name]})" for name in columns)


def stand(session: Session, snapshot: Snapshot) -> None:
    """The newest snapshot speaks; at the same instant the stronger word does, in any order."""
    values = {"evidence": EVIDENCE, "taken_at": snapshot.taken_at, "snapshot": snapshot.id}
    session.connection().execute(_STAND, values)


def learn(session: Session, snapshot: Snapshot) -> None:
    """Ids, sign-in names and admin rights that the vendor knows and we did not.

    Where several rows of the file are about one person, the last of them tells.
    """
    connection = session.connection()
    counts = zip(_LESSONS, connection.execute(_TOLD).one(), strict=True)
    told = tuple(name for name, count in counts if count)
    if told:
        values = {"taken_at": snapshot.taken_at} if "admin" in told else {}
        connection.execute(_learning(told), values)
