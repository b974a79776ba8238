"""Who a touch is for, looked up when it falls due."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session, aliased

from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    Delivery,
    Exemption,
    Rollout,
    Snapshot,
    Standing,
    Step,
    Touch,
)
from campaigns.people import counted, standing_of
from campaigns.rules.audience import Person

FALLBACK = {"site_contact": "decision_maker"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A contact, by its id, with what decides whether the letter goes to it."""

    contact_id: int
    person: Person


def candidates(
    session: Session, step: Step, rollout: Rollout, evidence: str, today: date
) -> list[Candidate]:
    """Everybody whom the step's audience names at this customer, by address."""
    found = _look_up(session, step.audience, step, rollout, evidence, today)
    if not found and step.audience in FALLBACK:
        found = _look_up(session, FALLBACK[step.audience], step, rollout, evidence, today)
    return found


def _look_up(
    session: Session,
    audience: str,
    step: Step,
    rollout: Rollout,
    evidence: str,
    today: date,
) -> list[Candidate]:
    query = (
        select(
            Contact.id,
            Contact.left_at,
            Contact.suppressed_at,
            Contact.suppressed_why,
            Standing.level,
            Snapshot.source,
            excepted_until(rollout.campaign_id, today),
            _last_letter(rollout.campaign_id),
            _had_step(step),
        )
        .outerjoin(Standing, standing_of(evidence))
        .outerjoin(Snapshot, Snapshot.id == Standing.snapshot_id)
        .where(Contact.customer_id == rollout.customer_id)
        .order_by(Contact.email)
    )
    restricted = _restrict(query, audience, rollout)
    return [_candidate(*row) for row in session.execute(restricted)]


def _candidate(
    contact_id: int,
    left: datetime | None,
    suppressed: datetime | None,
    why: str | None,
    level: int | None,
    source: str | None,
    until: date | None,
    last: datetime | None,
    had: bool | None,
) -> Candidate:
    person = Person(
        left=left is not None,
        suppressed_why=why if suppressed else None,
        excepted_until=until,
        level=level,
        source=source,
        last_letter=last,
        had_step=bool(had),
    )
    return Candidate(contact_id, person)


def _restrict(query: Any, audience: str, rollout: Rollout) -> Any:
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
        return query.where(flags[audience].is_(True), Contact.left_at.is_(None))
    query = query.where(counted())
    if audience == "told_other_day":
        return query.where(_told_otherwise(rollout))
    if audience in flags:
        return query.where(flags[audience].is_(True))
    return query


def excepted_until(
    campaign_id: SQLColumnExpression[int] | int, today: date | BindParameter[date]
) -> ColumnElement[date]:
    return (
        select(func.max(Exemption.until))
        .where(
            Exemption.contact_id == Contact.id,
            Exemption.campaign_id == campaign_id,
            Exemption.ended_at.is_(None),
            Exemption.until >= today,
        )
        .correlate(Contact, Campaign, Rollout)
        .scalar_subquery()
    )


def _sent_in(campaign_id: int, what: ColumnElement[Any]) -> Select[Any]:
    """Over this contact's letters of the campaign, those on their way included."""
    return (
        select(what)
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .where(
            Delivery.contact_id == Contact.id,
            Delivery.state.in_(("due", "sending", "sent", "uncertain")),
            Rollout.campaign_id == campaign_id,
        )
        .correlate(Contact)
    )


def _last_letter(campaign_id: int) -> ColumnElement[datetime]:
    at = func.coalesce(Delivery.settled_at, Delivery.next_try)
    return _sent_in(campaign_id, func.max(at)).scalar_subquery()


def _had_step(step: Step) -> ColumnElement[int]:
    query = _sent_in(step.campaign_id, func.count())
    return query.where(Touch.step_id == step.id).scalar_subquery()


def _told_otherwise(rollout: Rollout) -> ColumnElement[bool]:
    """The last date that this person was told is not the one that stands now."""
    later = aliased(Delivery)
    current = (
        select(Agreement.day)
        .where(Agreement.rollout_id == rollout.id, Agreement.version == rollout.version)
        .scalar_subquery()
    )
    newest = (
        select(func.max(later.id))
        .join(Touch, Touch.id == later.touch_id)
        .where(
            later.contact_id == Contact.id,
            Touch.rollout_id == rollout.id,
            later.told_day.is_not(None),
            later.state.in_(("sent", "uncertain")),
        )
        .correlate(Contact)
        .scalar_subquery()
    )
    return (
        select(Delivery.id)
        .where(Delivery.id == newest, Delivery.told_day.is_distinct_from(current))
        .correlate(Contact)
        .exists()
    )
