"""What became of touches, what staff was asked to do and what was booked, read as events."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Agreement, Booking, Campaign, Customer, Rollout, Step, Task, Touch
from workers.events import Event

AT_ONCE = 2_000  # rows that are held while they are read
CONFLICTS = ("name_contact", "no_day")


@dataclass(frozen=True, slots=True)
class Past:
    """What had happened before the rehearsal began, by id."""

    deliveries: frozenset[int]
    touches: frozenset[int]
    tasks: frozenset[int]


def touches(
    session: Session, start: datetime, past: Past, campaigns: Collection[int]
) -> Iterator[Event]:
    rows = session.execute(
        select(
            Touch.id,
            Touch.state,
            func.coalesce(Touch.opened_at, Touch.due),
            Touch.reason,
            Touch.note,
            Step.key,
            Step.channel,
            Step.audience,
            Step.title,
            Customer.name,
            Customer.timezone,
            Campaign.name,
        )
        .join(Step, Step.id == Touch.step_id)
        .join(Rollout, Rollout.id == Touch.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Touch.done_at >= start, Campaign.id.in_(campaigns))
    )
    for (
        id_, state, at, why, note, key, channel, audience, title, customer, zone, campaign,
    ) in rows.yield_per(AT_ONCE):  # fmt: skip
        kind = _kind(state, channel, why)
        if kind is None or id_ in past.touches:
            continue
        yield Event(
            at=at,
            local=local_of(at, zone),
            zone=zone,
            customer=customer,
            step=key,
            kind=kind,
            audience=audience,
            people=0,
            subject=title,
            reason=why or note or "",
            campaign=campaign,
        )


def _kind(state: str, channel: str, why: str | None) -> str | None:
    """None where letters, or the booking itself, say what became of a touch."""
    if state == "done" and channel == "booking":
        return None
    if state == "done" and channel == "task":
        return "task"
    return "skip" if state == "skipped" or (state == "done" and why) else None


def tasks(session: Session, past: Past, campaigns: Collection[int]) -> Iterable[Event]:
    """What staff is asked to do besides the steps of the playbook."""
    rows = session.execute(
        select(Task, Customer.name, Customer.timezone, Campaign.name)
        .join(Rollout, Rollout.id == Task.rollout_id)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Campaign.id.in_(campaigns), Task.dedupe_key.not_like("touch:%"))
    )
    for task, customer, zone, campaign in rows:
        if task.id in past.tasks:
            continue
        yield Event(
            at=task.due,
            local=local_of(task.due, zone),
            zone=zone,
            customer=customer,
            step=task.kind,
            kind="conflict" if task.kind in CONFLICTS else "task",
            audience="provider",
            people=0,
            subject=task.title,
            reason=task.text,
            campaign=campaign,
        )


def bookings(session: Session, start: datetime, campaigns: Collection[int]) -> Iterable[Event]:
    rows = session.execute(
        select(
            Agreement.instant, Agreement.zone, Agreement.how, Customer.name, Campaign.name,
            Booking.minutes,
        )
        .join(
            Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version)
        )
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(
            Booking, (Booking.rollout_id == Rollout.id) & (Booking.released_at.is_(None))
        )
        .where(Agreement.instant >= start, Campaign.id.in_(campaigns))
    )  # fmt: skip
    for instant, zone, how, customer, campaign, minutes in rows:
        if instant is None:
            continue
        yield Event(
            at=instant,
            local=local_of(instant, zone),
            zone=zone,
            customer=customer,
            step="agreed-date",
            kind="booking",
            audience="provider",
            people=0,
            subject=f"{customer}: agreed date",
            reason=how,
            campaign=campaign,
            minutes=minutes or 0,
        )


_zone = cache(ZoneInfo)


def local_of(at: datetime, zone: str) -> str:
    return at.astimezone(_zone(zone)).strftime("%Y-%m-%dT%H:%M")
