"""A vendor's move as it is looked at: what differs, each agreed date, and what will be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, ChangeReview, Customer, ReviewLine, Rollout, VendorChange
from campaigns.moved_dates import lines_of
from campaigns.revised import LIVE, differences_kept, version_kept, version_of
from campaigns.rules.milestones import Fact, deadline
from campaigns.rules.revisions import Difference


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One customer: its agreed date, what the move means for it, and what is to be done.

    `day` is where it moves to, None where it stays; `told` counts the people who were told the
    agreed date. `outcome` is None until the review is approved.
    """

    rollout_id: int
    campaign: str
    customer: str
    agreed: date | None
    finding: str | None
    told: int
    choice: str
    day: date | None
    at: str | None
    chosen: bool
    outcome: str | None
    reason: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            "customer": self.customer,
            "campaign": self.campaign,
            "agreed": self.agreed.isoformat() if self.agreed else None,
            "finding": self.finding,
            "told": self.told,
            "choice": self.choice,
            "new_date": self.day.isoformat() if self.day else None,
            "time": self.at,
            "chosen": self.chosen,
            "outcome": self.outcome,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class ReviewView:
    """`before` and `after` are the vendor's binding date in words, `date needed` included."""

    id: int
    change: VendorChange
    state: str
    opened_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    before: str
    after: str
    on_hold: bool
    date_needed: bool
    differences: Sequence[Difference]
    rows: Sequence[ReviewRow]

    def sentence(self) -> str:
        """`12 agreed dates: 3 too late, 9 stand. 40 people would be told of another date.`"""
        words = [row.finding or "" for row in self.rows]
        counted = [(words.count(word), word) for word in dict.fromkeys(words) if word]
        kinds = [f"{n} {'stand' if n > 1 and word == 'stands' else word}" for n, word in counted]
        moving = sum(row.told for row in self.rows if row.choice == "move")
        found = f"{len(self.rows)} agreed dates" if len(self.rows) != 1 else "1 agreed date"
        listed = f": {', '.join(kinds)}" if kinds else ""
        people = "1 person" if moving == 1 else f"{moving} people"
        letters = f" {people} would be told of another date." if moving else ""
        return f"{found}{listed}.{letters}"

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout changes review ID --json`."""
        return {
            "change": self.change.source_id,
            "state": self.state,
            "before": self.before,
            "after": self.after,
            "on_hold": self.on_hold,
            "date_needed": self.date_needed,
            "differences": [
                {"what": one.what, "gone": list(one.gone), "new": list(one.new)}
                for one in self.differences
            ],
            "customers": [row.as_json() for row in self.rows],
        }


def reviews(session: Session) -> Sequence[tuple[ChangeReview, VendorChange]]:
    """The open reviews, oldest first."""
    rows = session.execute(
        select(ChangeReview, VendorChange)
        .join(VendorChange, VendorChange.id == ChangeReview.change_id)
        .where(ChangeReview.state == "open")
        .order_by(ChangeReview.opened_at, ChangeReview.id)
    )
    return rows.all()


def latest_review(session: Session, change: VendorChange) -> ChangeReview | None:
    """The open review of a change, else the one that was decided last."""
    return session.scalar(
        select(ChangeReview)
        .where(ChangeReview.change_id == change.id)
        .order_by((ChangeReview.state == "open").desc(), ChangeReview.id.desc())
        .limit(1)
    )


def review_view(
    session: Session, review: ChangeReview, now: datetime, day_minutes: int
) -> ReviewView:
    """An open review as things stand now; a decided one as it was decided."""
    change = session.get_one(VendorChange, review.change_id)
    opened = session.scalar(
        select(Campaign.opened_at)
        .where(Campaign.change_id == change.id, Campaign.state.in_(LIVE))
        .order_by(Campaign.opened_at)
        .limit(1)
    )
    since, today = (opened or now).date(), now.date()
    before = deadline(version_kept(review).dates, since, today)
    facts: Sequence[Fact] = version_of(session, change).dates
    after = deadline(facts, since, today)
    rows = (
        _open_rows(session, review, now, day_minutes)
        if review.state == "open"
        else _decided_rows(session, review)
    )
    return ReviewView(
        id=review.id,
        change=change,
        state=review.state,
        opened_at=review.opened_at,
        decided_by=review.decided_by,
        decided_at=review.decided_at,
        before=before.words or "date needed",
        after=after.words or "date needed",
        on_hold=after.on_hold,
        date_needed=after.day is None and not after.on_hold,
        differences=differences_kept(review),
        rows=rows,
    )


def _open_rows(
    session: Session, review: ChangeReview, now: datetime, day_minutes: int
) -> list[ReviewRow]:
    return [
        ReviewRow(
            rollout_id=line.rollout_id,
            campaign=line.campaign,
            customer=line.customer,
            agreed=line.agreed,
            finding=line.finding,
            told=line.told,
            choice=line.choice,
            day=line.day,
            at=f"{line.at:%H:%M}" if line.at else None,
            chosen=line.chosen,
            outcome=None,
            reason=line.reason,
        )
        for line in lines_of(session, review, now, day_minutes)
    ]


def _decided_rows(session: Session, review: ChangeReview) -> list[ReviewRow]:
    found = session.execute(
        select(ReviewLine, Campaign.name, Customer.name)
        .join(Rollout, Rollout.id == ReviewLine.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(ReviewLine.review_id == review.id)
        .order_by(Customer.folded_name, Campaign.name)
    )
    return [
        ReviewRow(
            rollout_id=line.rollout_id,
            campaign=campaign,
            customer=customer,
            agreed=line.old_day,
            finding=None,
            told=line.told or 0,
            choice=line.choice,
            day=line.day,
            at=f"{line.local_time:%H:%M}" if line.local_time else None,
            chosen=True,
            outcome=line.outcome,
            reason=line.reason,
        )
        for line, campaign, customer in found
    ]
