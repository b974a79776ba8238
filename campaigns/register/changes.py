"""Vendor changes: every revision kept, the dates as dated facts with their source."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import ChangeRevision, Milestone, VendorChange
from campaigns.rules.milestones import KINDS, PRECISIONS
from campaigns.rules.records import ChangeRecord, MilestoneRecord


@dataclass(frozen=True, slots=True)
class Registered:
    """A change after an import; `news` is `created`, `revised`, `older` or `unchanged`."""

    change: VendorChange
    news: str


def import_changes(
    session: Session, records: Sequence[ChangeRecord], *, who: Actor, now: datetime
) -> list[Registered]:
    """Take changes as a source tells them; the same words twice are no news."""
    return [_register(session, record_, who, now) for record_ in records]


def find_change(session: Session, source_id: str) -> VendorChange:
    """The change with this id. Raises NotFound."""
    change = session.scalar(select(VendorChange).where(VendorChange.source_id == source_id))
    if change is None:
        raise NotFound(
            f'There is no change "{source_id}". `rollout changes list` shows them.', "no_change"
        )
    return change


def add_milestone(
    session: Session, change: VendorChange, milestone: MilestoneRecord, *, who: Actor, now: datetime
) -> None:
    """A date that a person read in the vendor's words. Raises Invalid for unknown words."""
    if milestone.kind not in KINDS:
        raise Invalid(f'"{milestone.kind}" is not a kind of date. Use one of: {", ".join(KINDS)}.')
    if milestone.precision not in PRECISIONS:
        words = ", ".join(PRECISIONS)
        raise Invalid(f'"{milestone.precision}" is not a precision. Use one of: {words}.')
    if not milestone.source.strip():
        raise Invalid("Say where this date is written: a date without a source is a guess.")
    session.add(_milestone(change, change.revision, milestone))
    details = {"kind": milestone.kind, "date": str(milestone.date), "source": milestone.source}
    record(
        session, who=who, what="milestone_added", subject=change.source_id, now=now, details=details
    )


def _register(session: Session, row: ChangeRecord, who: Actor, now: datetime) -> Registered:
    digest = _content_hash(row)
    change = session.scalar(select(VendorChange).where(VendorChange.source_id == row.source_id))
    if change is None:
        change = VendorChange(source_id=row.source_id, revision=0, created_at=now, **_words(row))
        session.add(change)
        session.flush()
    revisions = _revisions(session, change)
    if _is_known(revisions, change, row, digest):
        return Registered(change, "unchanged")
    number = len(revisions) + 1
    news = _news(revisions, change, row)
    if news == "revised":
        for name, value in _words(row).items():
            setattr(change, name, value or getattr(change, name))
    if news != "older":
        change.revision = number
    session.add(_revision(change, number, row, digest, now))
    session.add_all(_milestone(change, number, m) for m in row.milestones)
    session.flush()
    details = {"revision": number}
    what = f"change_{news}"
    record(session, who=who, what=what, subject=row.source_id, now=now, details=details)
    return Registered(change, news)


def _revisions(session: Session, change: VendorChange) -> Sequence[ChangeRevision]:
    return session.scalars(
        select(ChangeRevision)
        .where(ChangeRevision.change_id == change.id)
        .order_by(ChangeRevision.number)
    ).all()


def _is_known(
    revisions: Sequence[ChangeRevision], change: VendorChange, row: ChangeRecord, digest: str
) -> bool:
    """The words that count already, or an older version that is kept already."""
    return any(
        known.content_hash == digest
        and (known.number == change.revision or known.said_at == row.modified_at)
        for known in revisions
    )


def _news(revisions: Sequence[ChangeRevision], change: VendorChange, row: ChangeRecord) -> str:
    """`created`, `revised`, or `older`: kept, but what the vendor said later counts."""
    if not revisions:
        return "created"
    said_at = revisions[change.revision - 1].said_at
    late = row.modified_at is not None and said_at is not None and row.modified_at < said_at
    return "older" if late else "revised"


def _revision(
    change: VendorChange, number: int, row: ChangeRecord, digest: str, now: datetime
) -> ChangeRevision:
    return ChangeRevision(
        change_id=change.id,
        number=number,
        title=row.title,
        text=row.text,
        content_hash=digest,
        said_at=row.modified_at,
        recorded_at=now,
        details={
            "tags": list(row.tags),
            "services": list(row.services),
            "sources": list(row.sources),
        },
    )


def _words(row: ChangeRecord) -> dict[str, Any]:
    return {
        "vendor": row.vendor,
        "title": row.title,
        "text": row.text,
        "effect": row.effect,
        "category": row.category,
        "evidence": row.evidence,
        "lead_days": row.lead_days,
    }


def _milestone(change: VendorChange, revision: int, row: MilestoneRecord) -> Milestone:
    return Milestone(
        change_id=change.id,
        revision=revision,
        kind=row.kind,
        day=row.date,
        precision=row.precision,
        zone=row.zone,
        note=row.note,
        source=row.source,
    )


def _content_hash(row: ChangeRecord) -> str:
    """The words and dates, not the envelope: casing of keys and fetch time are noise."""
    content = {
        "title": " ".join(row.title.split()),
        "text": " ".join(row.text.split()),
        "milestones": [[m.kind, _iso(m.date), m.precision, m.note] for m in row.milestones],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
