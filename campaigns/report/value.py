"""Avoided disruption: 5 / 50 / 95 % ranges, the labour it cost, the grade, the assumptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from campaigns.boards.campaign import CustomerLine
from campaigns.models import (
    Campaign,
)
from campaigns.report.adoption import chosen, instant
from campaigns.report.inputs import (
    MINUTES_A_LETTER,
    MINUTES_A_TASK,
    Counted,
    count_customer,
    done_before_start,
    first_messages,
    labour_hours_of,
)
from campaigns.rules.assumptions import assumptions_table
from campaigns.rules.value import Avoided, Range, net_hours, simulate_each

WINDOW_AFTER = timedelta(days=14)
# Planned labour of the campaign itself, in technician minutes; judgement, shown as such.


GRADE = "D"


GRADE_WORDS = "estimate from assumptions, not measured"


@dataclass(frozen=True, slots=True)
class ValueReport:
    """Avoided disruption for one campaign; every figure is a 5 / 50 / 95 % range."""

    campaign: str
    as_of: datetime
    window: tuple[datetime | None, datetime | None]
    rows: Sequence[tuple[Counted, Avoided]]
    total: Avoided
    labour_hours: float

    def as_json(self) -> dict[str, Any]:
        """The shape of `rollout report value --json`."""
        return {
            "campaign": self.campaign,
            "as_of": instant(self.as_of),
            "grade": GRADE,
            "grade_words": GRADE_WORDS,
            "window": {"from": instant(self.window[0]), "until": instant(self.window[1])},
            "customers": [_row_json(counted, avoided) for counted, avoided in self.rows],
            "total": _figures(self.total, self.labour_hours)
            | {"people_counted": sum(c.users for c, _ in self.rows if c.counts)},
            "assumptions": assumptions(),
        }


def value(
    session: Session, campaign: Campaign, now: datetime, customer: str | None = None
) -> ValueReport:
    """What was avoided, per customer and in sum.

    Unit and window as in the value model: people of a customer whose agreed date has
    come, without those who were done before the campaign began; from the first message
    to fourteen days after the last agreed date. Ranges of a sum share their parameters,
    so they add.
    """
    return value_of(session, campaign, now, chosen(session, campaign, now, customer))


def value_of(
    session: Session, campaign: Campaign, now: datetime, lines: Sequence[CustomerLine]
) -> ValueReport:
    """The same for customers whose lines have been read."""
    before = done_before_start(session, campaign, now.date())
    labour = labour_hours_of(session, campaign)
    first = first_messages(session, campaign)
    counted = [count_customer(line, before, labour, first, now) for line in lines]
    users = {c.customer: c.users if c.counts else 0 for c in counted}
    each, total = simulate_each(users)
    return ValueReport(
        campaign=campaign.name,
        as_of=now,
        window=_window(counted),
        rows=[(c, each[c.customer]) for c in counted],
        total=total,
        labour_hours=sum(c.labour_hours for c in counted if c.counts),
    )


def assumptions() -> list[dict[str, Any]]:
    """Every assumption behind the figures: {name, value, grade, source}."""
    own = {"grade": "assumption", "source": "judgement; replace with your own times"}
    return [
        *assumptions_table(),
        {"name": "labour for one letter", "value": f"{MINUTES_A_LETTER} min", **own},
        {"name": "labour for one task", "value": f"{MINUTES_A_TASK:.0f} min", **own},
    ]


def _window(counted: Sequence[Counted]) -> tuple[datetime | None, datetime | None]:
    starts = [c.first_message for c in counted if c.counts and c.first_message]
    ends = [c.agreed_day for c in counted if c.counts and c.agreed_day]
    if not starts or not ends:
        return None, None
    last = datetime.combine(max(ends), datetime.min.time(), tzinfo=starts[0].tzinfo)
    return min(starts), last + WINDOW_AFTER


def _row_json(counted: Counted, avoided: Avoided) -> dict[str, Any]:
    return {
        "customer": counted.customer,
        **_figures(avoided, counted.labour_hours if counted.counts else 0.0),
        "people_counted": counted.users if counted.counts else 0,
        "done_before": counted.done_before,
        "counted": counted.counts,
        "why_not": counted.why_not or None,
        "grade": GRADE,
    }


def _figures(avoided: Avoided, labour: float) -> dict[str, Any]:
    return {
        "avoided": {
            "tickets": _range(avoided.tickets),
            "technician_hours": _range(avoided.technician_hours),
            "user_hours": _range(avoided.user_hours),
        },
        "campaign_labour_hours": round(labour, 2),
        "net_technician_hours": _range(net_hours(avoided.technician_hours, labour)),
    }


def _range(figure: Range) -> dict[str, float]:
    return {
        "low": round(figure.low, 2),
        "likely": round(figure.likely, 2),
        "high": round(figure.high, 2),
    }
