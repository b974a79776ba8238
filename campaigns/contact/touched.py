"""A touch that has been opened, what it belongs to, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Customer, Rollout, Step, Touch
from campaigns.models.base import BigKey
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.steps import Playbook
from campaigns.terms import playbook_of

_WHOLE = (
    select(Touch, Step, Rollout, Campaign, Customer)
    .join(Step, Step.id == Touch.step_id)
    .join(Rollout, Rollout.id == Touch.rollout_id)
    .join(Campaign, Campaign.id == Rollout.campaign_id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(Touch.id.in_(bindparam("ids", type_=BigKey, expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a touch; `due` letters now wait for a courier.

    `books` where it was the booking of a day that had been put down.
    """

    touch_id: int
    rollout_id: int
    due: int
    skipped: dict[str, int]
    books: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """A touch with what it belongs to; `today` is the customer's."""

    touch: Touch
    step: Step
    rollout: Rollout
    campaign: Campaign
    customer: Customer
    today: date

    @property
    def book(self) -> Playbook:
        return playbook_of(self.campaign.playbook_source)

    @property
    def evidence(self) -> str:
        return self.book.evidence.value

    def end(self, state: str, reason: str | None, now: datetime) -> None:
        """Nothing more is to come of it."""
        self.touch.state, self.touch.reason, self.touch.done_at = state, reason, now

    def skip(self, reason: str, now: datetime) -> Opened:
        self.end("skipped", reason, now)
        return Opened(self.touch.id, self.rollout.id, 0, {reason: 1})


def touched(session: Session, touch_ids: Sequence[int], now: datetime) -> dict[int, Touched]:
    """These touches, by id."""
    rows = session.execute(_WHOLE, {"ids": list(touch_ids)})
    return {
        row[0].id: Touched(*row, WorkCalendar(row.Customer.timezone).today(now)) for row in rows
    }
