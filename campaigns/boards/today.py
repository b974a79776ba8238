"""The board: what needs somebody today, then the campaigns, then the next fortnight."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import Session

from campaigns.boards.campaign import campaign_list
from campaigns.boards.risks import AMISS
from campaigns.boards.summary import Summary, summary
from campaigns.crew import roster_of
from campaigns.models import (
    ON,
    Agreement,
    Campaign,
    Customer,
    Delivery,
    Rollout,
    Task,
    TechnicianDay,
    Touch,
)
from campaigns.models.base import UtcInstant
from campaigns.revised import REVIEW
from campaigns.terms import freezes_of, our_calendar

FORTNIGHT = 14
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a person; `kind` says what can be done about it."""

    kind: str  # task, risk, uncertain, failed
    title: str
    detail: str
    due: datetime | None
    task_id: int | None = None
    rollout_id: int | None = None
    customer_id: int | None = None
    delivery: str | None = None
    mine: bool = False
    campaign: str = ""
    owner: str = ""  # for whom a task is
    review: int | None = None  # of a vendor's move, where the task is to look at it


@dataclass(frozen=True, slots=True)
class DayLoad:
    """How much of one day is promised, over all technicians; minutes are free on working days.

    `freeze` is the reason why nothing is done for any customer on that day, else empty.
    """

    day: date
    booked: int
    free: int
    freeze: str

    @property
    def weekend(self) -> bool:
        return self.day.weekday() > FRIDAY


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the first page."""

    items: Sequence[Item]
    campaigns: Sequence[Summary]
    days: Sequence[DayLoad]
    swept_at: datetime | None


# Put together once: on every look at the board that took longer than the answers.
_UNCERTAIN = (
    select(Delivery, Rollout.id, Customer)
    .join(Touch, Touch.id == Delivery.touch_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(AMISS, Delivery.state == "uncertain")
    .order_by(Delivery.id)
    .limit(200)
)
_DUE_TASKS = (
    select(Task, Customer.id, Customer.account_manager, Campaign.name)
    .outerjoin(Rollout, Rollout.id == Task.rollout_id)
    .outerjoin(Customer, Customer.id == Rollout.customer_id)
    .outerjoin(Campaign, Campaign.id == Task.campaign_id)
    .where(Task.done_at.is_(None), Task.due <= bindparam("until", type_=UtcInstant()))
    .where(func.coalesce(Campaign.state, "running").in_(ON))
    .order_by(Task.due, Task.id)
    .limit(300)
)
_FIRST, _LAST = bindparam("first", type_=Date()), bindparam("last", type_=Date())
_BOOKED = (
    select(Agreement.day, func.count())
    .join(Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version))
    .where(Agreement.day.between(_FIRST, _LAST))
    .group_by(Agreement.day)
)


def board(
    session: Session, now: datetime, me: str | None = None, *, day_minutes: int = 480
) -> Board:
    """`me` is an account manager's address: their own customers come first.

    `day_minutes` is what one technician has on a day that nobody has booked yet.
    """
    views = [summary(session, campaign, now) for campaign in campaign_list(session, living=True)]
    items = [*_letters(session, me), *_risks(views, me), *_tasks(session, now, me)]
    items.sort(key=lambda item: (item.review is None, not item.mine))
    return Board(items, views, _days(session, now, day_minutes), None)


def _letters(session: Session, me: str | None) -> list[Item]:
    return [
        Item(
            kind="uncertain",
            title=f"{customer.name}: a letter to {delivery.address} may or may not have arrived",
            detail=delivery.reason or "",
            due=delivery.settled_at,
            rollout_id=rollout_id,
            customer_id=customer.id,
            delivery=delivery.public_id,
            mine=_same(customer.account_manager, me),
        )
        for delivery, rollout_id, customer in session.execute(_UNCERTAIN)
    ]


def _risks(views: Sequence[Summary], me: str | None) -> list[Item]:
    return [
        Item(
            kind="risk",
            title=line.customer,
            detail=f"{'; '.join(line.risks)} ({view.name})",
            due=None,
            rollout_id=line.rollout_id,
            customer_id=line.customer_id,
            mine=_same(line.account_manager, me),
            campaign=view.name,
        )
        for view in views
        for line in view.risky
    ]


def _tasks(session: Session, now: datetime, me: str | None) -> list[Item]:
    rows = session.execute(_DUE_TASKS, {"until": now + timedelta(days=1)})
    return [
        Item(
            kind="task",
            title=task.title,
            detail=task.text,
            due=task.due,
            task_id=task.id,
            rollout_id=task.rollout_id,
            customer_id=customer_id,
            mine=_same(task.owner or manager, me),
            owner=task.owner or "",
            campaign=(campaign or "") if task.rollout_id else "",
            review=int(task.dedupe_key.rpartition(":")[2]) if task.kind == REVIEW else None,
        )
        for task, customer_id, manager, campaign in rows
    ]


def _same(account_manager: str | None, me: str | None) -> bool:
    return bool(account_manager and me and account_manager.casefold() == me.casefold())


def _days(session: Session, now: datetime, day_minutes: int) -> list[DayLoad]:
    first = now.date()
    last = first + timedelta(days=FORTNIGHT - 1)
    booked = dict(session.execute(_BOOKED, {"first": first, "last": last}).all())
    free = _free(session, first, last, day_minutes)
    ours = our_calendar(freezes_of(session, []))
    found = []
    for day in (first + timedelta(days=ahead) for ahead in range(FORTNIGHT)):
        freeze = ours.closure(day) or ""
        closed = freeze or day.weekday() > FRIDAY
        found.append(DayLoad(day, booked.get(day, 0), 0 if closed else free[day], freeze))
    return found


def _free(session: Session, first: date, last: date, day_minutes: int) -> dict[date, int]:
    """The minutes that all technicians together have left, day by day."""
    technicians = {one.name: one for one in roster_of(session, day_minutes, first).everybody}
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    free = {day: sum(one.minutes(day) for one in technicians.values()) for day in days}
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity - TechnicianDay.taken
        ).where(TechnicianDay.day.between(first, last), TechnicianDay.lane.in_(technicians))
    )
    for day, lane, left in rows:
        free[day] += max(0, left) - technicians[lane].minutes(day)
    return free
