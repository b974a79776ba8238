"""What goes into a value report: who counts, since when, and what the campaign cost."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards.campaign import CustomerLine
from campaigns.models import (
    Campaign,
    Contact,
    Delivery,
    Observation,
    Rollout,
    Step,
    Task,
    Touch,
)
from campaigns.rules.adoption import DONE_LEVEL

MINUTES_A_LETTER = 0.1


MINUTES_A_TASK = 20.0
# Work that a change brings with or without a campaign is not the campaign's cost.
ANYWAY = ("switch-on", "call-blocked", "help")


@dataclass(frozen=True, slots=True)
class Counted:
    """What goes into one customer's figure, and why it may count nothing."""

    customer: str
    users: int
    done_before: int
    counts: bool
    why_not: str
    labour_hours: float
    first_message: datetime | None
    agreed_day: date | None


def done_before_start(session: Session, campaign: Campaign, today: date) -> dict[int, int]:
    """How many people in scope were done at the start, by evidence taken before it."""
    started = campaign.started_at
    if started is None:
        return {}
    newest = (
        select(Observation.contact_id, func.max(Observation.taken_at).label("taken_at"))
        .where(Observation.contact_id.is_not(None), Observation.taken_at <= started)
        .group_by(Observation.contact_id)
        .subquery()
    )
    rows = session.execute(
        select(Contact.customer_id, func.count(func.distinct(Contact.id)))
        .join(Observation, Observation.contact_id == Contact.id)
        .join(
            newest,
            (newest.c.contact_id == Observation.contact_id)
            & (newest.c.taken_at == Observation.taken_at),
        )
        .join(Rollout, Rollout.customer_id == Contact.customer_id)
        .where(
            Rollout.campaign_id == campaign.id,
            people.counted(),
            ~people.excepted(campaign.id, today),
            Observation.level >= DONE_LEVEL,
        )
        .group_by(Contact.customer_id)
    )
    return dict(rows.all())


def labour_hours_of(session: Session, campaign: Campaign) -> dict[int, float]:
    """What the campaign itself cost, by rollout: letters sent and tasks done."""
    letters = session.execute(
        select(Touch.rollout_id, func.count())
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .where(Rollout.campaign_id == campaign.id, Delivery.state == "sent")
        .group_by(Touch.rollout_id)
    )
    tasks = session.execute(
        select(Task.rollout_id, func.count())
        .where(Task.campaign_id == campaign.id, Task.rollout_id.is_not(None))
        .where(Task.done_at.is_not(None), Task.kind.not_in(ANYWAY))
        .group_by(Task.rollout_id)
    )
    minutes: dict[int, float] = {}
    for rollout_id, many in letters:
        minutes[rollout_id] = many * MINUTES_A_LETTER
    for rollout, many in tasks:
        if rollout is not None:
            minutes[rollout] = minutes.get(rollout, 0.0) + many * MINUTES_A_TASK
    return {rollout_id: total / 60 for rollout_id, total in minutes.items()}


def first_messages(session: Session, campaign: Campaign) -> dict[int, datetime]:
    rows = session.execute(
        select(Touch.rollout_id, func.min(Delivery.settled_at))
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .where(Step.campaign_id == campaign.id, Delivery.state == "sent")
        .group_by(Touch.rollout_id)
    )
    return {rollout_id: first for rollout_id, first in rows if first is not None}


def count_customer(
    line: CustomerLine,
    before: dict[int, int],
    labour: dict[int, float],
    first: dict[int, datetime],
    now: datetime,
) -> Counted:
    done_before = before.get(line.customer_id, 0)
    agreed_day = line.agreed.day if line.agreed else None
    if line.agreed is None:
        why_not = "no date was agreed"
    elif line.agreed.instant > now:
        why_not = "the agreed date has not come yet"
    elif line.rollout_id not in first:
        why_not = "no letter was sent"
    else:
        why_not = ""
    return Counted(
        customer=line.customer,
        users=max(0, line.people.in_scope - done_before),
        done_before=done_before,
        counts=not why_not,
        why_not=why_not,
        labour_hours=labour.get(line.rollout_id, 0.0),
        first_message=first.get(line.rollout_id),
        agreed_day=agreed_day,
    )
