"""Station reviewing: a vendor moved. Somebody decides for each customer, one approval does it.

Keeping is the default, because an agreed date is a promise of ours, not of the vendor's. A date
that is too late by the vendor's new one is proposed another day, which the approval takes over
unless somebody chose otherwise.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import agree
from campaigns.asking import Chooser
from campaigns.capacity import Room
from campaigns.choice import open_case
from campaigns.contact.work import add_task
from campaigns.errors import Conflict, NotFound
from campaigns.extra_letter import DATE_STANDS, plan_extra_letter
from campaigns.journal import Actor, record
from campaigns.models import Campaign, ChangeReview, Customer, ReviewLine, Rollout, VendorChange
from campaigns.moved_dates import Line, lines_of
from campaigns.revised import LIVE, close_task, live_campaigns, open_review
from campaigns.rules.days import long_day
from campaigns.rules.milestones import on_hold
from campaigns.store import insert_missing
from campaigns.terms import deadline_with, milestones
from campaigns.vendor_dates import follow_vendor


def review_of(session: Session, change: VendorChange) -> ChangeReview:
    """The open review of a change. Raises Conflict `no_review` where there is none."""
    review = open_review(session, change)
    if review is None:
        raise Conflict(f"Nothing of {change.source_id} is under review.", "no_review")
    return review


def change_of(session: Session, review: ChangeReview) -> VendorChange:
    """The change that is under review."""
    return session.get_one(VendorChange, review.change_id)


def rollouts_called(session: Session, review: ChangeReview, customer: str) -> Sequence[Rollout]:
    """The rollouts of a customer that the review looks at. Raises NotFound."""
    found = session.scalars(
        select(Rollout)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(
            Campaign.change_id == review.change_id,
            Campaign.state.in_(LIVE),
            Customer.folded_name == " ".join(customer.split()).casefold(),
        )
        .order_by(Rollout.id)
    ).all()
    if not found:
        raise NotFound(f'"{customer}" is in no campaign of this change.', "no_rollout")
    return found


def choose(
    session: Session,
    review: ChangeReview,
    rollout: Rollout,
    *,
    move_to: date | None,
    at: time | None,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> None:
    """Keep the rollout's date (`move_to` None), or move it there once the review is approved.

    Without `at` the agreed time of day stays. Raises Conflict where the review is decided, or
    where the rollout has no agreed date under it.
    """
    if review.state != "open":
        raise Conflict("This review has been decided already.", "review_decided")
    case = open_case(session, rollout.id, now, day_minutes)
    if case.current is None or case.current.local_time is None:
        raise Conflict(f"{case.customer.name} has no date that could move.", "no_date")
    if move_to is not None:
        at = at or case.current.local_time
    word = "keep" if move_to is None else "move"
    _keep_choice(session, review.id, rollout.id, word, move_to, at if move_to else None, who, now)


def _keep_choice(
    session: Session,
    review_id: int,
    rollout_id: int,
    choice: str,
    day: date | None,
    at: time | None,
    who: Actor,
    now: datetime,
) -> None:
    values = {
        "choice": choice,
        "day": day,
        "local_time": at,
        "chosen_by": who.name,
        "chosen_at": now,
    }
    row = {"review_id": review_id, "rollout_id": rollout_id, **values}
    if not insert_missing(session, ReviewLine, [row]):
        session.execute(
            update(ReviewLine)
            .where(ReviewLine.review_id == review_id, ReviewLine.rollout_id == rollout_id)
            .values(**values)
        )


def approve(
    session: Session, review: ChangeReview, *, who: Actor, now: datetime, day_minutes: int
) -> tuple[Line, ...]:
    """Do what the review shows, in this one transaction, once. Returns the lines with outcomes.

    A move that cannot be had any more is kept, with the reason. Raises Conflict
    `review_decided` for the second approval and `date_needed` while the vendor's new date is
    not known.
    """
    change = session.get_one(VendorChange, review.change_id)
    held = on_hold(milestones(session, change))
    campaigns = live_campaigns(session, change)
    for campaign in campaigns:
        _date_known(session, campaign, change, held, now)
    lines = lines_of(session, review, now, day_minutes)
    _decide(session, review, who, now)
    if not held:
        for campaign in campaigns:
            follow_vendor(session, campaign, change, now)
    done = tuple(_carry_out(session, review, line, who, now, day_minutes) for line in lines)
    close_task(session, review, who, now)
    outcomes = [line.outcome for line in done]
    details = {word: outcomes.count(word) for word in ("moved", "kept", "refused")}
    record(
        session,
        who=who,
        what="vendor_review_approved",
        subject=change.source_id,
        now=now,
        details=details,
    )
    return done


def _date_known(
    session: Session, campaign: Campaign, change: VendorChange, held: bool, now: datetime
) -> None:
    if held or deadline_with(session, campaign, change, now.date()).day is not None:
        return
    raise Conflict(
        f"{change.source_id} has no date by its new words. Read them and enter the date "
        f"(`rollout changes date {change.source_id} DATE --source ...`), or say that the dates "
        "are as before.",
        "date_needed",
    )


def _decide(session: Session, review: ChangeReview, who: Actor, now: datetime) -> None:
    """Only one approval gets through, whoever else presses the same button."""
    session.flush()
    first = session.scalar(
        update(ChangeReview)
        .where(ChangeReview.id == review.id, ChangeReview.state == "open")
        .values(state="approved", decided_by=who.name, decided_at=now)
        .returning(ChangeReview.id)
    )
    if first is None:
        session.refresh(review)
        raise Conflict(f"{review.decided_by} has decided this review already.", "review_decided")
    # In one order, as everybody who locks several.
    session.execute(
        select(Rollout.id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Campaign.change_id == review.change_id)
        .order_by(Rollout.id)
        .with_for_update(of=Rollout)
    ).all()
    session.refresh(review)


def _carry_out(
    session: Session,
    review: ChangeReview,
    line: Line,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> Line:
    reason = line.reason
    if line.choice == "move":
        reason = _move(session, review, line, who, now, day_minutes)
    outcome = "kept" if line.choice == "keep" else "refused" if reason else "moved"
    rollout = session.get_one(Rollout, line.rollout_id)
    if line.finding == "too late" and outcome != "moved":
        text = f"{long_day(line.agreed)} is too late by the vendor's new date. {reason or ''}"
        key = f"review:{review.id}:{rollout.id}"
        add_task(session, key, "too_late", "agree an earlier day", text.strip(), rollout, now)
    elif outcome != "moved" and line.finding != "on hold":
        key = f"{DATE_STANDS}-{review.id}"
        plan_extra_letter(session, rollout.id, DATE_STANDS, key, now)
    _write_down(session, review, line, outcome, reason, who, now)
    return replace(line, outcome=outcome, reason=reason)


def _move(
    session: Session,
    review: ChangeReview,
    line: Line,
    who: Actor,
    now: datetime,
    day_minutes: int,
) -> str | None:
    """Move one date as staff do on the phone; why it could not be moved, or None."""
    assert line.day is not None
    assert line.at is not None
    case = open_case(session, line.rollout_id, now, day_minutes)
    chooser = Chooser(who.name, f"because {case.change.vendor} moved its date", staff=who.name)
    wish = agree.Wish(line.day, line.at, chooser, f"review:{review.id}:{line.rollout_id}")
    try:
        with session.begin_nested():  # one that is refused leaves the others as they are
            found = agree.consider(session, case, wish)
            if isinstance(found, Room):
                agree.settle(session, case, wish, found, now)
    except Conflict as refusal:
        return str(refusal)
    return None


def _write_down(
    session: Session,
    review: ChangeReview,
    line: Line,
    outcome: str,
    reason: str | None,
    who: Actor,
    now: datetime,
) -> None:
    if not line.chosen:
        _keep_choice(session, review.id, line.rollout_id, line.choice, line.day, line.at, who, now)
    session.execute(
        update(ReviewLine)
        .where(ReviewLine.review_id == review.id, ReviewLine.rollout_id == line.rollout_id)
        .values(old_day=line.agreed, told=line.told, outcome=outcome, reason=reason)
    )
