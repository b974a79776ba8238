"""A new calendar entry for a date that stands: its instant moved with the rules of its zone."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.ladder import Anchors, PlanStep
from campaigns.rules.plan import MORNING, plan
from campaigns.schedule import NEW_INVITATION, row_of
from campaigns.store import insert_missing
from campaigns.terms import calendar_of

USEFUL_DAYS = 7


def plan_new_invitation(session: Session, rollout_id: int, times: int, now: datetime) -> None:
    """One letter to whoever decides, within working hours, for the `times`th move of the rollout.

    No playbook has this step, so it is added to the campaign's when it is first needed.
    """
    rollout = session.get_one(Rollout, rollout_id, populate_existing=True)
    campaign = session.get_one(Campaign, rollout.campaign_id)
    agreement = session.scalars(
        select(Agreement).where(
            Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
        )
    ).one()
    calendar = calendar_of(session, session.get_one(Customer, rollout.customer_id), campaign.id)
    step = _step(session, campaign, times)
    planned = plan([step], _anchors(agreement, calendar, now), calendar, now)
    insert_missing(
        session, Touch, [row_of(rollout.id, agreement.version, touch) for touch in planned]
    )


def _anchors(agreement: Agreement, calendar: WorkCalendar, now: datetime) -> Anchors:
    return Anchors(agreed=calendar.today(now), heard=agreement.local)


def _step(session: Session, campaign: Campaign, times: int) -> PlanStep:
    """A touch is one a step and version, so every further move has a step of its own."""
    key = NEW_INVITATION if times == 1 else f"{NEW_INVITATION}-{times}"
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
        "scope": "customer",
        "title": "Send the calendar entry again",
        "letter": NEW_INVITATION,
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
