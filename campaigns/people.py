"""Who counts, and as what: the one place that says done, not done, unknown or excepted.

Boards, reports, letters and the stop rule all take their numbers from here.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import Session

from campaigns.models import Contact, Exemption, Rollout, Standing
from campaigns.rules.adoption import DONE_LEVEL, LEVELS, People


def counted() -> ColumnElement[bool]:
    """The denominator: living persons; guests, rooms and shared boxes are not people here."""
    return and_(Contact.kind == "person", Contact.left_at.is_(None))


def excepted(campaign_id: ColumnElement[int] | int, today: date) -> ColumnElement[bool]:
    """True for a contact with an approved exemption that has not run out."""
    return exists().where(
        Exemption.contact_id == Contact.id,
        Exemption.campaign_id == campaign_id,
        Exemption.ended_at.is_(None),
        Exemption.until >= today,
    )


def standing_of(evidence: ColumnElement[str] | str) -> ColumnElement[bool]:
    """Join condition: the newest evidence of that kind about the contact."""
    return and_(Standing.contact_id == Contact.id, Standing.evidence == evidence)


def count(
    session: Session,
    rollout_ids: Sequence[int] | None,
    campaign_id: int,
    evidence: str,
    today: date,
) -> dict[int, People]:
    """People by customer id for the rollouts of one campaign, in one statement."""
    out = excepted(campaign_id, today)
    state = case(
        (out, "excepted"),
        (Standing.level.is_(None), "unknown"),
        (Standing.level >= DONE_LEVEL, "done"),
        else_="not_done",
    )
    level = case((out, None), else_=Standing.level)
    query = (
        select(Contact.customer_id, state.label("counted_as"), level.label("rung"), func.count())
        .join(Rollout, Rollout.customer_id == Contact.customer_id)
        .outerjoin(Standing, standing_of(evidence))
        .where(Rollout.campaign_id == campaign_id, counted())
        .group_by(Contact.customer_id, "counted_as", "rung")
    )
    if rollout_ids is not None:
        query = query.where(Rollout.id.in_(rollout_ids))
    found: dict[int, People] = {}
    for customer_id, word, number, many in session.execute(query):
        one = _people(word, number, many)
        found[customer_id] = found.get(customer_id, NOBODY) + one
    return found


NOBODY = People(levels=dict.fromkeys(LEVELS, 0))


def _people(word: str, level: int | None, many: int) -> People:
    counts = {word: many}
    levels = dict.fromkeys(LEVELS, 0)
    if word != "excepted":
        levels["unknown" if level is None else str(level)] = many
    return People(total=many, levels=levels, **counts)
