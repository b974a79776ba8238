"""Whom an audience names, looked up when a touch falls due."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, text
from sqlalchemy.orm import aliased

from campaigns.given import AMONG
from campaigns.models import Agreement, Contact, Delivery, Rollout, Step, Touch
from campaigns.notices import still_decides
from campaigns.people import counted

_WHY_NOT = func.coalesce(Contact.suppressed_why, "no reason given")
FALLBACK = {"site_contact": "decision_maker"}


@cache
def people_of(audience: str, engine: str) -> Select[Any]:
    """Rollout, contact, whether the person left, and why the address is not used, for the
    rollouts among `:ids`; built once an audience."""
    query = (
        select(
            Rollout.id,
            Contact.id,
            Contact.left_at.is_not(None),
            case((Contact.suppressed_at.is_not(None), _WHY_NOT)),
        )
        .join(Contact, Contact.customer_id == Rollout.customer_id)
        .where(text(f"rollout.id {AMONG[engine]}"))
        .order_by(Rollout.id, Contact.email)
    )
    flags = {
        "decision_maker": Contact.decision_maker,
        "site_contact": Contact.site_contact,
        "managers": Contact.manager,
        "pilot": Contact.pilot,
        "vips": Contact.vip,
        "admins": Contact.admin,
        "admins_not_ready": Contact.admin,
    }
    if audience in ("decision_maker", "site_contact"):
        # A role box such as office@ may decide, too; only those who left are out.
        query = query.where(flags[audience].is_(True), Contact.left_at.is_(None))
        return query.where(still_decides(Rollout.id)) if audience == "decision_maker" else query
    query = query.where(counted())
    if audience == "told_other_day":
        return query.where(_told_otherwise())
    if audience in flags:
        return query.where(flags[audience].is_(True))
    return query


def _told_otherwise() -> ColumnElement[bool]:
    """The last date that this person was told is not the one that stands now.

    Whoever decides hears of the new one by a letter of its own, which may be on its way still.
    """
    later = aliased(Delivery)
    current = (
        select(Agreement.day)
        .where(
            Agreement.rollout_id == Rollout.id,
            Agreement.version == Rollout.version,
        )
        .correlate(Rollout)
        .scalar_subquery()
    )
    newest = (
        select(func.max(later.id))
        .join(Touch, Touch.id == later.touch_id)
        .where(
            later.contact_id == Contact.id,
            Touch.rollout_id == Rollout.id,
            later.told_day.is_not(None),
            later.state.in_(("sent", "uncertain")),
        )
        .correlate(Contact, Rollout)
        .scalar_subquery()
    )
    return (
        select(Delivery.id)
        .where(Delivery.id == newest, Delivery.told_day.is_distinct_from(current))
        .correlate(Contact, Rollout)
        .exists()
        & ~_hears_by_another_letter()
    )


def _hears_by_another_letter() -> ColumnElement[bool]:
    """A letter that answers the agreement, move or withdrawal that stands goes to this person."""
    return (
        select(Delivery.id)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .where(
            Delivery.contact_id == Contact.id,
            Delivery.state.in_(("due", "sending", "sent", "uncertain")),
            Touch.rollout_id == Rollout.id,
            Touch.version == Rollout.version,
            Step.anchor == "agreed",
            Step.audience == "decision_maker",
        )
        .correlate(Contact, Rollout)
        .exists()
    )
