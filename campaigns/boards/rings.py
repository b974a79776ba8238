"""The waves of one campaign: how each stands, who is in it, and who is in none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.models import Campaign, Customer, Rollout
from campaigns.rules.waves import Ring
from campaigns.waves import closed_on, waves_of


@dataclass(frozen=True, slots=True)
class RingLine:
    """One wave; `closed` says why no date of it can be had yet, and is empty where it is open."""

    id: int
    ring: Ring
    stop_percent: int
    closed: str
    customers: Sequence[str]

    @property
    def is_over_when(self) -> str:
        """Its exit, as half a sentence."""
        words = f"{self.ring.exit_share} % are verified"
        if not self.ring.exit_days:
            return words
        days = "1 day" if self.ring.exit_days == 1 else f"{self.ring.exit_days} days"
        return f"{words} and the last of its dates lies {days} back"


@dataclass(frozen=True, slots=True)
class Rings:
    """All waves in their order, and the customers of no wave as (number, name)."""

    campaign: str
    lines: Sequence[RingLine]
    free: Sequence[tuple[int, str]]


def rings(session: Session, campaign: Campaign, today: date) -> Rings:
    """In three statements, however many customers there are."""
    found = waves_of(session, campaign.id)
    reasons = closed_on(found, today)
    rows = session.execute(
        select(Rollout.wave_id, Customer.id, Customer.name)
        .join(Customer, Customer.id == Rollout.customer_id)
        .where(Rollout.campaign_id == campaign.id, Rollout.state != "excepted")
        .order_by(Customer.folded_name)
    )
    members: dict[int | None, list[tuple[int, str]]] = {}
    for wave, key, name in rows:
        members.setdefault(wave, []).append((key, name))
    lines = [
        RingLine(
            wave.id,
            ring,
            wave.stop_percent,
            reasons.get(wave.id, ""),
            [name for _, name in members.get(wave.id, ())],
        )
        for wave, ring in found
    ]
    return Rings(campaign.name, lines, members.get(None, []))
