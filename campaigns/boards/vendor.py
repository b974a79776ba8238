"""The vendor's date of a campaign in one sentence: when, how far away, how often it moved."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.changes import moves_of
from campaigns.models import Campaign, Milestone, VendorChange
from campaigns.rules.days import relative
from campaigns.rules.milestones import deadline
from campaigns.rules.periods import spoken
from campaigns.terms import deadline_of


@dataclass(frozen=True, slots=True)
class VendorDate:
    """`words` is empty where the date is needed; `was` is what it was before the last move."""

    vendor: str
    words: str
    distance: str
    on_hold: bool
    moved: int
    was: str

    def sentence(self) -> str:
        """`Microsoft: Tuesday 15 December 2026 (in 79 days; moved once, was February 2025)`."""
        if not self.words:
            return f"{self.vendor}: date needed"
        notes = [self.distance]
        if self.moved:
            times = {1: "once", 2: "twice"}.get(self.moved, f"{self.moved} times")
            notes.append(f"moved {times}, was {self.was}")
        if self.on_hold:
            notes.append("on hold by the vendor")
        return f"{self.vendor}: {self.words} ({'; '.join(note for note in notes if note)})"


def vendor_sentence(session: Session, campaign: Campaign, today: date) -> VendorDate:
    """From the current revision; moves from the library, else from the revisions kept."""
    change = session.get_one(VendorChange, campaign.change_id)
    vendor = deadline_of(session, campaign, today)
    earlier = _told_before(session, change, today) if vendor.dated else []
    known = moves_of(change.source_id)
    return VendorDate(
        vendor=change.vendor,
        words=vendor.words or "",
        distance=relative(vendor.day, today) if vendor.day else "",
        on_hold=vendor.on_hold,
        moved=len(known) or len(earlier),
        was=spoken(known[-1].before) if known else "".join(earlier[-1:]),
    )


def _told_before(session: Session, change: VendorChange, today: date) -> list[str]:
    """The binding dates of earlier revisions that differ from what came after them."""
    rows = session.scalars(
        select(Milestone).where(Milestone.change_id == change.id).order_by(Milestone.revision)
    )
    told: list[str] = []
    for _, revision in groupby(rows, key=lambda row: row.revision):
        words = deadline(list(revision), today, today).words
        if words and (not told or told[-1] != words):
            told.append(words)
    return told[:-1]
