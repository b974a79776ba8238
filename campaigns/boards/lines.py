"""One customer's line in a campaign, and its JSON."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from campaigns.rules.adoption import People


@dataclass(frozen=True, slots=True)
class Agreed:
    """The date that stands, as the customer was promised it."""

    day: date
    time: time
    zone: str
    how: str
    version: int
    instant: datetime


@dataclass(frozen=True, slots=True)
class NextTouch:
    """What comes next for this customer."""

    key: str
    title: str
    due: datetime
    day: date
    rung: str = ""  # of which ladder it is a step


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """One customer's row. `risks` are reasons in words, the gravest first; empty is fine."""

    rollout_id: int
    customer_id: int
    customer: str
    zone: str
    account_manager: str | None
    state: str
    agreed: Agreed | None
    proposed_day: date | None
    next_touch: NextTouch | None
    people: People
    risks: tuple[str, ...]

    @property
    def day(self) -> date | None:
        """The day agreed."""
        return self.agreed.day if self.agreed else None


def line_json(line: CustomerLine) -> dict[str, Any]:
    agreed = line.agreed
    following = line.next_touch
    return {
        "customer": line.customer,
        "state": line.state,
        "agreed": None
        if agreed is None
        else {
            "date": agreed.day.isoformat(),
            "time": f"{agreed.time:%H:%M}",
            "zone": agreed.zone,
            "how": agreed.how,
            "version": agreed.version,
        },
        "next_touch": None
        if following is None
        else {
            "step": following.key,
            "title": following.title,
            "date": following.day.isoformat(),
            "at": following.due.isoformat().replace("+00:00", "Z"),
            "rung": following.rung or None,
        },
        "people": people_json(line.people),
        "risks": list(line.risks),
    }


def people_json(counted: People) -> dict[str, int]:
    """Counts with their whole: total = done + not_done + unknown + excepted."""
    return {
        "total": counted.total,
        "done": counted.done,
        "not_done": counted.not_done,
        "unknown": counted.unknown,
        "excepted": counted.excepted,
    }
