"""A vendor says something else than before: what runs is held where it must be, and a review opens.

No agreed date moves here. Until somebody has approved the review, letters that ask for a date or
count down to the vendor's wait, because they name the vendor's date.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import Campaign, ChangeReview, ChangeRevision, Task, VendorChange
from campaigns.rules.milestones import Fact, on_hold
from campaigns.rules.revisions import Difference, Version, differences
from campaigns.store import insert_missing
from campaigns.terms import deadline_with, milestones

LIVE = ("approved", "running", "held", "on_hold_by_vendor")
REVIEW = "vendor_move"


def version_of(session: Session, change: VendorChange) -> Version:
    """What counts of a change at this moment, dates that people typed included."""
    session.flush()
    revision = session.scalar(
        select(ChangeRevision).where(
            ChangeRevision.change_id == change.id, ChangeRevision.number == change.revision
        )
    )
    if revision is None:
        return Version(change.title, change.text)
    dates = tuple(Fact(m.kind, m.day, m.precision) for m in milestones(session, change))
    tags = tuple(revision.details.get("tags", ()))
    return Version(revision.title, revision.text, tags, dates)


def look_again(
    session: Session, change: VendorChange, before: Version, *, who: Actor, now: datetime
) -> ChangeReview | None:
    """Open a review, or bring the open one up to date, where the vendor says something else.

    None where there is nothing to look at: noise, or no campaign lives on this change. Where
    the vendor has put the change on hold, its running campaigns send nothing from now on.
    """
    after = version_of(session, change)
    live = live_campaigns(session, change)
    if not live or not differences(before, after):
        return None
    if on_hold(after.dates):
        _hold(session, change, live, who, now)
    review = open_review(session, change)
    if review is None:
        return _open(session, change, before, after, who, now)
    found = differences(version_kept(review), after)
    review.differences = _kept_differences(found)
    if not found:  # it says again what it had said before
        review.state, review.decided_by, review.decided_at = "gone", who.name, now
        close_task(session, review, who, now)
    return review


def binding_days(session: Session, change: VendorChange, today: date) -> dict[int, date | None]:
    """The vendor's date of each living campaign, by the campaign's id."""
    return {
        campaign.id: deadline_with(session, campaign, change, today).day
        for campaign in live_campaigns(session, change)
    }


def live_campaigns(session: Session, change: VendorChange) -> Sequence[Campaign]:
    """Those that are approved and not over, in one order, as everybody locks them."""
    return session.scalars(
        select(Campaign)
        .where(Campaign.change_id == change.id, Campaign.state.in_(LIVE))
        .order_by(Campaign.id)
    ).all()


def open_review(session: Session, change: VendorChange) -> ChangeReview | None:
    return session.scalar(
        select(ChangeReview).where(
            ChangeReview.change_id == change.id, ChangeReview.state == "open"
        )
    )


def version_kept(review: ChangeReview) -> Version:
    """The version that counted before what is under review."""
    kept: dict[str, Any] = review.before
    dates = tuple(
        Fact(kind, date.fromisoformat(day) if day else None, precision)
        for kind, day, precision in kept["dates"]
    )
    return Version(kept["title"], kept["text"], tuple(kept["tags"]), dates)


def differences_kept(review: ChangeReview) -> tuple[Difference, ...]:
    """What is not as it was, as found when the review was last brought up to date."""
    return tuple(
        Difference(one["what"], tuple(one["gone"]), tuple(one["new"]))
        for one in review.differences["found"]
    )


def _open(
    session: Session,
    change: VendorChange,
    before: Version,
    after: Version,
    who: Actor,
    now: datetime,
) -> ChangeReview:
    review = ChangeReview(
        change_id=change.id,
        before={
            "title": before.title,
            "text": before.text,
            "tags": list(before.tags),
            "dates": [
                [one.kind, one.day.isoformat() if one.day else None, one.precision]
                for one in before.dates
            ],
        },
        differences=_kept_differences(differences(before, after)),
        opened_at=now,
        state="open",
    )
    session.add(review)
    session.flush()
    task = {
        "dedupe_key": f"{REVIEW}:{review.id}",
        "kind": REVIEW,
        "title": f"{change.vendor} has changed {change.source_id}",
        "text": "Look at what is different and decide for each customer whether its date stands. "
        "Until then, letters that name the vendor's date wait. Nothing moves by itself.",
        "due": now,
        "created_at": now,
    }
    insert_missing(session, Task, [task])
    what = [one.what for one in differences_kept(review)]
    record(
        session,
        who=who,
        what="vendor_review_opened",
        subject=change.source_id,
        now=now,
        details={"differs": what},
    )
    return review


def _kept_differences(found: Sequence[Difference]) -> dict[str, Any]:
    return {"found": [asdict(one) for one in found]}


def _hold(
    session: Session, change: VendorChange, live: Sequence[Campaign], who: Actor, now: datetime
) -> None:
    """From this commit on no letter of these campaigns is claimed or marked."""
    why = f"{change.vendor} has put this on hold"
    for campaign in live:
        held = session.scalar(
            update(Campaign)
            .where(Campaign.id == campaign.id, Campaign.state == "running")
            .values(state="on_hold_by_vendor", held_at=now, held_why=why)
            .returning(Campaign.id)
        )
        if held is not None:
            session.refresh(campaign)
            details = {"why": why}
            subject = campaign.name
            record(
                session,
                who=who,
                what="campaign_held_by_vendor",
                subject=subject,
                now=now,
                details=details,
            )


def close_task(session: Session, review: ChangeReview, who: Actor, now: datetime) -> None:
    """The task that asked for the review is done."""
    session.execute(
        update(Task)
        .where(Task.dedupe_key == f"{REVIEW}:{review.id}", Task.done_at.is_(None))
        .values(done_at=now, done_by=who.name)
    )
