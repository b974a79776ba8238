"""What has happened and will happen at one customer in one campaign, by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.models import Agreement, Delivery, Rollout, Step, Touch
from campaigns.rules.days import brief_day

WAITS = "waits until the wave of this customer is open, and goes on another day then"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline; `ahead` lies below today's line."""

    at: datetime
    kind: str  # letter, task, agreement, skipped, planned
    title: str
    detail: str
    ahead: bool
    touch_id: int | None = None
    counts: tuple[tuple[str, int], ...] = ()


def timeline(
    session: Session, rollout: Rollout, agreements: Sequence[Agreement], now: datetime
) -> list[Happening]:
    counts: dict[int, list[tuple[str, int]]] = {}
    for touch_id, state, many in session.execute(
        select(Delivery.touch_id, Delivery.state, func.count())
        .join(Touch, Touch.id == Delivery.touch_id)
        .where(Touch.rollout_id == rollout.id)
        .group_by(Delivery.touch_id, Delivery.state)
        .order_by(Delivery.state)
    ):
        counts.setdefault(touch_id, []).append((state, many))
    rows = session.execute(
        select(Touch, Step)
        .join(Step, Step.id == Touch.step_id)
        .where(Touch.rollout_id == rollout.id)
    )
    found = [_touch_line(touch, step, tuple(counts.get(touch.id, ())), now) for touch, step in rows]
    found += [_agreement_line(agreement) for agreement in agreements]
    return sorted(found, key=lambda line: line.at)


def _touch_line(
    touch: Touch, step: Step, counts: tuple[tuple[str, int], ...], now: datetime
) -> Happening:
    kind = {
        "planned": "planned",
        "waiting": "planned",
        "skipped": "skipped",
        "cancelled": "skipped",
    }.get(touch.state, "task" if step.channel == "task" else "letter")
    at = touch.opened_at or touch.due
    why = WAITS if touch.state == "waiting" else touch.reason or touch.note or ""
    return Happening(at, kind, step.title, why, at > now, touch.id, counts)


def _agreement_line(agreement: Agreement) -> Happening:
    by = f"{agreement.by_name}, {agreement.by_role}"
    if agreement.day is None or agreement.local_time is None:
        return Happening(agreement.at, "agreement", "Date withdrawn", by, False)
    day = f"{brief_day(agreement.day)} {agreement.local_time:%H:%M}"
    how = agreement.how.replace("_", " ")
    return Happening(agreement.at, "agreement", f"Agreed: {day}", f"{by} ({how})", False)
