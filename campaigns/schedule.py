"""Station schedule: touches are planned, and planned again when a date moves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from campaigns.models import (
    Agreement,
    Campaign,
    Contact,
    Customer,
    Delivery,
    Freeze,
    Rollout,
    Staff,
    Step,
    Task,
    TechnicianDay,
    Touch,
    VendorChange,
)
from campaigns.rules import playbook as playbooks
from campaigns.rules.calendar import DAY, Closure, WorkCalendar
from campaigns.rules.dates import Span, Terms, span
from campaigns.rules.plan import Anchors, PlannedTouch, PlanStep, plan
from campaigns.rules.steps import Playbook
from campaigns.store import insert_missing

BEFORE_AGREEMENT = ("announced", "first_slot", "vendor_date")
AFTER_AGREEMENT = ("agreed", "agreed_date", "last_action")
DESK = "desk"


@lru_cache(maxsize=256)
def playbook_of(source: str) -> Playbook:
    """The frozen playbook of a campaign, read once."""
    return playbooks.read(source, "playbook")


def calendar_of(session: Session, customer: Customer) -> WorkCalendar:
    """The customer's working calendar with its own freezes and the provider's."""
    return _calendar(customer, _freezes(session, [customer.id]))


def terms_for(
    session: Session, rollout: Rollout, campaign: Campaign, now: datetime, day_minutes: int
) -> Terms:
    """What governs this customer's choice at this moment."""
    customer = session.get_one(Customer, rollout.customer_id)
    change = session.get_one(VendorChange, campaign.change_id)
    calendar = calendar_of(session, customer)
    book = playbook_of(campaign.playbook_source)
    today = calendar.today(now)
    started = calendar.today(campaign.started_at or now)
    default = span(started, campaign.vendor_day, book.rules)
    ahead = campaign.vendor_day is not None and campaign.vendor_day > started
    return Terms(
        today=today,
        span=Span(rollout.first_day or default.first, rollout.last_day or default.last),
        enforced_on=campaign.vendor_day if ahead else None,
        vendor=change.vendor,
        calendar=calendar,
        rules=book.rules,
        minutes=minutes_needed(session, rollout, book, day_minutes),
        day_minutes=day_minutes,
    )


def minutes_needed(session: Session, rollout: Rollout, book: Playbook, day_minutes: int) -> int:
    """Technician minutes for one customer: the playbook's base and so many a person.

    Never more than one technician's day: a larger customer takes the whole day.
    """
    people = session.scalar(
        select(func.count()).where(
            Contact.customer_id == rollout.customer_id,
            Contact.kind == "person",
            Contact.left_at.is_(None),
        )
    )
    effort = book.effort
    return min(day_minutes, effort.base_minutes + effort.minutes_per_person * (people or 0))


def lanes(session: Session) -> list[str]:
    """Whose days can be booked: every technician, or one common desk where none is named."""
    emails = session.scalars(
        select(Staff.email)
        .where(Staff.role == "technician", Staff.ended_at.is_(None))
        .order_by(Staff.email)
    )
    return list(emails) or [DESK]


def free_minutes(session: Session, first: date, last: date, day_minutes: int) -> dict[date, int]:
    """For each day with bookings, the most minutes that any one technician has left."""
    names = set(lanes(session))
    rows = session.execute(
        select(
            TechnicianDay.day, TechnicianDay.lane, TechnicianDay.capacity - TechnicianDay.taken
        ).where(TechnicianDay.day.between(first, last))
    )
    left: dict[date, dict[str, int]] = {}
    for day, lane, minutes in rows:
        if lane in names:
            left.setdefault(day, {})[lane] = minutes
    return {
        day: max(day_minutes if len(booked) < len(names) else 0, *booked.values())
        for day, booked in left.items()
    }


@dataclass(frozen=True, slots=True)
class _Steps:
    rows: Sequence[Step]

    def anchored(self, anchors: Iterable[str]) -> list[PlanStep]:
        return [
            _plan_step(row)
            for row in self.rows
            if row.anchor in anchors and row.scope == "customer"
        ]


def plan_campaign(session: Session, campaign: Campaign, now: datetime) -> int:
    """Plan everything that does not wait for an agreement, for every rollout."""
    steps = _steps(session, campaign)
    book = playbook_of(campaign.playbook_source)
    pairs = session.execute(
        select(Rollout, Customer)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Rollout.campaign_id == campaign.id)
    ).all()
    freezes = _freezes(session, [customer.id for _, customer in pairs])
    rows: list[dict[str, object]] = []
    spans: list[dict[str, object]] = []
    early = steps.anchored(BEFORE_AGREEMENT)
    for rollout, customer in pairs:
        calendar = _calendar(customer, freezes)
        announced = calendar.today(now)
        offered = span(announced, campaign.vendor_day, book.rules)
        anchors = Anchors(
            announced=announced,
            first_slot=announced + book.rules.lead_days * DAY,
            vendor_date=campaign.vendor_day,
        )
        rows += [_row(rollout.id, 0, touch) for touch in plan(early, anchors, calendar, now)]
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
    anchors = Anchors(agreed=today, agreed_date=agreement.day, last_action=today)
    steps = _steps(session, campaign).anchored(AFTER_AGREEMENT)
    due = [step for step in steps if _applies(step.key, agreement, earlier)]
    rows = [_row(rollout.id, agreement.version, t) for t in plan(due, anchors, calendar, now)]
    insert_missing(session, Touch, rows)


def _applies(key: str, agreement: Agreement, earlier: Agreement | None) -> bool:
    """A first date is confirmed, a later one is announced as moved, a withdrawn one as gone."""
    had_date = earlier is not None and earlier.day is not None
    if key.startswith("confirm"):
        return agreement.day is not None and not had_date
    if key.startswith("moved"):
        return agreement.day is not None and had_date
    if key.startswith("withdrawn"):
        return agreement.day is None
    return True


def _replaced(agreement: Agreement, earlier: Agreement | None) -> str:
    if agreement.day is None:
        return "the date was withdrawn"
    return "the date was moved" if earlier and earlier.day else "a date was agreed"


def _cancel(session: Session, rollout_id: int, version: int, reason: str, now: datetime) -> None:
    """Take back what has not left: the older dates' touches, and the ladder that asks for one."""
    ladder = select(Step.id).where(Step.stop == "agreed")
    stale = (Touch.version > 0) | Touch.step_id.in_(ladder)
    touches = select(Touch.id).where(
        Touch.rollout_id == rollout_id,
        Touch.version < version,
        Touch.state.in_(("planned", "open")),
        stale,
    )
    session.execute(
        update(Delivery)
        .where(Delivery.touch_id.in_(touches), Delivery.state == "due")
        .values(state="cancelled", reason=reason, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Touch)
        .where(Touch.id.in_(touches))
        .values(state="cancelled", reason=reason, done_at=now)
        .execution_options(synchronize_session=False)
    )


def _steps(session: Session, campaign: Campaign) -> _Steps:
    rows = session.scalars(
        select(Step).where(Step.campaign_id == campaign.id).order_by(Step.position)
    )
    return _Steps(rows.all())


def _plan_step(row: Step) -> PlanStep:
    return PlanStep(
        id=row.id,
        key=row.key,
        anchor=row.anchor,
        offset=row.offset_days,
        business=row.business_days,
        at=row.local_time,
        stop=row.stop,
        valid_days=row.valid_days,
        required=row.required,
        compressible=row.compressible,
    )


def _row(rollout_id: int, version: int, touch: PlannedTouch) -> dict[str, object]:
    return {
        "rollout_id": rollout_id,
        "step_id": touch.step_id,
        "version": version,
        "day": touch.day,
        "due": touch.due,
        "valid_until": touch.valid_until,
        "state": "skipped" if touch.skipped else "planned",
        "reason": touch.skipped,
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


def _freezes(session: Session, customer_ids: Sequence[int]) -> Mapping[int | None, list[Closure]]:
    query = select(Freeze)
    if len(customer_ids) == 1:
        query = query.where(
            (Freeze.customer_id.is_(None)) | (Freeze.customer_id == customer_ids[0])
        )
    found: dict[int | None, list[Closure]] = {}
    for row in session.scalars(query):
        found.setdefault(row.customer_id, []).append(Closure(row.starts, row.ends, row.reason))
    return found


def _calendar(customer: Customer, freezes: Mapping[int | None, list[Closure]]) -> WorkCalendar:
    closures = (*freezes.get(None, ()), *freezes.get(customer.id, ()))
    return WorkCalendar(customer.timezone, customer.country, customer.subdivision, closures)
