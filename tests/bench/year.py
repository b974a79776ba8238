"""A provider's year with a fixed seed: campaigns over all its customers, a few people each."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import migrations
from campaigns import launch, register
from campaigns.models import Customer, Staff
from campaigns.playbooks import source
from campaigns.register.changes import find_change
from campaigns.rules.records import ChangeRecord, CustomerRecord, MilestoneRecord
from campaigns.store import Store
from tests.bench import mass
from tests.bench.crowd import CONTACT_COLUMNS
from tests.kit import ADA, BO, NOW, Office, fresh_office, parsed

SEED = 4
FEWEST, MOST = 3, 10  # people at a customer
TECHNICIANS = 8
PLACES = (
    ("Europe/Berlin", "DE"),
    ("Europe/London", "GB"),
    ("America/New_York", "US"),
    ("Australia/Sydney", "AU"),
)
BOOKS = ("authentication-all-users", "client-swap", "end-of-support", "back-end-retirement")
FIRST_DATE, LAST_DATE = 90, 350  # days from now to the vendors' days


def settle_in(store: Store, customers: int, campaigns: int) -> Office:
    """Technicians, customers with three to ten people, and running campaigns for all of them.

    The same at every call; nobody has agreed on a date.
    """
    migrations.upgrade(store.engine)
    office = fresh_office(store, NOW)
    _add_technicians(office)
    dice = Random(SEED)
    rows = [_customer(number) for number in range(customers)]
    with store.writing() as session:
        register.import_customers(session, parsed(*rows), who=ADA, now=NOW)
        names = {row.name: row for row in session.query(Customer)}
    mass.load(store, "contact", CONTACT_COLUMNS, _people([names[r.name].id for r in rows], dice))
    mass.count_people(store)
    for number in range(campaigns):
        _open(office, number, campaigns)
    return office


def _add_technicians(office: Office) -> None:
    with office.store.writing() as session:
        session.add_all(
            Staff(email=f"tech{n}@harbor.example", name=f"Tech {n}", role="technician",
                  created_at=NOW)
            for n in range(1, TECHNICIANS)
        )  # fmt: skip


def _customer(number: int) -> CustomerRecord:
    zone, country = PLACES[number % len(PLACES)]
    return CustomerRecord(
        name=f"Firm {number:03}",
        domains=(f"firm{number}.example",),
        timezone=zone,
        country=country,
        account_manager="dana@harbor.example",
    )


def _people(customers: list[int], dice: Random) -> Iterator[mass.Row]:
    for customer in customers:
        for number in range(dice.randint(FEWEST, MOST)):
            roles = (number == 0, number == 1, number == 2, False, False, False)
            name, address = f"Eve Arnold {number}", f"eve{number}@firm{customer}.example"
            yield (customer, name, address, "person", *roles, "{}", NOW)


def _open(office: Office, number: int, campaigns: int) -> None:
    span = (LAST_DATE - FIRST_DATE) // max(1, campaigns - 1)
    day = NOW.date() + timedelta(days=FIRST_DATE + span * number)
    change = ChangeRecord(
        source_id=f"MC{number}",
        vendor="Microsoft",
        title=f"Change {number}",
        text="Microsoft changes something for everybody.",
        category="auth",
        evidence="mfa",
        milestones=(MilestoneRecord("action-by", day, source=f"MC{number}"),),
    )
    with office.store.writing() as session:
        register.import_changes(session, [change], who=ADA, now=NOW)
        campaign = launch.open_campaign(
            session,
            name=f"Campaign {number:02}",
            change=find_change(session, change.source_id),
            playbook_source=source(BOOKS[number % len(BOOKS)]),
            choices=launch.choose_all(session),
            who=ADA,
            now=NOW,
        )
        launch.approve(session, campaign, who=BO, now=NOW, two_person=True)
        launch.start(session, campaign, who=ADA, now=NOW)
