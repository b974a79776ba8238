"""Instants derived again from local promises, and compared with those that are stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import ON, Agreement, Campaign, Customer, Rollout, Step, Touch
from campaigns.rules.calendar import local_instant
from campaigns.rules.spans import count


@dataclass(frozen=True, slots=True)
class MovedDate:
    """An agreed date: what its customer was promised, and the instant before and after.

    `shifted` is True where the promised time no longer exists on that day.
    """

    rollout_id: int
    version: int
    campaign: str
    customer: str
    local: datetime
    zone: str
    was: datetime
    now: datetime
    shifted: bool


@dataclass(frozen=True, slots=True)
class MovedTouch:
    """A planned contact, by its step. `local` is when it is due on the customer's clock."""

    touch_id: int
    rollout_id: int
    campaign: str
    customer: str
    step: str
    local: datetime | None
    zone: str
    was: datetime
    now: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """Whatever the present rules put at another instant than the stored one."""

    dates: tuple[MovedDate, ...] = ()
    touches: tuple[MovedTouch, ...] = ()

    @property
    def contacts(self) -> list[MovedTouch]:
        """Those that fall due at another instant; of the others only the window ends at another."""
        return [touch for touch in self.touches if touch.now != touch.was]

    def sentence(self) -> str:
        dates = count(len(self.dates), "agreed date", "agreed dates")
        contacts = count(len(self.contacts), "planned contact", "planned contacts")
        return f"{dates} and {contacts}"


def moved(session: Session, now: datetime) -> Moved:
    """What `rezone` would move. Only reads. What is over at `now` stays as it was."""
    return Moved(tuple(_dates(session, now)), tuple(_touches(session, now)))


def _dates(session: Session, now: datetime) -> list[MovedDate]:
    rows = session.execute(
        select(Agreement, Campaign.name, Customer.name)
        .join(
            Rollout, (Rollout.id == Agreement.rollout_id) & (Rollout.version == Agreement.version)
        )
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Campaign.state.in_(ON), Agreement.instant.is_not(None))
        .order_by(Agreement.instant, Customer.name, Campaign.name)
        .execution_options(populate_existing=True)
    )
    found = []
    for kept, campaign, customer in rows:
        if kept.local is None or kept.instant is None:
            continue
        instant, shifted = local_instant(kept.local.date(), kept.local.time(), kept.zone)
        if instant == kept.instant or max(instant, kept.instant) <= now:
            continue
        place = (kept.rollout_id, kept.version, campaign, customer, kept.local, kept.zone)
        found.append(MovedDate(*place, kept.instant, instant, shifted))
    return found


# Columns, not objects: there may be hundreds of thousands, of which mostly none has moved.
_PLANNED = (
    select(
        Touch.id,
        Touch.rollout_id,
        Touch.state,
        Touch.due,
        Touch.valid_until,
        Touch.local_due,
        Touch.local_end,
        Step.key,
        Campaign.name.label("campaign"),
        Customer.name.label("customer"),
        Customer.timezone,
    )
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(
        Touch.state.in_(("planned", "open")),
        Touch.local_end.is_not(None),
        Campaign.state.in_(ON),
    )
    .order_by(Touch.due, Customer.name, Step.position)
)


def _touches(session: Session, now: datetime) -> Iterator[MovedTouch]:
    @cache
    def instant(local: datetime, zone: str) -> datetime:
        return local_instant(local.date(), local.time(), zone)[0]

    for row in session.execute(_PLANNED):
        # What is open is leaving already, and what is late waits for no hour any more.
        stays = row.state == "open" or row.local_due is None or row.due <= now
        due = row.due if stays else instant(row.local_due, row.timezone)
        ends = instant(row.local_end, row.timezone)
        if (due, ends) == (row.due, row.valid_until) or max(ends, row.valid_until) <= now:
            continue
        yield MovedTouch(
            touch_id=row.id,
            rollout_id=row.rollout_id,
            campaign=row.campaign,
            customer=row.customer,
            step=row.key,
            local=row.local_due,
            zone=row.timezone,
            was=row.due,
            now=due,
            ends=ends,
        )
