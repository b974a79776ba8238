"""Station schedule: touches are planned, and planned again when a date moves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Update, bindparam, insert, select, update
from sqlalchemy.orm import Session

from campaigns.models import (
    Agreement,
    Campaign,
    Customer,
    Delivery,
    Rollout,
    Step,
    Task,
    Touch,
)
from campaigns.rows import rows_of
from campaigns.rules.calendar import DAY, WorkCalendar
from campaigns.rules.dates import span
from campaigns.rules.plan import Anchors, PlannedTouch, PlanStep, plan
from campaigns.store import insert_missing
from campaigns.terms import calendar_with, freezes_of, playbook_of

BEFORE_AGREEMENT = ("announced", "first_slot", "vendor_date")


AFTER_AGREEMENT = ("agreed", "agreed_date", "last_action")


STILL = ("planned", "waiting", "open")  # touches that letters may come of
Taking = tuple[Update, Update]


def taking_back(touches: Select[int]) -> Taking:
    """Statements that cancel what has not left of these touches, and those that still wait."""
    letters = (
        update(Delivery)
        .where(Delivery.touch_id.in_(touches), Delivery.state == "due")
        .values(state="cancelled", reason=bindparam("why"), settled_at=bindparam("moment"))
    )
    waiting = (
        update(Touch)
        .where(Touch.id.in_(touches), Touch.state.in_(STILL))
        .values(state="cancelled", reason=bindparam("why"), done_at=bindparam("moment"))
    )
    return letters, waiting


# Built once: they run while others wait for the rollout or, on SQLite, for the database.
# The older dates' touches, and the ladder that asks for one.
_REPLACED = taking_back(
    select(Touch.id).where(
        Touch.rollout_id == bindparam("rollout"),
        Touch.version < bindparam("before"),
        Touch.state.in_(STILL),
        (Touch.version > 0) | Touch.step_id.in_(select(Step.id).where(Step.stop == "agreed")),
    )
)
# In the order of PlanStep's fields.
_PLAN_STEP = (
    Step.id,
    Step.key,
    Step.anchor,
    Step.offset_days,
    Step.business_days,
    Step.local_time,
    Step.stop,
    Step.valid_days,
    Step.required,
    Step.compressible,
    Step.audience,
    Step.channel,
)
_FOLLOWING = (
    select(*_PLAN_STEP)
    .where(
        Step.campaign_id == bindparam("campaign"),
        Step.scope == "customer",
        Step.anchor.in_(AFTER_AGREEMENT),
    )
    .order_by(Step.position)
)


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a campaign, and those that hang on some anchors, ready to be planned."""

    rows: Sequence[Step]

    def anchored(self, anchors: Iterable[str]) -> list[PlanStep]:
        return [
            PlanStep(*(getattr(row, column.key) for column in _PLAN_STEP))
            for row in self.rows
            if row.anchor in anchors and row.scope == "customer"
        ]


def plan_campaign(session: Session, campaign: Campaign, now: datetime) -> int:
    """Plan everything that does not wait for an agreement, for every rollout."""
    steps = steps_of(session, campaign)
    book = playbook_of(campaign.playbook_source)
    pairs = session.execute(
        select(Rollout, Customer)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Rollout.campaign_id == campaign.id)
        .order_by(Rollout.id)  # what falls due at one moment comes in the order of planning
    ).all()
    freezes = freezes_of(session, [customer.id for _, customer in pairs], campaign.id)
    rows: list[dict[str, object]] = []
    spans: list[dict[str, object]] = []
    early = steps.anchored(BEFORE_AGREEMENT)
    for rollout, customer in pairs:
        calendar = calendar_with(customer, freezes)
        announced = calendar.today(now)
        offered = span(announced, campaign.vendor_day, book.rules)
        anchors = Anchors(
            announced=announced,
            first_slot=announced + book.rules.lead_days * DAY,
            vendor_date=campaign.vendor_day,
        )
        rows += [row_of(rollout.id, 0, touch) for touch in plan(early, anchors, calendar, now)]
        spans.append({"id": rollout.id, "first_day": offered.first, "last_day": offered.last})
    if rows:
        session.execute(insert(Touch), rows)
    session.execute(update(Rollout), spans)
    _campaign_tasks(session, campaign, steps.rows, now)
    return len(pairs)


def plan_agreement(
    session: Session,
    rollout: Rollout,
    campaign: Campaign,
    agreement: Agreement,
    earlier: Agreement | None,
    calendar: WorkCalendar,
    now: datetime,
) -> None:
    """Cancel what the old date asked for and plan what the new one does.

    The number of statements does not depend on how many people there are.
    """
    reason = _replaced(agreement, earlier)
    _cancel(session, rollout.id, agreement.version, reason, now)
    today = calendar.today(now)
    anchors = Anchors(
        agreed=today,
        agreed_date=agreement.day,
        last_action=today,
        starts=agreement.local_time,
        heard=_heard((agreement, earlier), now),
    )
    rows = rows_of(session, _FOLLOWING, campaign=campaign.id)
    steps = (PlanStep(*row) for row in rows)
    due = [step for step in steps if _applies(step.key, agreement, earlier)]
    planned = plan(due, anchors, calendar, now)
    insert_missing(session, Touch, [row_of(rollout.id, agreement.version, t) for t in planned])


def _applies(key: str, agreement: Agreement, earlier: Agreement | None) -> bool:
    """A first date is confirmed, a later one is announced as moved, a withdrawn one as gone.

    Of a date that somebody else chose for whoever decides, that person reads who it was.
    """
    had_date = earlier is not None and earlier.day is not None
    if key == "chosen-for-you":
        return agreement.day is not None and agreement.forwarded
    if key.startswith("confirm"):
        return agreement.day is not None and not had_date and not agreement.forwarded
    if key == "moved":
        return agreement.day is not None and had_date and not agreement.forwarded
    if key.startswith("moved"):
        return agreement.day is not None and had_date
    return not key.startswith("withdrawn") or agreement.day is None


def _heard(agreements: Iterable[Agreement | None], now: datetime) -> datetime | None:
    """The nearest date ahead that somebody may have been told, as the customer's clock shows it."""
    ahead = [one.local for one in agreements if one and one.instant and one.instant > now]
    return min((local for local in ahead if local is not None), default=None)


def _replaced(agreement: Agreement, earlier: Agreement | None) -> str:
    if agreement.day is None:
        return "the date was withdrawn"
    return "the date was moved" if earlier and earlier.day else "a date was agreed"


def take_back(
    session: Session, taking: Taking, reason: str, now: datetime, **which: object
) -> None:
    """Run what `taking_back` made, for `which` touches."""
    session.flush()
    for statement in taking:
        session.connection().execute(statement, {"why": reason, "moment": now, **which})


def _cancel(session: Session, rollout_id: int, version: int, reason: str, now: datetime) -> None:
    """Take back what has not left: the older dates' touches, and the ladder that asks for one."""
    which = {"rollout": rollout_id, "before": version, "why": reason, "moment": now}
    for statement in _REPLACED:
        session.connection().execute(statement, which)


def steps_of(session: Session, campaign: Campaign) -> Steps:
    """The campaign's steps as its playbook orders them."""
    rows = session.scalars(
        select(Step).where(Step.campaign_id == campaign.id).order_by(Step.position)
    )
    return Steps(rows.all())


def row_of(rollout_id: int, version: int, touch: PlannedTouch) -> dict[str, object]:
    return {
        "rollout_id": rollout_id,
        "step_id": touch.step_id,
        "version": version,
        "day": touch.day,
        "due": touch.due,
        "valid_until": touch.valid_until,
        "state": "skipped" if touch.skipped else "planned",
        "reason": touch.skipped,
        "local_due": touch.local_due,
        "local_end": touch.local_end,
        "note": touch.note,
    }


def _campaign_tasks(
    session: Session, campaign: Campaign, steps: Sequence[Step], now: datetime
) -> None:
    """Steps that concern the whole campaign become tasks once, due at the latest now or later."""
    calendar = WorkCalendar("UTC")
    anchors = Anchors(announced=calendar.today(now), vendor_date=campaign.vendor_day)
    for step in steps:
        anchor = anchors.day(step.anchor) if step.scope == "campaign" else None
        if anchor is None or step.local_time is None:
            continue
        due = calendar.instant(
            calendar.shift(anchor, step.offset_days, step.business_days), step.local_time
        )
        session.add(
            Task(
                dedupe_key=f"campaign:{campaign.id}:{step.key}",
                kind=step.key,
                title=f"{step.title}: {campaign.name}",
                text=step.text or "",
                campaign_id=campaign.id,
                due=max(due, now),
                created_at=now,
            )
        )
