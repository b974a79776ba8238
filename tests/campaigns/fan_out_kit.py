"""A date is agreed; who is told what, and why somebody is not."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
)

HOME = "northwind-dental.example"
REASONS = """
    SELECT contact.email, delivery.state, delivery.reason
    FROM delivery JOIN contact ON contact.id = delivery.contact_id
    JOIN touch ON touch.id = delivery.touch_id JOIN step ON step.id = touch.step_id
    WHERE step.key = :step ORDER BY contact.email
"""


def berlin(day: date, at: time = time(9)) -> datetime:
    return datetime.combine(day, at, tzinfo=ZoneInfo("Europe/Berlin"))


def agreed(office: Office, place: int = 5) -> tuple[int, int, date]:
    """Campaign, rollout and the day that Kim picked."""
    add_customer(office)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign)
    office.later(hours=1)
    day = open_days(office, rollout)[place].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    return campaign, rollout, day


def reasons(office: Office, step: str) -> dict[str, tuple[str, str | None]]:
    return {mail: (state, why) for mail, state, why in rows_of(office, REASONS, step=step)}


def told(office: Office, step: str) -> set[str]:
    return {letter.address.partition("@")[0] for letter in sent(office) if letter.step == step}
