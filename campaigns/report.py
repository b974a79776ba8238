"""Station report: adoption with its whole, and avoided disruption as a range with its grade."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards import campaign_view
from campaigns.boards.campaign import CampaignView, CustomerLine
from campaigns.journal import Actor, record
from campaigns.models import (
    Campaign,
    Contact,
    Delivery,
    Observation,
    Rollout,
    Step,
    Task,
    Touch,
    ValueStatement,
)
from campaigns.rules.adoption import DONE_LEVEL, People
from campaigns.rules.assumptions import assumptions_table
from campaigns.rules.value import Avoided, Range, net_hours, simulate_each

WINDOW_AFTER = timedelta(days=14)
# Planned labour of the campaign itself, in technician minutes; judgement, shown as such.
MINUTES_A_LETTER = 0.1
MINUTES_A_TASK = 20.0
GRADE = "D"
GRADE_WORDS = "estimate from assumptions, not measured"


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


@dataclass(frozen=True, slots=True)
class ValueReport:
    """Avoided disruption for one campaign; every figure is a 5 / 50 / 95 % range."""

    campaign: str
    as_of: datetime
    window: tuple[datetime | None, datetime | None]
    rows: Sequence[tuple[Counted, Avoided]]
    total: Avoided
    labour_hours: float

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout report value --json`."""
        return {
            "campaign": self.campaign,
            "as_of": _instant(self.as_of),
            "grade": GRADE,
            "grade_words": GRADE_WORDS,
            "window": {"from": _instant(self.window[0]), "until": _instant(self.window[1])},
            "customers": [_row_json(counted, avoided) for counted, avoided in self.rows],
            "total": _figures(self.total, self.labour_hours)
            | {"people_counted": sum(c.users for c, _ in self.rows if c.counts)},
            "assumptions": assumptions(),
        }


def adoption(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> dict[str, Any]:
    """The shape of `rollout report adoption --json`; numbers as on the board."""
    lines = _chosen(campaign_view(session, campaign, now), customer)
    total = sum((line.people for line in lines), people.NOBODY)
    return {
        "campaign": campaign.name,
        "as_of": _instant(now),
        "customers": [{"customer": line.customer, **_adoption_row(line.people)} for line in lines],
        "total": _adoption_row(total),
    }


def value(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> ValueReport:
    """What was avoided, per customer and in sum.

    Unit and window as in the value model: people of a customer whose agreed date has
    come, without those who were done before the campaign began; from the first message
    to fourteen days after the last agreed date. Ranges of a sum share their parameters,
    so they add.
    """
    lines = _chosen(campaign_view(session, campaign, now), customer)
    before = _done_before(session, campaign)
    labour = _labour_hours(session, campaign)
    first = _first_messages(session, campaign)
    counted = [_count(line, before, labour, first, now) for line in lines]
    users = {c.customer: c.users if c.counts else 0 for c in counted}
    each, total = simulate_each(users)
    return ValueReport(
        campaign=campaign.name,
        as_of=now,
        window=_window(counted),
        rows=[(c, each[c.customer]) for c in counted],
        total=total,
        labour_hours=sum(c.labour_hours for c in counted if c.counts),
    )


def state(session: Session, report: ValueReport, campaign: Campaign, who: Actor) -> ValueStatement:
    """Freeze a report as it was given; later assumptions never change it."""
    result = report.as_json()
    statement = ValueStatement(
        campaign_id=campaign.id,
        at=report.as_of,
        by=who.name,
        inputs={"customers": [[c.customer, c.users, c.counts] for c, _ in report.rows]},
        result=result,
    )
    session.add(statement)
    record(session, who=who, what="value_stated", subject=campaign.name, now=report.as_of)
    return statement


def pack(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> dict[str, Any]:
    """The evidence pack: notice given, readiness and value, all with their whole."""
    lines = _chosen(campaign_view(session, campaign, now), customer)
    first = _first_messages(session, campaign)
    return {
        "campaign": campaign.name,
        "as_of": _instant(now),
        "customers": [_pack_row(line, first) for line in lines],
        "adoption": adoption(session, campaign, now, customer)["total"],
        "value": value(session, campaign, now, customer).as_json()["total"],
        "grade": GRADE,
        "grade_words": GRADE_WORDS,
    }


def assumptions() -> list[dict[str, Any]]:
    """Every assumption behind the figures: {name, value, grade, source}."""
    own = {"grade": "assumption", "source": "judgement; replace with your own times"}
    return [
        *assumptions_table(),
        {"name": "labour for one letter", "value": f"{MINUTES_A_LETTER} min", **own},
        {"name": "labour for one task", "value": f"{MINUTES_A_TASK:.0f} min", **own},
    ]


def _chosen(view: CampaignView, customer: str | None) -> list[CustomerLine]:
    lines = sorted(view.lines, key=lambda line: line.customer.casefold())
    if customer is None:
        return lines
    return [line for line in lines if line.customer.casefold() == customer.casefold()]


def _adoption_row(counted: People) -> dict[str, Any]:
    return {
        "people": counted.total,
        "done": counted.done,
        "not_done": counted.not_done,
        "unknown": counted.unknown,
        "excepted": counted.excepted,
        "levels": dict(counted.levels),
    }


def _done_before(session: Session, campaign: Campaign) -> dict[int, int]:
    """How many people of each customer were done at the start, by evidence taken before it."""
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
            Observation.level >= DONE_LEVEL,
        )
        .group_by(Contact.customer_id)
    )
    return dict(rows.all())


def _labour_hours(session: Session, campaign: Campaign) -> dict[int, float]:
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
        .where(Task.done_at.is_not(None))
        .group_by(Task.rollout_id)
    )
    minutes: dict[int, float] = {}
    for rollout_id, many in letters:
        minutes[rollout_id] = many * MINUTES_A_LETTER
    for rollout, many in tasks:
        if rollout is not None:
            minutes[rollout] = minutes.get(rollout, 0.0) + many * MINUTES_A_TASK
    return {rollout_id: total / 60 for rollout_id, total in minutes.items()}


def _first_messages(session: Session, campaign: Campaign) -> dict[int, datetime]:
    rows = session.execute(
        select(Touch.rollout_id, func.min(Delivery.settled_at))
        .select_from(Delivery)
        .join(Touch, Touch.id == Delivery.touch_id)
        .join(Step, Step.id == Touch.step_id)
        .where(Step.campaign_id == campaign.id, Delivery.state == "sent")
        .group_by(Touch.rollout_id)
    )
    return {rollout_id: first for rollout_id, first in rows if first is not None}


def _count(
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


def _window(counted: Sequence[Counted]) -> tuple[datetime | None, datetime | None]:
    starts = [c.first_message for c in counted if c.counts and c.first_message]
    ends = [c.agreed_day for c in counted if c.counts and c.agreed_day]
    if not starts or not ends:
        return None, None
    last = datetime.combine(max(ends), datetime.min.time(), tzinfo=starts[0].tzinfo)
    return min(starts), last + WINDOW_AFTER


def _row_json(counted: Counted, avoided: Avoided) -> dict[str, Any]:
    return {
        "customer": counted.customer,
        **_figures(avoided, counted.labour_hours if counted.counts else 0.0),
        "people_counted": counted.users if counted.counts else 0,
        "done_before": counted.done_before,
        "counted": counted.counts,
        "why_not": counted.why_not or None,
        "grade": GRADE,
    }


def _figures(avoided: Avoided, labour: float) -> dict[str, Any]:
    return {
        "avoided": {
            "tickets": _range(avoided.tickets),
            "technician_hours": _range(avoided.technician_hours),
            "user_hours": _range(avoided.user_hours),
        },
        "campaign_labour_hours": round(labour, 2),
        "net_technician_hours": _range(net_hours(avoided.technician_hours, labour)),
    }


def _range(figure: Range) -> dict[str, float]:
    return {
        "low": round(figure.low, 2),
        "likely": round(figure.likely, 2),
        "high": round(figure.high, 2),
    }


def _pack_row(line: CustomerLine, first: dict[int, datetime]) -> dict[str, Any]:
    sent = first.get(line.rollout_id)
    notice = (line.agreed.day - sent.date()).days if line.agreed and sent else None
    return {
        "customer": line.customer,
        "state": line.state,
        "first_message": _instant(sent),
        "agreed": line.agreed.day.isoformat() if line.agreed else None,
        "chosen": line.agreed.how if line.agreed else None,
        "days_of_notice": notice,
        "ready": line.people.sentence(),
    }


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
