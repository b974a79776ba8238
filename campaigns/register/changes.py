"""Vendor changes: every revision kept, the dates as dated facts with their source."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import ChangeRevision, Milestone, VendorChange
from campaigns.revised import binding_days, look_again, open_review, version_kept, version_of
from campaigns.rules.milestones import KINDS, PRECISIONS, Fact
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from campaigns.rules.revisions import Version, differences


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
    before, bound = version_of(session, change), binding_days(session, change, now.date())
    session.add(_milestone(change, change.revision, milestone, who.name))
    details = {"kind": milestone.kind, "date": str(milestone.date), "source": milestone.source}
    record(
        session, who=who, what="milestone_added", subject=change.source_id, now=now, details=details
    )
    session.flush()
    if open_review(session, change) or binding_days(session, change, now.date()) != bound:
        look_again(session, change, before, who=who, now=now)


def dates_stand(session: Session, change: VendorChange, *, who: Actor, now: datetime) -> int:
    """The dates that people read in the vendor's older words hold for the new ones, too.

    Returns how many were taken over. Raises Conflict where nothing is under review.
    """
    review = open_review(session, change)
    if review is None:
        raise Conflict(f"Nothing of {change.source_id} is under review.", "no_review")
    kept = version_kept(review).dates
    present = version_of(session, change).dates
    again = [one for one in kept if one.kind != "on-hold" and one not in present]
    for one in again:
        row = MilestoneRecord(one.kind, one.day, one.precision, None, "", "as before")
        session.add(_milestone(change, change.revision, row, who.name))
    look_again(session, change, version_kept(review), who=who, now=now)
    return len(again)


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
    before = version_of(session, change) if revisions else None
    typed = _typed(session, change)
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
    if before is not None and news == "revised":
        _compare(session, change, before, typed, who, now)
    details = {"revision": number}
    what = f"change_{news}"
    record(session, who=who, what=what, subject=row.source_id, now=now, details=details)
    return Registered(change, news)


def _compare(
    session: Session,
    change: VendorChange,
    before: Version,
    typed: Sequence[Milestone],
    who: Actor,
    now: datetime,
) -> None:
    """Noise keeps the dates that people typed; news makes somebody look at them again."""
    untyped = replace(before, dates=tuple(d for d in before.dates if d not in set(_facts(typed))))
    if differences(untyped, version_of(session, change)):
        look_again(session, change, before, who=who, now=now)
        return
    for one in typed:
        row = MilestoneRecord(one.kind, one.day, one.precision, one.zone, one.note, one.source)
        session.add(_milestone(change, change.revision, row, one.typed_by))
    session.flush()


def _typed(session: Session, change: VendorChange) -> Sequence[Milestone]:
    return session.scalars(
        select(Milestone).where(
            Milestone.change_id == change.id,
            Milestone.revision == change.revision,
            Milestone.typed_by.is_not(None),
        )
    ).all()


def _facts(rows: Sequence[Milestone]) -> list[Fact]:
    return [Fact(one.kind, one.day, one.precision) for one in rows]


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


def _milestone(
    change: VendorChange, revision: int, row: MilestoneRecord, typed_by: str | None = None
) -> Milestone:
    return Milestone(
        change_id=change.id,
        revision=revision,
        kind=row.kind,
        day=row.date,
        precision=row.precision,
        zone=row.zone,
        note=row.note,
        source=row.source,
        typed_by=typed_by,
    )


def _content_hash(row: ChangeRecord) -> str:
    """The words and dates, not the envelope: casing of keys and fetch time are noise."""
    content = {
        "title": " ".join(row.title.split()),
        "text": " ".join(row.text.split()),
        "tags": sorted(row.tags),
        "milestones": [[m.kind, _iso(m.date), m.precision, m.note] for m in row.milestones],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
