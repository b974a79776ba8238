"""Two campaigns of one customer keep a distance: the days of the others, and who holds them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from campaigns.errors import Conflict
from campaigns.models import Agreement, Campaign, Rollout
from campaigns.models.base import BigKey
from campaigns.rows import Parts, by_kind, part, rows_of, together
from campaigns.rules.dates import Terms
from campaigns.rules.days import long_day
from campaigns.rules.room import by_distance

NOT_BEGUN = ("draft", "approved", "cancelled")  # these take nobody's days
# Built once: putting a statement together takes longer than the database takes to answer it.
OTHERS = (
    part("other", key=Rollout.id, word=Campaign.state, starts=Agreement.day)
    .select_from(Campaign)
    .join(Rollout, Rollout.campaign_id == Campaign.id)
    .outerjoin(
        Agreement, and_(Agreement.rollout_id == Rollout.id, Agreement.version == Rollout.version)
    )
    .where(
        Rollout.customer_id == bindparam("customer", type_=BigKey),
        Rollout.id != bindparam("rollout", type_=BigKey),
        # Not as a list: SQLAlchemy writes a statement with one anew each time.
        *(Campaign.state != state for state in NOT_BEGUN),
    )
)
_OTHERS = together(OTHERS)
_LOCK = (
    select(Rollout.id)
    .where(Rollout.id.in_(bindparam("ids", expanding=True)))
    .order_by(Rollout.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Others:
    """A customer's other campaigns: their days, earliest first, and the rollouts that may still
    choose one."""

    days: tuple[date, ...] = ()
    choosing: tuple[int, ...] = ()


def others_of(session: Session, rollout: Rollout, today: date, distance: int) -> Others:
    """The customer's other campaigns, as far as their days can still be too close to a new one."""
    which = {"customer": rollout.customer_id, "rollout": rollout.id}
    return others_in(by_kind(rows_of(session, _OTHERS, **which)), today, distance)


def others_in(found: Parts, today: date, distance: int) -> Others:
    """The same from the rows of `OTHERS`."""
    rows = ((key, state, day) for key, state, _, _, _, day, *_ in found["other"])
    return others_among(rows, today, distance)


def others_among(
    rows: Iterable[tuple[int, str, date | None]], today: date, distance: int
) -> Others:
    """The same from rollouts with the states of their campaigns and their days."""
    if not distance:
        return Others()
    days, choosing = [], []
    for key, state, day in rows:
        if state != "finished":
            choosing.append(key)
        if day is not None and day > today - timedelta(days=distance):
            days.append(day)
    return Others(tuple(sorted(days)), tuple(sorted(choosing)))


def keep_distance(
    session: Session, rollout: Rollout, choosing: tuple[int, ...], terms: Terms, day: date
) -> None:
    """Hold the customer's other campaigns and look once more at their days.

    Everybody locks them in one order, so of two choices that are too close one is refused.
    Raises Conflict `too_close`.
    """
    if not choosing:
        return
    session.connection().execute(_LOCK, {"ids": [rollout.id, *choosing]})
    distance = terms.limits.distance
    others = others_of(session, rollout, terms.today, distance)
    verdict = by_distance(others.days, distance, terms.today, day)
    if not verdict.open:
        raise Conflict(f"{long_day(day)} cannot be had. {verdict.reason}", verdict.code)
