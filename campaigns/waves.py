"""How the waves of a campaign stand, read in two statements; nothing where there are none."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from campaigns.models import Agreement, Rollout, Wave
from campaigns.rules.waves import Ring, closed, kept_waiting


def waves_of(session: Session, campaign_id: int) -> Sequence[tuple[Wave, Ring]]:
    """The campaign's waves in their order, each with its figures."""
    query = select(Wave).where(Wave.campaign_id == campaign_id).order_by(Wave.number)
    waves = session.scalars(query).all()
    counts = _counts(session, [wave.id for wave in waves])
    return [(wave, _ring(wave, *counts.get(wave.id, (0, 0, None)))) for wave in waves]


def closed_on(found: Sequence[tuple[Wave, Ring]], today: date) -> dict[int | None, str]:
    """Why each wave that is not open yet is closed, by its id: in full, for staff."""
    return _reasons(found, today, closed)


def waiting_on(found: Sequence[tuple[Wave, Ring]], today: date) -> dict[int | None, str]:
    """The same as the customers of each wave may read it. `today` is the customer's."""
    return _reasons(found, today, kept_waiting)


def _reasons(
    found: Sequence[tuple[Wave, Ring]],
    today: date,
    why: Callable[[Sequence[Ring], Ring, date], str],
) -> dict[int | None, str]:
    rings = [ring for _, ring in found]
    said = ((wave.id, why(rings[:place], ring, today)) for place, (wave, ring) in enumerate(found))
    return {wave: reason for wave, reason in said if reason}


def wave_lines(session: Session, campaign_id: int, today: date) -> list[tuple[Ring, str]]:
    """Each wave in order, with the reason why it is closed; empty where it is open."""
    found = waves_of(session, campaign_id)
    reasons = closed_on(found, today)
    return [(ring, reasons.get(wave.id, "")) for wave, ring in found]


def why_waiting(session: Session, rollout: Rollout, today: date) -> str:
    """Why one rollout waits, as its customer may read it; customers in no wave wait for none and
    cost no statement."""
    if rollout.wave_id is None:
        return ""
    return waiting_on(waves_of(session, rollout.campaign_id), today).get(rollout.wave_id, "")


def _counts(session: Session, waves: Sequence[int]) -> dict[int, tuple[int, int, date | None]]:
    if not waves:
        return {}
    rows = session.execute(
        select(
            Rollout.wave_id,
            func.count(),
            func.sum(case((Rollout.state == "verified", 1), else_=0)),
            func.max(case((Rollout.state == "verified", Agreement.day))),
        )
        .outerjoin(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
        .where(Rollout.wave_id.in_(waves), Rollout.state != "excepted")
        .group_by(Rollout.wave_id)
    )
    return {int(wave or 0): (many, int(good), last) for wave, many, good, last in rows}


def _ring(wave: Wave, customers: int, verified: int, last_day: date | None) -> Ring:
    held = wave.held_why or "" if wave.held_at is not None else None
    return Ring(
        wave.name,
        customers,
        verified,
        last_day,
        wave.exit_share,
        wave.exit_days,
        wave.opens_on,
        held,
    )
