"""Who a touch is for, looked up when it falls due."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    bindparam,
    case,
    column,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from campaigns.models import Agreement, Contact, Delivery, Rollout, Step, Touch
from campaigns.models.base import UtcInstant
from campaigns.notices import still_decides
from campaigns.people import counted
from campaigns.rules.audience import Person

_WHY_NOT = func.coalesce(Contact.suppressed_why, "no reason given")
FALLBACK = {"site_contact": "decision_maker"}
UNREMARKED = Person()  # of whom nothing is known but the address


class Candidate(NamedTuple):
    """A contact, by its id, with what decides whether the letter goes to it."""

    contact_id: int
    person: Person


def candidates(
    session: Session, step: Step, rollout: Rollout, evidence: str, today: date
) -> list[Candidate]:
    """Everybody whom the step's audience names at this customer, by address."""
    rows = _look_up(session, step.audience, rollout)
    if not rows and step.audience in FALLBACK:
        rows = _look_up(session, FALLBACK[step.audience], rollout)
    if not rows:
        return []
    known = _known(session, step, rollout, evidence, today)
    return [Candidate(row[0], known.of(*row)) for row in rows]


# Each is asked once for the whole customer, and only where the step's rules read it: looked up
# person by person it would cost more than the letters.
_EXCEPTED = (
    text(
        "SELECT exemption.contact_id, max(exemption.until) AS until FROM exemption "
        "JOIN contact ON contact.id = exemption.contact_id "
        "WHERE exemption.campaign_id = :campaign AND contact.customer_id = :customer "
        "AND exemption.ended_at IS NULL AND exemption.until >= :today "
        "GROUP BY exemption.contact_id"
    )
    .bindparams(bindparam("today", type_=Date()))
    .columns(column("contact_id"), column("until", Date()))
)
_LEVELS = text(
    "SELECT contact.id, standing.level, snapshot.source FROM contact "
    "JOIN standing ON standing.contact_id = contact.id AND standing.evidence = :evidence "
    "JOIN snapshot ON snapshot.id = standing.snapshot_id "
    "WHERE contact.customer_id = :customer"
)
# Letters of the campaign, those on their way included: the last one, and whether one was of
# this step.
_LETTERS = text(
    "SELECT contact.id AS id, max(coalesce(delivery.settled_at, delivery.next_try)) AS last, "
    "max(CASE WHEN touch.step_id = :step THEN 1 ELSE 0 END) AS had FROM contact "
    "JOIN delivery ON delivery.contact_id = contact.id "
    "JOIN touch ON touch.id = delivery.touch_id JOIN rollout ON rollout.id = touch.rollout_id "
    "WHERE contact.customer_id = :customer AND rollout.campaign_id = :campaign "
    "AND delivery.state IN ('due', 'sending', 'sent', 'uncertain') GROUP BY contact.id"
).columns(column("id"), column("last", UtcInstant()), column("had", Integer()))


@dataclass(frozen=True, slots=True)
class _Known:
    """What other rows say of a customer's people, by contact."""

    excepted: Mapping[int, date] = field(default_factory=dict)
    levels: Mapping[int, tuple[int | None, str]] = field(default_factory=dict)
    letters: Mapping[int, tuple[datetime, int]] = field(default_factory=dict)

    def of(self, contact_id: int, left: bool, why: str | None) -> Person:
        until = self.excepted.get(contact_id)
        stands = self.levels.get(contact_id)
        had = self.letters.get(contact_id)
        if not (left or why or until or stands or had):
            return UNREMARKED
        level, source = stands or (None, None)
        last, step = had or (None, 0)
        return Person(
            left=bool(left),
            suppressed_why=why,
            excepted_until=until,
            level=level,
            source=source,
            last_letter=last,
            had_step=bool(step),
        )


def _known(session: Session, step: Step, rollout: Rollout, evidence: str, today: date) -> _Known:
    connection = session.connection()
    here = {"customer": rollout.customer_id, "campaign": rollout.campaign_id}
    excepted = connection.execute(_EXCEPTED, here | {"today": today})
    levels: dict[int, tuple[int | None, str]] = {}
    letters: dict[int, tuple[datetime, int]] = {}
    if step.stop == "done":
        at = {"customer": rollout.customer_id, "evidence": evidence}
        levels = {row[0]: (row[1], row[2]) for row in connection.execute(_LEVELS, at)}
    if not step.required:
        rows = connection.execute(_LETTERS, here | {"step": step.id})
        letters = {row[0]: (row[1], row[2]) for row in rows}
    return _Known({row[0]: row[1] for row in excepted}, levels, letters)


def _look_up(session: Session, audience: str, rollout: Rollout) -> list[tuple[int, bool, str]]:
    values = {"customer": rollout.customer_id}
    if audience == "decision_maker":
        values |= {"rollout": rollout.id}
    if audience == "told_other_day":
        values |= {"rollout": rollout.id, "version": rollout.version}
    return session.connection().execute(_people(audience), values).all()  # type: ignore[return-value]  # rows are tuples


@cache
def _people(audience: str) -> Select[Any]:
    """Id, whether the person left, and why the address is not used; built once an audience."""
    query = (
        select(
            Contact.id,
            Contact.left_at.is_not(None),
            case((Contact.suppressed_at.is_not(None), _WHY_NOT)),
        )
        .where(Contact.customer_id == bindparam("customer"))
        .order_by(Contact.email)
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
        return query.where(still_decides()) if audience == "decision_maker" else query
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
            Agreement.rollout_id == bindparam("rollout"),
            Agreement.version == bindparam("version"),
        )
        .scalar_subquery()
    )
    newest = (
        select(func.max(later.id))
        .join(Touch, Touch.id == later.touch_id)
        .where(
            later.contact_id == Contact.id,
            Touch.rollout_id == bindparam("rollout"),
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
            Touch.rollout_id == bindparam("rollout"),
            Touch.version == bindparam("version"),
            Step.anchor == "agreed",
            Step.audience == "decision_maker",
        )
        .correlate(Contact)
        .exists()
    )
