"""Vendor changes as a table, and one change with everything that was ever said of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.postponements import Granted, postponements
from campaigns.boards.review import latest_review
from campaigns.errors import NotFound
from campaigns.library import Move, moves
from campaigns.models import Campaign, ChangeReview, ChangeRevision, Milestone, VendorChange
from campaigns.rules.milestones import deadline, in_words
from campaigns.rules.wording import Difference, difference


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change. `date_words` is the vendor's date as exactly as it is known."""

    id: int
    source_id: str
    vendor: str
    title: str
    category: str
    day: date | None
    date_words: str
    on_hold: bool
    revision: int
    milestones: Sequence[Milestone]
    campaigns: Sequence[Campaign]

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout changes list --json`."""
        return {
            "id": self.source_id,
            "vendor": self.vendor,
            "title": self.title,
            "date_needed": self.day is None,
            "milestones": [_milestone_json(m) for m in self.milestones],
            "revision": self.revision,
        }


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One version of the vendor's words, and how it differs from the one before."""

    revision: ChangeRevision
    first: bool
    old_title: str | None
    words: Difference
    dates: Difference


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change's page; revisions newest first."""

    change: VendorChange
    line: ChangeLine
    moves: Sequence[Move]
    revisions: Sequence[RevisionView]
    review: ChangeReview | None  # the open one, else the last
    granted: Sequence[Granted]  # dates of single customers


def change_list(session: Session, now: datetime) -> list[ChangeLine]:
    """All changes in three statements: those that lie ahead first, the nearest on top."""
    changes = session.scalars(select(VendorChange).order_by(VendorChange.source_id)).all()
    dated = _current_milestones(session)
    used = _campaigns(session)
    lines = [_line(c, dated.get(c.id, []), used.get(c.id, []), now.date()) for c in changes]
    return sorted(lines, key=lambda line: _nearness(line, now.date()))


def change_rows(session: Session, now: datetime) -> list[dict[str, Any]]:
    """The rows of `rollout changes list --json`, by id."""
    lines = sorted(change_list(session, now), key=lambda line: line.source_id)
    return [line.as_json() for line in lines]


def change_view(session: Session, source_id: str, now: datetime) -> ChangeView:
    """Raises NotFound."""
    change = change_called(session, source_id)
    everything = session.scalars(
        select(Milestone).where(Milestone.change_id == change.id).order_by(Milestone.day)
    ).all()
    current = [m for m in everything if m.revision == change.revision]
    used = _campaigns(session, change.id).get(change.id, [])
    return ChangeView(
        change=change,
        line=_line(change, current, used, now.date()),
        moves=moves_of(source_id),
        revisions=_revisions(session, change, everything),
        review=latest_review(session, change),
        granted=postponements(session, change),
    )


def change_called(session: Session, source_id: str) -> VendorChange:
    """The change with this id. Raises NotFound."""
    found = None
    if "\0" not in source_id:  # which Postgres takes in no text
        found = session.scalar(select(VendorChange).where(VendorChange.source_id == source_id))
    if found is None:
        raise NotFound(f'There is no change "{source_id[:100]}" here.', "no_change")
    return found


def moves_of(source_id: str) -> Sequence[Move]:
    """What the library knows of how often the vendor moved; empty for other changes."""
    try:
        return moves(source_id)
    except NotFound:
        return ()


def _current_milestones(session: Session) -> dict[int, list[Milestone]]:
    rows = session.scalars(
        select(Milestone)
        .join(
            VendorChange,
            (VendorChange.id == Milestone.change_id)
            & (VendorChange.revision == Milestone.revision),
        )
        .order_by(Milestone.day, Milestone.id)
    )
    found: dict[int, list[Milestone]] = {}
    for row in rows:
        found.setdefault(row.change_id, []).append(row)
    return found


def _campaigns(session: Session, change_id: int | None = None) -> dict[int, list[Campaign]]:
    query = select(Campaign).order_by(Campaign.name)
    if change_id is not None:
        query = query.where(Campaign.change_id == change_id)
    found: dict[int, list[Campaign]] = {}
    for row in session.scalars(query):
        found.setdefault(row.change_id, []).append(row)
    return found


def _line(
    change: VendorChange, dated: Sequence[Milestone], used: Sequence[Campaign], today: date
) -> ChangeLine:
    vendor = deadline(dated, today, today)
    return ChangeLine(
        id=change.id,
        source_id=change.source_id,
        vendor=change.vendor,
        title=change.title,
        category=change.category,
        day=vendor.day,
        date_words=vendor.words or "date needed",
        on_hold=vendor.on_hold,
        revision=change.revision,
        milestones=dated,
        campaigns=used,
    )


def _nearness(line: ChangeLine, today: date) -> tuple[int, int, str]:
    if line.day is None:
        return (0, 0, line.source_id)
    ahead = (line.day - today).days
    return (1, ahead, line.source_id) if ahead >= 0 else (2, -ahead, line.source_id)


def _revisions(
    session: Session, change: VendorChange, milestones: Sequence[Milestone]
) -> list[RevisionView]:
    rows = session.scalars(
        select(ChangeRevision)
        .where(ChangeRevision.change_id == change.id)
        .order_by(ChangeRevision.number)
    ).all()
    views = []
    before: ChangeRevision | None = None
    for row in rows:
        views.append(_revision(row, before, milestones))
        before = row
    return views[::-1]


def _revision(
    row: ChangeRevision, before: ChangeRevision | None, milestones: Sequence[Milestone]
) -> RevisionView:
    nothing = Difference((), ())
    if before is None:
        return RevisionView(row, True, None, nothing, nothing)
    return RevisionView(
        revision=row,
        first=False,
        old_title=before.title if before.title != row.title else None,
        words=difference(before.text, row.text),
        dates=difference(
            _dates(m for m in milestones if m.revision == before.number),
            _dates(m for m in milestones if m.revision == row.number),
        ),
    )


def _dates(milestones: Iterable[Milestone]) -> str:
    return "\n".join(f"{m.kind} {in_words(m.day, m.precision)}" for m in milestones)


def _milestone_json(milestone: Milestone) -> dict[str, Any]:
    return {
        "date": milestone.day.isoformat() if milestone.day else None,
        "precision": milestone.precision,
        "kind": milestone.kind,
        "zone": milestone.zone,
        "source": milestone.source,
        "note": milestone.note,
    }
