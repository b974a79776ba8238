"""A customer that was asked for a date, and what comes of choosing one."""

from datetime import date
from typing import Any

from campaigns import agree
from campaigns.errors import Conflict
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
)

TESS = "tess@harbor.example"
KIM = agree.Chooser("Kim Lee", "owner")
MINUTES = "SELECT day, capacity, taken FROM technician_day ORDER BY day, lane"


def invited(office: Office, **customer: Any) -> int:
    """A customer that was asked for a date; its rollout."""
    add_customer(office, **customer)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return rollout


def free(office: Office, rollout: int) -> list[date]:
    return [day.day for day in open_days(office, rollout)]  # type: ignore[attr-defined]


def taken(office: Office) -> int:
    return sum(minutes for _, _, minutes in rows_of(office, MINUTES))


def code_of(office: Office, rollout: int, day: date, **more: Any) -> str:
    """The code with which a choice is refused, or `agreed`."""
    try:
        agree_on(office, rollout, day, **more)
    except Conflict as refused:
        return refused.code
    return "agreed"
