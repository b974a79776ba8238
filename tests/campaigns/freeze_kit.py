"""Freezes and working weeks as staff set them."""

from collections.abc import Sequence
from datetime import date, timedelta

from campaigns import frozen
from campaigns.models import Agreement
from campaigns.register.freezes import add_freeze, find_freeze
from campaigns.register.weeks import set_week
from campaigns.rules.calendar import Closure
from campaigns.rules.hours import read
from campaigns.struck import Struck, struck
from tests.kit import ADA, Office


def freeze(
    office: Office,
    first: date,
    last: date | None = None,
    *,
    customer: int | None = None,
    campaign: int | None = None,
    repeats: str = "once",
    workdays: int = 0,
    until: date | None = None,
    reason: str = "payroll",
) -> int:
    days = Closure(first, last or first, reason, repeats, workdays, until)
    with office.store.writing() as session:
        made = add_freeze(
            session, days, customer_id=customer, campaign_id=campaign, who=ADA, now=office.now
        )
        return made.freeze.id


def week(office: Office, customer: int | None, words: str | None) -> None:
    with office.store.writing() as session:
        said = read(words) if words else None
        set_week(session, customer, said, who=ADA, now=office.now)


def listed(office: Office, number: int) -> Sequence[Struck]:
    with office.store.reading() as session:
        row = find_freeze(session, number).freeze
        return struck(session, row, office.now, office.rt.day_minutes)


def moves(found: Sequence[Struck]) -> list[frozen.Move]:
    """What is approved where everything on the list is."""
    return [
        frozen.Move(one.rollout_id, one.version, one.to, one.to_at)
        for one in found
        if one.to and one.to_at
    ]


def approve(office: Office, number: int, wanted: Sequence[frozen.Move]) -> Sequence[Agreement]:
    with office.store.writing() as session:
        return frozen.approve(
            session,
            find_freeze(session, number),
            wanted,
            who=ADA,
            now=office.now,
            day_minutes=office.rt.day_minutes,
        )


def keep(office: Office, number: int, one: Struck, why: str = "they asked for it") -> None:
    with office.store.writing() as session:
        row = find_freeze(session, number).freeze
        frozen.keep(session, row, one.rollout_id, one.version, why, who=ADA, now=office.now)


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)
