"""Station waiting: nobody is asked for a date before one can be had.

While a customer's wave is not open, what asks it for a date waits; from the day on which it may
choose it is asked as if the campaign had begun then. Who was asked before a hold is asked on.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, literal_column, select, update
from sqlalchemy.orm import Session

from campaigns import schedule
from campaigns.models import ON, Campaign, Customer, Rollout, Step, Touch, Wave
from campaigns.rows import rows_of
from campaigns.rules.calendar import DAY, local_instant
from campaigns.rules.dates import span
from campaigns.rules.ladder import Anchors
from campaigns.rules.plan import plan
from campaigns.terms import calendar_of, playbook_of
from campaigns.waves import waiting_on, waves_of

UNDECIDED = ("planned", "invited", "proposed")
# What asks for a date counts from the first that can be had.
_ASKS = select(Step.id).where(Step.stop == "agreed", Step.anchor.in_(("announced", "first_slot")))
_ANY_WAITS = select(Touch.id).where(Touch.state == literal_column("'waiting'")).limit(1)
_ROLLOUTS = (
    select(Rollout.id, Rollout.wave_id, Customer.timezone)
    .join(Customer, Customer.id == Rollout.customer_id)
    .where(Rollout.campaign_id == bindparam("campaign"), Rollout.state.in_(UNDECIDED))
    .order_by(Rollout.id)
)
_WAITERS = _ROLLOUTS.where(
    select(Touch.id)
    .where(Touch.rollout_id == Rollout.id, Touch.state == literal_column("'waiting'"))
    .correlate(Rollout)
    .exists()
)
_MAKE_WAIT = (
    update(Touch)
    .where(
        Touch.rollout_id.in_(bindparam("rollouts", expanding=True)),
        Touch.state == "planned",
        Touch.version == 0,
        Touch.step_id.in_(_ASKS),
    )
    .values(state="waiting")
    .execution_options(synchronize_session=False)
)
_WAITING = (
    select(Touch)
    .where(
        Touch.rollout_id.in_(bindparam("rollouts", expanding=True)),
        Touch.state == "waiting",
    )
    .order_by(Touch.rollout_id, Touch.day, Touch.id)
)
_OPENINGS = (
    select(Wave.opens_on, Customer.timezone)
    .distinct()
    .join(Rollout, Rollout.wave_id == Wave.id)
    .join(Customer, Customer.id == Rollout.customer_id)
    .join(Campaign, Campaign.id == Wave.campaign_id)
    .where(Wave.opens_on >= bindparam("since"), Campaign.state == "running")
)


def anybody_waits(session: Session) -> bool:
    """Whether there is anything to go on with once a wave opens."""
    return rows_of(session, _ANY_WAITS).first() is not None


def follow(session: Session, campaign: Campaign, now: datetime) -> None:
    """What asks for dates waits from now on, or goes on, as the campaign's waves stand."""
    shut = [rollout for rollout, open_ in _stand(session, campaign, _ROLLOUTS, now) if not open_]
    if shut:
        session.connection().execute(_MAKE_WAIT, {"rollouts": shut})
    _go_on(session, campaign, now)


def go_on(session: Session, now: datetime) -> None:
    """Whoever waited and may choose now is asked from today on."""
    waited = select(Rollout.campaign_id).join(Touch, Touch.rollout_id == Rollout.id)
    found = set(session.scalars(waited.where(Touch.state == literal_column("'waiting'"))))
    campaigns = select(Campaign).where(Campaign.id.in_(found), Campaign.state.in_(ON))
    for campaign in session.scalars(campaigns.order_by(Campaign.id)).all():
        _go_on(session, campaign, now)


def next_opening(session: Session, after: datetime, until: datetime) -> datetime | None:
    """The next instant in (after, until] at which a wave's own day begins for a customer of it."""
    rows = rows_of(session, _OPENINGS, since=after.date() - DAY)
    days = (local_instant(day, datetime.min.time(), zone)[0] for day, zone in rows)
    return min((moment for moment in days if after < moment <= until), default=None)


def still_waiting(session: Session, campaign_ids: Iterable[int]) -> Mapping[str, int]:
    """How many customers of each of these campaigns are not asked yet, by the campaign's name."""
    rows = session.execute(
        select(Campaign.name, Rollout.id)
        .distinct()
        .join(Rollout, Rollout.campaign_id == Campaign.id)
        .join(Touch, Touch.rollout_id == Rollout.id)
        .where(Touch.state == "waiting", Campaign.id.in_(list(campaign_ids)))
    )
    counts: dict[str, int] = {}
    for name, _ in rows:
        counts[name] = counts.get(name, 0) + 1
    return counts


def _stand(
    session: Session, campaign: Campaign, which: Select[int, int | None, str], now: datetime
) -> list[tuple[int, bool]]:
    """The rollouts, and whether the wave of each is open by its customer's own day."""
    waves = waves_of(session, campaign.id)
    closed: dict[date, Mapping[int | None, str]] = {}
    found = []
    for rollout, wave, zone in rows_of(session, which, campaign=campaign.id):
        today = now.astimezone(ZoneInfo(zone)).date()
        if today not in closed:
            closed[today] = waiting_on(waves, today)
        found.append((rollout, wave not in closed[today]))
    return found


def _go_on(session: Session, campaign: Campaign, now: datetime) -> None:
    may = [rollout for rollout, open_ in _stand(session, campaign, _WAITERS, now) if open_]
    if not may:
        return
    steps = schedule.steps_of(session, campaign)
    by_rollout: dict[int, list[Touch]] = {}
    for touch in session.scalars(_WAITING, {"rollouts": may}):
        by_rollout.setdefault(touch.rollout_id, []).append(touch)
    for rollout_id, touches in by_rollout.items():
        _ask(session, campaign, session.get_one(Rollout, rollout_id), touches, steps, now)


def _ask(
    session: Session,
    campaign: Campaign,
    rollout: Rollout,
    touches: Sequence[Touch],
    steps: schedule.Steps,
    now: datetime,
) -> None:
    """Plan what waits from today on, in the order and at the distances of the playbook."""
    book = playbook_of(campaign.playbook_source)
    calendar = calendar_of(session, session.get_one(Customer, rollout.customer_id), campaign.id)
    today = calendar.today(now)
    late = max(0, (today - touches[0].day).days) * DAY
    begun = calendar.today(campaign.started_at or now) + late
    if rollout.state == "planned":
        offered = span(begun, rollout.vendor_day or campaign.vendor_day, book.rules)
        rollout.first_day, rollout.last_day = offered.first, offered.last
    anchors = Anchors(
        announced=begun,
        first_slot=begun + book.rules.lead_days * DAY,
        vendor_date=rollout.vendor_day or campaign.vendor_day,
    )
    waiting = {touch.step_id: touch for touch in touches}
    asks = [step for step in steps.anchored(schedule.BEFORE_AGREEMENT) if step.id in waiting]
    for planned in plan(asks, anchors, calendar, now):
        row = schedule.row_of(rollout.id, 0, planned)
        for name, value in row.items():
            setattr(waiting[planned.step_id], name, value)
