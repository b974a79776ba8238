"""Station waving: customers are put into waves, and a wave is held, released or taken away."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from campaigns import waiting
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import Actor, record
from campaigns.models import Campaign, Rollout, Wave


def add_wave(
    session: Session,
    campaign: Campaign,
    name: str,
    customers: Collection[int],
    *,
    exit_share: int = 100,
    exit_days: int = 0,
    stop_percent: int = 5,
    opens_on: date | None = None,
    who: Actor,
    now: datetime,
) -> Wave:
    """A wave after those that are there. Customers of an earlier one stay where they are.

    Raises Invalid for a name that is missing or taken, figures that make no sense, or nobody in it.
    """
    words = " ".join(name.split())[:200]
    if not words:
        raise Invalid("Give the wave a name.", "no_name", "name")
    if not (0 <= exit_share <= 100 and 0 <= stop_percent <= 100 and 0 <= exit_days <= 365):
        raise Invalid("Shares are 0 to 100 per cent, days 0 to 365.", "bad_figure")
    # Whoever adds at the same time waits here, and then sees one more.
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    names = session.scalars(select(Wave.name).where(Wave.campaign_id == campaign.id)).all()
    if words.casefold() in {one.casefold() for one in names}:
        raise Invalid(f'There is a wave "{words}" already. Choose another name.', "taken", "name")
    wave = Wave(
        campaign_id=campaign.id,
        number=_next_number(session, campaign),
        name=words,
        opens_on=opens_on,
        exit_share=exit_share,
        exit_days=exit_days,
        stop_percent=stop_percent,
    )
    session.add(wave)
    session.flush()
    joined = _join(session, wave, customers)
    waiting.follow(session, campaign, now)
    note(session, campaign, wave, "wave_added", who, now, {"customers": joined})
    return wave


def _next_number(session: Session, campaign: Campaign) -> int:
    """After the last, also where one between was taken away."""
    last = session.scalar(select(func.max(Wave.number)).where(Wave.campaign_id == campaign.id))
    return (last or 0) + 1


def _join(session: Session, wave: Wave, customers: Collection[int]) -> int:
    joined = session.scalars(
        update(Rollout)
        .where(
            Rollout.campaign_id == wave.campaign_id,
            Rollout.customer_id.in_(customers),
            Rollout.wave_id.is_(None),
        )
        .values(wave_id=wave.id)
        .returning(Rollout.id)
        .execution_options(synchronize_session=False)
    ).all()
    if not joined:
        raise Invalid(
            "No customer is left for this wave: they are in others, or not in the campaign.",
            "nobody",
            "customers",
        )
    session.expire_all()
    return len(joined)


def find_wave(session: Session, campaign: Campaign, name: str) -> Wave:
    """By name, without regard to case. Raises NotFound."""
    folded = " ".join(name.split()).casefold()
    for wave in session.scalars(select(Wave).where(Wave.campaign_id == campaign.id)):
        if wave.name.casefold() == folded:
            return wave
    raise NotFound(f'"{campaign.name}" has no wave "{name}".', "no_wave")


def hold_wave(
    session: Session, campaign: Campaign, wave: Wave, *, why: str, who: Actor, now: datetime
) -> None:
    """No further date of it, nor of those after it, can be had; agreed dates stand.

    Raises Invalid without a reason, Conflict where it is on hold already.
    """
    words = _reason(why, "Write why the wave is held.")
    if not hold(session, wave, words, now):
        raise Conflict(f'The wave "{wave.name}" is on hold already.', "held")
    note(session, campaign, wave, "wave_held", who, now, {"why": words})


def release_wave(
    session: Session, campaign: Campaign, wave: Wave, *, why: str, who: Actor, now: datetime
) -> None:
    """Go on. What was said before this moment does not hold it again.

    Raises Invalid without a reason, Conflict where it is not on hold.
    """
    words = _reason(why, "Write why the wave may go on.")
    moved = session.scalar(
        update(Wave)
        .where(Wave.id == wave.id, Wave.held_at.is_not(None))
        .values(held_at=None, held_why=None, released_at=now)
        .returning(Wave.id)
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise Conflict(f'The wave "{wave.name}" is not on hold.', "not_held")
    session.refresh(wave)
    waiting.follow(session, campaign, now)
    note(session, campaign, wave, "wave_released", who, now, {"why": words})


def remove_wave(
    session: Session, campaign: Campaign, wave: Wave, *, why: str, who: Actor, now: datetime
) -> None:
    """Take the wave away: its customers are in none, and wait for none.

    Raises Invalid without a reason.
    """
    words = _reason(why, "Write why the wave is taken away.")
    left = session.scalars(
        update(Rollout)
        .where(Rollout.wave_id == wave.id)
        .values(wave_id=None)
        .returning(Rollout.id)
        .execution_options(synchronize_session=False)
    ).all()
    note(session, campaign, wave, "wave_removed", who, now, {"why": words, "customers": len(left)})
    session.delete(wave)
    session.flush()
    session.expire_all()
    waiting.follow(session, campaign, now)


def _reason(why: str, missing: str) -> str:
    words = " ".join(why.split())[:500]
    if not words:
        raise Invalid(missing, "no_reason", "why")
    return words


def hold(session: Session, wave: Wave, why: str, now: datetime) -> bool:
    """Whether it was not on hold before: of several at once one holds it."""
    moved = session.scalar(
        update(Wave)
        .where(Wave.id == wave.id, Wave.held_at.is_(None))
        .values(held_at=now, held_why=why[:500])
        .returning(Wave.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(wave)
    if moved is not None:
        waiting.follow(session, session.get_one(Campaign, wave.campaign_id), now)
    return moved is not None


def note(
    session: Session,
    campaign: Campaign,
    wave: Wave,
    what: str,
    who: Actor,
    now: datetime,
    details: dict[str, object],
) -> None:
    """Into the provider's chain of the journal."""
    subject = f"{campaign.name}: {wave.name}"
    record(session, who=who, what=what, subject=subject, now=now, details=details)
