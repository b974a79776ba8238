"""From draft to its end: who may move a campaign on, and from where."""

from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from campaigns import schedule, waiting
from campaigns.booking import release
from campaigns.errors import Conflict, Forbidden
from campaigns.journal import Actor, record
from campaigns.models import ON, PAUSED, Campaign, PutDown, Rollout, Touch, VendorChange
from campaigns.rules.milestones import deadline, on_hold
from campaigns.terms import milestones
from campaigns.vendor_dates import take_own_dates


def approve(
    session: Session, campaign: Campaign, *, who: Actor, now: datetime, two_person: bool
) -> None:
    """A second person looks at the draft and says yes.

    Raises Forbidden for the person who opened it (where two are needed), Conflict
    for a campaign that is no draft or whose change has no date yet.
    """
    if two_person and who.name == campaign.opened_by:
        raise Forbidden(
            "You opened this campaign, so somebody else has to approve it. "
            "In a one-person shop set ROLLOUT_TWO_PERSON=0.",
            "second_person",
        )
    change = session.get_one(VendorChange, campaign.change_id)
    today = now.astimezone(UTC).date()
    vendor = deadline(milestones(session, change), today, today)
    if vendor.dated is None:
        raise Conflict(
            f"{change.source_id} has no date yet, so nobody can be told by when. "
            "Add the date with its source to the change first.",
            "date_needed",
        )
    campaign.vendor_day = vendor.day
    _to(session, campaign, "approved", ("draft",))
    campaign.approved_by, campaign.approved_at = who.name, now
    _note(session, campaign, "campaign_approved", who, now)


def start(
    session: Session,
    campaign: Campaign,
    *,
    who: Actor,
    now: datetime,
    in_spite_of_vendor: bool = False,
) -> int:
    """From now on letters leave. Returns how many rollouts were planned.

    Raises Conflict `vendor_holds` where the vendor has put the change on hold, unless staff
    mean to go on in spite of that.
    """
    _vendor_goes_on(session, campaign, in_spite_of_vendor)
    _to(session, campaign, "running", ("approved",))
    campaign.started_at = now
    planned = schedule.plan_campaign(session, campaign, now)
    take_own_dates(session, campaign, now)
    waiting.follow(session, campaign, now)
    _note(session, campaign, "campaign_started", who, now, rollouts=planned)
    return planned


def hold(session: Session, campaign: Campaign, *, why: str, who: Actor, now: datetime) -> None:
    """Stop before the next letter. Dates can still be agreed; nothing is sent."""
    _to(session, campaign, "held", ("running",))
    campaign.held_at, campaign.held_why = now, why or "held by staff"
    _note(session, campaign, "campaign_held", who, now, why=campaign.held_why)


def resume(
    session: Session,
    campaign: Campaign,
    *,
    who: Actor,
    now: datetime,
    in_spite_of_vendor: bool = False,
) -> None:
    """Go on. What became useless meanwhile is skipped, and of each ladder only the last goes.

    Raises Conflict `vendor_holds` as `start`.
    """
    _vendor_goes_on(session, campaign, in_spite_of_vendor)
    _to(session, campaign, "running", PAUSED)
    campaign.held_at = campaign.held_why = None
    details = {"in_spite_of_vendor": True} if in_spite_of_vendor else {}
    _note(session, campaign, "campaign_resumed", who, now, **details)


def finish(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> None:
    """The end: whatever was still planned is cancelled in the same transaction."""
    _to(session, campaign, "finished", ON)
    _end(session, campaign, "the campaign was finished", now)
    _note(session, campaign, "campaign_finished", who, now)


def cancel(session: Session, campaign: Campaign, *, who: Actor, now: datetime) -> None:
    """Give it up before or after its start; nothing more leaves."""
    _to(session, campaign, "cancelled", ("draft", "approved", *ON))
    _end(session, campaign, "the campaign was cancelled", now)
    _note(session, campaign, "campaign_cancelled", who, now)


def _vendor_goes_on(session: Session, campaign: Campaign, in_spite_of_vendor: bool) -> None:
    change = session.get_one(VendorChange, campaign.change_id)
    if in_spite_of_vendor or not on_hold(milestones(session, change)):
        return
    raise Conflict(
        f"{change.vendor} has put {change.source_id} on hold, so there is nothing to get ready for "
        "by a day. To go on all the same, say so: `--in-spite-of-vendor`.",
        "vendor_holds",
    )


def _to(session: Session, campaign: Campaign, state: str, allowed: tuple[str, ...]) -> None:
    """Move on only from where it stands now, whoever else is pressing the same button."""
    session.flush()
    moved = session.scalar(
        update(Campaign)
        .where(Campaign.id == campaign.id, Campaign.state.in_(allowed))
        .values(state=state)
        .returning(Campaign.id)
    )
    if moved is None:
        session.refresh(campaign)
        raise Conflict(
            f'"{campaign.name}" is {_words(campaign.state)}; '
            f"only one that is {' or '.join(map(_words, allowed))} can be {_done(state)}.",
            "wrong_state",
        )


def _words(state: str) -> str:
    return state.replace("_", " ")


def _done(state: str) -> str:
    return {"running": "started or resumed"}.get(state, state)


def _end(session: Session, campaign: Campaign, reason: str, now: datetime) -> None:
    campaign.finished_at = now
    rollouts = select(Rollout.id).where(Rollout.campaign_id == campaign.id)
    touches = select(Touch.id).where(Touch.rollout_id.in_(rollouts))
    schedule.take_back(session, schedule.taking_back(touches), reason, now)
    _free_held_places(session, campaign, now)


def _free_held_places(session: Session, campaign: Campaign, now: datetime) -> None:
    """Days that were only put down are nobody's any more; agreed ones keep their time."""
    standing = session.scalars(
        select(PutDown)
        .join(Rollout, Rollout.id == PutDown.rollout_id)
        .where(
            Rollout.campaign_id == campaign.id,
            PutDown.version == Rollout.version,
            PutDown.outcome.is_(None),
        )
        .order_by(PutDown.rollout_id)
    )
    for notice in standing.all():
        release(session, notice.rollout_id, now)
        notice.outcome, notice.ended_at = "ended", now


def _note(
    session: Session, campaign: Campaign, what: str, who: Actor, now: datetime, **details: object
) -> None:
    record(session, who=who, what=what, subject=campaign.name, now=now, details=details)
