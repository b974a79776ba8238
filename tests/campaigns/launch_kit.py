"""A draft and the steps that move it on."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from campaigns import launch
from campaigns.models import Campaign
from campaigns.rules.records import ChangeRecord
from tests.kit import (
    ADA,
    BO,
    Office,
    add_customer,
    open_campaign,
    rows_of,
)

UNDATED = ChangeRecord("MC9", "Microsoft", "Something", "Some day.", evidence="mfa")


def act(office: Office, campaign: int, step: Callable[[Session, Campaign], Any]) -> None:
    with office.store.writing() as session:
        step(session, session.get_one(Campaign, campaign))


def approve(office: Office, campaign: int, who: Any = BO, two_person: bool = True) -> None:
    act(
        office,
        campaign,
        lambda s, c: launch.approve(s, c, who=who, now=office.now, two_person=two_person),
    )


def start(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.start(s, c, who=ADA, now=office.now))


def hold(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.hold(s, c, why="storm", who=ADA, now=office.now))


def resume(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.resume(s, c, who=ADA, now=office.now))


def finish(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.finish(s, c, who=ADA, now=office.now))


def cancel(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.cancel(s, c, who=ADA, now=office.now))


def draft(office: Office) -> int:
    add_customer(office)
    return open_campaign(office, start=False)


def state(office: Office) -> str:
    [(word,)] = rows_of(office, "SELECT state FROM campaign")
    return str(word)
