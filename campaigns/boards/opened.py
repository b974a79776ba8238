"""A campaign as it was opened: its frozen steps, who is in and why, what was kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound
from campaigns.models import Campaign, Customer, Rollout, Selection, Step, ValueStatement

LEFT_OUT_SHOWN = 200
LARGEST = 2**63 - 1  # what a key column of either engine can hold


@dataclass(frozen=True, slots=True)
class Selected:
    """A customer that is not in."""

    customer_id: int
    customer: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """Steps in the playbook's order; each reason for which customers are in, with how many they
    are; and by name whoever is not, of `out` the first LEFT_OUT_SHOWN."""

    steps: Sequence[Step]
    why_in: Sequence[tuple[str, int]]
    left_out: Sequence[Selected]
    out: int


def campaign_numbered(session: Session, number: int) -> Campaign:
    """Raises NotFound."""
    campaign = session.get(Campaign, number) if 0 < number <= LARGEST else None
    if campaign is None:
        raise NotFound("There is no such campaign.", "no_campaign")
    return campaign


def campaign_called(session: Session, word: str) -> Campaign:
    """By name, else by number. Raises NotFound."""
    name = " ".join(word.replace("\0", " ").split())
    campaign = session.scalar(select(Campaign).where(Campaign.name == name))
    if campaign is None and name.isascii() and name.isdigit() and len(name) < 20:
        campaign = session.get(Campaign, min(int(name), LARGEST))
    if campaign is None:
        raise NotFound(f'There is no campaign "{name[:200]}".', "no_campaign", "campaign")
    return campaign


def opened(session: Session, campaign: Campaign) -> Opened:
    """Steps and selection in three statements."""
    steps = session.scalars(
        select(Step).where(Step.campaign_id == campaign.id).order_by(Step.position)
    )
    why_in, out = [], 0
    for included, reason, many in session.execute(
        select(Selection.included, Selection.reason, func.count())
        .where(Selection.campaign_id == campaign.id)
        .group_by(Selection.included, Selection.reason)
    ):
        if included:
            why_in.append((reason, many))
        else:
            out += many
    return Opened(list(steps), sorted(why_in), _left_out(session, campaign) if out else (), out)


def _left_out(session: Session, campaign: Campaign) -> list[Selected]:
    rows = session.execute(
        select(Customer.id, Customer.name, Selection.reason)
        .join(Customer, Customer.id == Selection.customer_id)
        .where(Selection.campaign_id == campaign.id, Selection.included.is_(False))
        .order_by(Customer.folded_name)
        .limit(LEFT_OUT_SHOWN)
    )
    return [Selected(*row) for row in rows]


def customers_in(session: Session, campaign: Campaign) -> Sequence[str]:
    """The names of the campaign's customers, in order."""
    return session.scalars(
        select(Customer.name)
        .join(Rollout, Rollout.customer_id == Customer.id)
        .where(Rollout.campaign_id == campaign.id)
        .order_by(Customer.folded_name)
    ).all()


def statements(session: Session, campaign: Campaign) -> Sequence[ValueStatement]:
    """The value statements that were kept, newest first."""
    return session.scalars(
        select(ValueStatement)
        .where(ValueStatement.campaign_id == campaign.id)
        .order_by(ValueStatement.id.desc())
        .limit(200)
    ).all()


def statement_numbered(session: Session, number: int) -> ValueStatement:
    """Raises NotFound."""
    kept = session.get(ValueStatement, number) if 0 < number <= LARGEST else None
    if kept is None:
        raise NotFound("There is no such statement.", "no_statement")
    return kept
