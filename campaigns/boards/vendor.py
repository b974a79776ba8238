"""The vendor's date of a campaign in one sentence: when, how far away, how often it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.changes import moves_of
from campaigns.models import Campaign, Milestone, VendorChange
from campaigns.rules.milestones import in_words, on_hold, vendor_date
from campaigns.rules.periods import spoken


@dataclass(frozen=True, slots=True)
class VendorDate:
    """`words` is empty where the date is needed; `was` is what it was before the last move."""

    vendor: str
    words: str
    day: date | None
    days_left: int | None
    on_hold: bool
    moved: int
    was: str

    def sentence(self) -> str:
        """`Microsoft: Tuesday 15 December 2026 (in 79 days; moved once, was February 2025)`."""
        if not self.words:
            return f"{self.vendor}: date needed"
        notes = [self._distance()]
        if self.moved:
            times = {1: "once", 2: "twice"}.get(self.moved, f"{self.moved} times")
            notes.append(f"moved {times}, was {self.was}")
        if self.on_hold:
            notes.append("on hold by the vendor")
        return f"{self.vendor}: {self.words} ({'; '.join(note for note in notes if note)})"

    def _distance(self) -> str:
        days = self.days_left
        if days is None:
            return ""
        near = {0: "today", 1: "tomorrow", -1: "yesterday"}
        return near.get(days) or (f"in {days} days" if days > 0 else f"{-days} days ago")


def vendor_sentence(session: Session, campaign: Campaign, today: date) -> VendorDate:
    """From the current revision; moves from the library, else from the revisions kept."""
    change = session.get_one(VendorChange, campaign.change_id)
    rows = session.scalars(
        select(Milestone).where(Milestone.change_id == change.id).order_by(Milestone.revision)
    ).all()
    current = [row for row in rows if row.revision == change.revision]
    binding = vendor_date(current, (campaign.started_at or campaign.opened_at).date())
    day = binding.day if binding else None
    earlier = _told_before(rows, today) if binding else []
    return VendorDate(
        vendor=change.vendor,
        words=in_words(day, binding.precision) if binding else "",
        day=day,
        days_left=(day - today).days if day else None,
        on_hold=on_hold(current),
        moved=len(moves_of(change.source_id)) or len(earlier),
        was=_last_before(change.source_id) or (earlier[-1] if earlier else ""),
    )


def _last_before(source_id: str) -> str:
    known = moves_of(source_id)
    return spoken(known[-1].before) if known else ""


def _told_before(rows: Sequence[Milestone], today: date) -> list[str]:
    """The binding dates of earlier revisions that differ from what came after them."""
    told: list[str] = []
    for number in sorted({row.revision for row in rows}):
        binding = vendor_date([row for row in rows if row.revision == number], today)
        words = in_words(binding.day, binding.precision) if binding else ""
        if words and (not told or told[-1] != words):
            told.append(words)
    return told[:-1]
