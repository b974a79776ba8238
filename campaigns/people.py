"""Who counts, and as what: the one place that says done, not done, unknown or excepted.

Boards, reports, letters and the stop rule all take their numbers from here.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Label,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Session

from campaigns.models import Contact, Exemption, Headcount, LevelCount, Rollout, Standing
from campaigns.models.base import BigKey
from campaigns.models.headcount import RUNGS
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
    """People by customer id for the rollouts of one campaign, in one statement.

    From the counters of each customer, less those excepted from this campaign today: they
    are few and are looked up one by one.
    """
    values: dict[str, Any] = {"campaign": campaign_id, "evidence": evidence, "today": today}
    if rollout_ids is None:
        rows = session.execute(_all(), values)
    else:
        rows = session.execute(_some(), {**values, "rollouts": list(rollout_ids)})
    return {row[0]: _people(row[1:]) for row in rows}


def total(session: Session, campaign_id: int, evidence: str, today: date) -> People:
    """Everybody in a campaign: what `count` says of its customers, added up."""
    values = {"campaign": campaign_id, "evidence": evidence, "today": today}
    return _people([int(many or 0) for many in session.execute(_sum(), values).one()])


NOBODY = People(levels=dict.fromkeys(LEVELS, 0))
# Every page and every letter asks these: they are put together once.
_CAMPAIGN, _EVIDENCE = bindparam("campaign", type_=BigKey), bindparam("evidence", type_=String())
_TODAY = bindparam("today", type_=Date())


@cache
def _all() -> Select[*tuple[Any, ...]]:
    """By customer: people, those on each rung, the excepted, those of them on each rung."""
    out = _excepted_rungs()
    kept = (func.coalesce(getattr(LevelCount, name), 0).label(name) for name in RUNGS)
    less = (func.coalesce(out.c[name], 0).label(f"out_{name}") for name in ("people", *RUNGS))
    return (
        select(Rollout.customer_id, Headcount.people, *kept, *less)
        .join(Headcount, Headcount.customer_id == Rollout.customer_id)
        .outerjoin(
            LevelCount,
            and_(LevelCount.customer_id == Rollout.customer_id, LevelCount.evidence == _EVIDENCE),
        )
        .outerjoin(out, out.c.customer_id == Rollout.customer_id)
        .where(Rollout.campaign_id == _CAMPAIGN)
    )


@cache
def _some() -> Select[*tuple[Any, ...]]:
    return _all().where(Rollout.id.in_(bindparam("rollouts", expanding=True)))


@cache
def _sum() -> Select[*tuple[Any, ...]]:
    each = _all().subquery()
    return select(*(func.sum(column) for column in list(each.c)[1:]))


def _excepted_rungs() -> Subquery:
    """How many are excepted at each customer, and on which rungs they would stand."""
    who = (
        select(Exemption.contact_id)
        .where(
            Exemption.campaign_id == _CAMPAIGN,
            Exemption.ended_at.is_(None),
            Exemption.until >= _TODAY,
        )
        .distinct()  # two approvals of one person are one exception
        .subquery()
    )
    return (
        select(Contact.customer_id, func.count().label("people"), *on_each_rung())
        .join(who, who.c.contact_id == Contact.id)
        .outerjoin(
            Standing, and_(Standing.contact_id == Contact.id, Standing.evidence == _EVIDENCE)
        )
        .where(counted())
        .group_by(Contact.customer_id)
        .subquery()
    )


def on_each_rung() -> list[Label[int]]:
    """How many of a group's standings are on each rung, named as the counters' columns."""
    return [
        func.count(case((Standing.level == number, 1))).label(name)
        for number, name in enumerate(RUNGS)
    ]


def _people(row: Sequence[int]) -> People:
    """From a row of `_counters` without its customer."""
    width = len(RUNGS) + 1
    (many, *rungs), (excepted, *less) = row[:width], row[width:]
    known = [on - out for on, out in zip(rungs, less, strict=True)]
    done, all_known = sum(known[DONE_LEVEL:]), sum(known)
    unknown = many - excepted - all_known
    return People(
        total=many,
        done=done,
        not_done=all_known - done,
        unknown=unknown,
        excepted=excepted,
        levels=dict(zip(LEVELS, (*known, unknown), strict=True)),
    )
