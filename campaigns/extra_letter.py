"""Letters that no playbook has: something happened, and whoever decides is told of it once."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.ladder import Anchors, PlanStep
from campaigns.rules.plan import MORNING, plan
from campaigns.schedule import row_of
from campaigns.store import insert_missing
from campaigns.terms import calendar_of

NEW_INVITATION = "new-invitation"
DATE_STANDS = "vendor-moved-date-stands"
TITLES = {
    NEW_INVITATION: "Send the calendar entry again",
    DATE_STANDS: "Say that the agreed date stands although the vendor moved",
}
USEFUL_DAYS = 7
ONCE = "once"  # the scope of such a step: no plan has it


def plan_extra_letter(
    session: Session, rollout_id: int, letter: str, key: str, now: datetime
) -> None:
    """One letter to whoever decides, within working hours; the same `key` again is none.

    A touch is one a step and version, so every occasion has a key and a step of its own, which
    is added to the campaign's when it is first needed.
    """
    rollout = session.get_one(Rollout, rollout_id, populate_existing=True)
    campaign = session.get_one(Campaign, rollout.campaign_id)
    agreement = session.scalars(
        select(Agreement).where(
            Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
        )
    ).one()
    customer = session.get_one(Customer, rollout.customer_id)
    calendar = calendar_of(session, customer, campaign.id)
    step = _step(session, campaign, letter, key)
    planned = plan([step], _anchors(agreement, calendar, now), calendar, now)
    insert_missing(
        session, Touch, [row_of(rollout.id, agreement.version, touch) for touch in planned]
    )


def _anchors(agreement: Agreement, calendar: WorkCalendar, now: datetime) -> Anchors:
    return Anchors(agreed=calendar.today(now), heard=agreement.local)


def _step(session: Session, campaign: Campaign, letter: str, key: str) -> PlanStep:
    last = select(func.coalesce(func.max(Step.position), 0)).where(Step.campaign_id == campaign.id)
    row = {
        "campaign_id": campaign.id,
        "position": (session.scalar(last) or 0) + 1,
        "key": key,
        "anchor": "agreed",
        "offset_days": 0,
        "business_days": False,
        "local_time": MORNING,
        "audience": "decision_maker",
        "channel": "mail",
        "scope": ONCE,
        "title": TITLES[letter],
        "letter": letter,
        "stop": "never",
        "valid_days": USEFUL_DAYS,
        "required": True,
        "compressible": False,
    }
    insert_missing(session, Step, [row])
    number = session.scalars(
        select(Step.id).where(Step.campaign_id == campaign.id, Step.key == key)
    ).one()
    return PlanStep(number, key, "agreed", 0, False, MORNING, "never", USEFUL_DAYS, True, False)
