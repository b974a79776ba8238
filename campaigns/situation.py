"""A rollout with everything around it, in one statement: what decides about its date."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import Agreement, Campaign, Customer, Headcount, Rollout, VendorChange
from campaigns.rows import rows_of


@dataclass(frozen=True, slots=True)
class Situation:
    """`current` is the latest agreement, a withdrawal included; None before the first.

    `people` counts the customer's living persons.
    """

    rollout: Rollout
    campaign: Campaign
    customer: Customer
    change: VendorChange
    current: Agreement | None
    people: int


# Built once: putting it together takes longer than SQLite takes to answer it. Postgres takes
# ten times as long to plan a join of nine tables as one of five, so it has no more.
_PEOPLE = (
    select(Headcount.people).where(Headcount.customer_id == Rollout.customer_id).scalar_subquery()
)
WHOLE = (
    select(Rollout, Campaign, Customer, VendorChange, Agreement, func.coalesce(_PEOPLE, 0))
    .select_from(Rollout)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .join(VendorChange, VendorChange.id == Campaign.change_id)
    .outerjoin(
        Agreement, and_(Agreement.rollout_id == Rollout.id, Agreement.version == Rollout.version)
    )
)
_CURRENT = (
    select(Agreement)
    .join(Rollout, and_(Rollout.id == Agreement.rollout_id, Rollout.version == Agreement.version))
    .where(Rollout.id.in_(bindparam("rollouts", expanding=True)))
)
_HEADCOUNTS = select(Headcount.customer_id, Headcount.people).where(
    Headcount.customer_id.in_(bindparam("customers", expanding=True))
)
_SITUATION = WHOLE.where(Rollout.id == bindparam("rollout"))


def situation_of(session: Session, rollout_id: int) -> Situation:
    """Raises NotFound."""
    row = session.execute(_SITUATION, {"rollout": rollout_id}).first()
    if row is None:
        raise NotFound("There is no such rollout.", "no_rollout")
    return Situation(*row)


def gathered(
    session: Session, found: Iterable[tuple[Rollout, Campaign, Customer]]
) -> list[Situation]:
    """The situations of rollouts that are at hand with their campaigns and customers."""
    found = list(found)
    dated = [rollout.id for rollout, _, _ in found if rollout.version]
    agreements = session.scalars(_CURRENT, {"rollouts": dated}) if dated else ()
    current = {one.rollout_id: one for one in agreements}
    customers = {customer.id for _, _, customer in found}
    counts = rows_of(session, _HEADCOUNTS, customers=list(customers))
    people = {row[0]: row[1] for row in counts}
    return [
        Situation(
            rollout,
            campaign,
            customer,
            session.get_one(VendorChange, campaign.change_id),
            current.get(rollout.id),
            people.get(customer.id, 0),
        )
        for rollout, campaign, customer in found
    ]


def find_rollout(session: Session, campaign: Campaign, customer_name: str) -> Rollout:
    """The campaign's rollout at that customer. Raises NotFound."""
    rollout = session.scalar(
        select(Rollout)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(
            Rollout.campaign_id == campaign.id,
            Customer.folded_name == " ".join(customer_name.split()).casefold(),
        )
    )
    if rollout is None:
        raise NotFound(f'"{customer_name}" is not in the campaign "{campaign.name}".', "no_rollout")
    return rollout


def versions(session: Session, rollout_id: int) -> int:
    """How often a date was set, moved or withdrawn."""
    count = session.scalar(select(func.count()).where(Agreement.rollout_id == rollout_id))
    return count or 0
