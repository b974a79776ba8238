"""Letters that are due, and what couriers and the steward do with them."""

from datetime import datetime, timedelta

from campaigns import contact, launch
from campaigns.contact import Claim, Settlement, Written
from campaigns.models import Campaign
from tests.kit import (
    ADA,
    Office,
    add_customer,
    open_campaign,
    rows_of,
)
from workers.opening import open_due

LEASE = timedelta(minutes=5)
STATES = "SELECT state, count(*) FROM delivery GROUP BY state"


def invited(office: Office, customers: int = 1) -> int:
    """A running campaign whose invitations are due and not yet sent; its id."""
    for n in range(customers):
        add_customer(office, f"Customer {n}", people=1)
    campaign = open_campaign(office)
    office.clock.move_to(office.now + timedelta(hours=1))
    open_due(office.rt, office.now)
    return campaign


def take(office: Office, token: str = "mine", limit: int = 50) -> list[Claim]:
    with office.store.writing() as session:
        return contact.claim_due(
            session,
            now=office.now,
            machine=office.now,
            lease=LEASE,
            token=token,
            limit=limit,
        ).claims


def mark(office: Office, claim: Claim, machine: datetime | None = None) -> bool:
    with office.store.writing() as session:
        contact.keep_letter(session, "v1", "invitation", "en", {}, office.now)
        written = Written(
            "<1@x.example>", claim.contact.email, "v1", {"first_name": "Kim"}, "", None
        )
        return bool(
            contact.mark(
                session,
                claim.token,
                [(claim, written)],
                now=office.now,
                machine=machine or office.now,
                lease=LEASE,
            )
        )


def settle(office: Office, claim: Claim, state: str, *, at_once: bool = False) -> bool:
    with office.store.writing() as session:
        outcome = Settlement(claim, state, f"said {state}", at_once=at_once)
        return bool(contact.settle(session, claim.token, [outcome], office.now))


def hold(office: Office, campaign: int) -> None:
    with office.store.writing() as session:
        found = session.get_one(Campaign, campaign)
        launch.hold(session, found, why="wait", who=ADA, now=office.now)


def finish(office: Office, campaign: int) -> None:
    with office.store.writing() as session:
        launch.finish(session, session.get_one(Campaign, campaign), who=ADA, now=office.now)


def states(office: Office) -> dict[str, int]:
    return dict(rows_of(office, STATES))


def rescue(office: Office, machine: datetime) -> dict[str, int]:
    with office.store.writing() as session:
        return contact.rescue(session, now=office.now, machine=machine)
