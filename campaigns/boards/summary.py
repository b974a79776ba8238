"""A campaign in figures and the customers at risk, without reading the others one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.customer_lines import current_agreement, customer_lines
from campaigns.boards.lines import CustomerLine
from campaigns.boards.risks import OVER, SOON, UNDECIDED, refused_customers, stood_down
from campaigns.models import ON, Agreement, Campaign, Contact, Rollout, VendorChange
from campaigns.rules.adoption import People
from campaigns.rules.steps import Evidence
from campaigns.terms import deadline_of, playbook_of

DAY = timedelta(days=1)  # a customer's own day is at most one away from ours
NEAR = timedelta(days=7)  # before its day a customer is looked at for the gate


_BY_STATE = (
    select(Rollout.state, func.count(), func.count(Agreement.day))
    .outerjoin(Agreement, current_agreement())
    .where(Rollout.campaign_id == bindparam("campaign"))
    .group_by(Rollout.state)
    .order_by(Rollout.state)
)


@dataclass(frozen=True, slots=True)
class Summary:
    """One campaign as the board and the head of its page tell it.

    `risky` are the lines at risk, by name.
    """

    id: int
    name: str
    state: str
    change_id: str
    change_title: str
    vendor: str
    vendor_day: date | None
    vendor_date: str | None
    playbook: str
    opened_by: str
    approved_by: str | None
    held_why: str | None
    started_at: datetime | None
    states: dict[str, int]  # customers by the state of their rollout
    agreed: int
    risky: Sequence[CustomerLine]
    total: People
    measured: bool  # whether evidence says who is ready; else everybody is unknown for good

    @property
    def customers(self) -> int:
        return sum(self.states.values())

    @property
    def undecided(self) -> int:
        return sum(many for state, many in self.states.items() if state in UNDECIDED)

    @property
    def at_risk(self) -> int:
        return len(self.risky)


def summary(session: Session, campaign: Campaign, now: datetime) -> Summary:
    """Counts by the database, from the counters of people; lines of those at risk alone."""
    change = session.get_one(VendorChange, campaign.change_id)
    evidence = playbook_of(campaign.playbook_source).evidence
    states: dict[str, int] = {}
    agreed = 0
    for state, many, dated in session.execute(_BY_STATE, {"campaign": campaign.id}):
        states[state] = many
        agreed += dated
    return Summary(
        id=campaign.id,
        name=campaign.name,
        state=campaign.state,
        change_id=change.source_id,
        change_title=change.title,
        vendor=change.vendor,
        vendor_day=campaign.vendor_day,
        vendor_date=deadline_of(session, campaign, now.date()).words,
        playbook=campaign.playbook,
        opened_by=campaign.opened_by,
        approved_by=campaign.approved_by,
        held_why=campaign.held_why,
        started_at=campaign.started_at,
        states=states,
        agreed=agreed,
        risky=risky_lines(session, campaign, now),
        total=people.total(session, campaign.id, evidence.value, now.date()),
        measured=evidence is not Evidence.NONE,
    )


def risky_lines(session: Session, campaign: Campaign, now: datetime) -> list[CustomerLine]:
    """The lines at risk, by name. The database finds who may be; the rules say who is."""
    if campaign.state not in ON:
        return []
    today = now.date()
    left = (campaign.vendor_day - today).days if campaign.vendor_day else None
    values = {
        "campaign": campaign.id,
        "yesterday": today - DAY,
        "tomorrow": today + DAY,
        "near": today + DAY + NEAR,
        "soon": left is not None and -1 <= left <= SOON + 1,
    }
    may_be = session.scalars(_may_be_at_risk(), values).all()
    if not may_be:
        return []
    lines = customer_lines(session, campaign, now, set(may_be))
    risky = (line for line in lines if line.risks)
    return sorted(risky, key=lambda line: line.customer.casefold())


@cache
def _may_be_at_risk() -> Select[int]:
    """Wider than `risks_of` by what it cannot know here: a customer's own day, and the gate."""
    undated = Agreement.day.is_(None)
    open_ = and_(undated, Rollout.state.in_(UNDECIDED))
    tomorrow = bindparam("tomorrow", type_=Date())
    return (
        select(Rollout.id)
        .outerjoin(Agreement, current_agreement())
        .where(Rollout.campaign_id == bindparam("campaign"), Rollout.state.not_in(OVER))
        .where(
            or_(
                Rollout.state == "missed",
                and_(undated, ~_somebody_decides()),
                and_(undated, Rollout.customer_id.in_(refused_customers())),
                and_(open_, Rollout.last_day < tomorrow),
                and_(open_, bindparam("soon", type_=Boolean()).is_(True)),
                and_(open_, Rollout.vendor_day.is_not(None)),
                and_(Rollout.state.in_(("agreed", "implementing")), Agreement.day < tomorrow),
                Agreement.day.between(
                    bindparam("yesterday", type_=Date()), bindparam("near", type_=Date())
                ),
            )
        )
    )


def _somebody_decides() -> ColumnElement[bool]:
    return exists().where(
        Contact.customer_id == Rollout.customer_id,
        Contact.decision_maker.is_(True),
        Contact.left_at.is_(None),
        Contact.suppressed_at.is_(None),
        ~stood_down(),
    )
