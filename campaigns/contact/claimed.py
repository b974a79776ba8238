"""What a claim reads: once a touch what its letters share, once a letter who gets it.

A claim takes hundreds of letters of a few touches. What differs from letter to letter is read
as plain rows, by statements that are built once: whole objects for each would cost ten times
as much as taking the letters.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Date, TextClause, bindparam, column, select, text
from sqlalchemy.orm import Session, aliased

from campaigns.given import AMONG
from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch


class Letter(NamedTuple):
    """A row of `delivery` that was taken."""

    id: int
    public_id: str
    touch_id: int
    contact_id: int
    attempt: int


class Reader(NamedTuple):
    """The contact to whom a letter goes, and what it says of itself against getting one."""

    id: int
    name: str
    email: str
    locale: str | None
    left: bool = False
    suppressed_why: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the letters of one touch have in common; whole objects, detached."""

    touch: Touch
    rollout: Rollout
    customer: Customer
    step: Step
    campaign: Campaign
    agreement: Agreement | None
    earlier: Agreement | None


_EARLIER = aliased(Agreement)
_ABOUT = (
    select(Touch, Rollout, Customer, Step, Campaign, Agreement, _EARLIER)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .join(Step, Step.id == Touch.step_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .outerjoin(
        Agreement,
        (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
    )
    .outerjoin(
        _EARLIER,
        (_EARLIER.rollout_id == Rollout.id) & (_EARLIER.version == Rollout.version - 1),
    )
    .where(Touch.id.in_(bindparam("ids", expanding=True)))
)


def _for_engines(statement: str) -> dict[str, TextClause]:
    return {engine: text(statement.format(among=among)) for engine, among in AMONG.items()}


_READERS = _for_engines(
    "SELECT id, name, email, locale, left_at IS NOT NULL AS has_left, "
    "CASE WHEN suppressed_at IS NOT NULL THEN coalesce(suppressed_why, 'no reason given') END "
    "FROM contact WHERE id {among}"
)
_LEVELS = _for_engines(
    "SELECT standing.contact_id, standing.level, snapshot.source FROM standing "
    "JOIN snapshot ON snapshot.id = standing.snapshot_id "
    "WHERE standing.evidence = :evidence AND standing.contact_id {among}"
)
_EXCEPTED = {
    engine: statement.bindparams(bindparam("since", type_=Date())).columns(
        column("contact_id"), column("campaign_id"), column("until", Date())
    )
    for engine, statement in _for_engines(
        "SELECT contact_id, campaign_id, max(until) AS until FROM exemption "
        "WHERE ended_at IS NULL AND until >= :since AND contact_id {among} "
        "GROUP BY contact_id, campaign_id"
    ).items()
}


def abouts(session: Session, touch_ids: Collection[int]) -> dict[int, About]:
    """What the letters of each of these touches share, by touch."""
    rows = session.execute(_ABOUT, {"ids": list(touch_ids)})
    return {row[0].id: About(*row) for row in rows}


def readers(session: Session, among: str) -> dict[int, Reader]:
    """Who they are, by id."""
    return {row[0]: Reader._make(row) for row in _ask(session, _READERS, among)}


def levels(session: Session, among: str, evidence: str) -> dict[int, tuple[int | None, str]]:
    """The newest evidence of that kind by contact: the level, and which system said so."""
    rows = _ask(session, _LEVELS, among, evidence=evidence)
    return {contact_id: (level, source) for contact_id, level, source in rows}


def excepted(session: Session, among: str, since: date) -> dict[tuple[int, int], date]:
    """Until when, by contact and campaign, for those who are excepted on that day or later."""
    rows = _ask(session, _EXCEPTED, among, since=since)
    return {(contact_id, campaign_id): until for contact_id, campaign_id, until in rows}


def _ask(
    session: Session, statements: Mapping[str, Any], among: str, **values: object
) -> Sequence[Any]:
    connection = session.connection()
    return connection.execute(statements[connection.dialect.name], {"ids": among, **values}).all()
