"""A provider with many customers: people loaded as rows, everything else by the product's own hand.

The real clock is used, so that `rollout worker` finds the work due: the office stands a few
days back, and what it opened is still useful today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from campaigns import contact, launch, register
from campaigns.contact import due_touches
from campaigns.models import Customer, Rollout
from campaigns.playbooks import source
from campaigns.register.changes import find_change
from campaigns.rules.records import ChangeRecord, CustomerRecord, MilestoneRecord
from campaigns.store import Store
from rollout.wiring import machine_now
from tests.bench import mass
from tests.kit import ADA, BO, Office, agree_on, fresh_office, open_days, parsed

SECRET = "a secret for tests, long enough to be one"  # the same as the office's
CONTACT_COLUMNS = (
    "customer_id",
    "name",
    "email",
    "kind",
    "decision_maker",
    "site_contact",
    "manager",
    "pilot",
    "vip",
    "admin",
    "tags",
    "created_at",
)
# One letter to everybody as soon as a date is agreed, useful for a month.
PLAYBOOK = """\
name: bench
title: One letter to everyone
description: What the bench sends.
evidence: mfa
effort: {base_minutes: 0, minutes_per_person: 0}
rules: {prep_days: 5, latest_days: 3, min_lead_days: 7, shortest_lead_days: 7, lead_days: 60}
steps:
  - key: announce
    anchor: agreed
    offset: 0
    audience: all_users
    channel: mail
    title: Announce the date
    letter: announcement
    valid_days: 30
    required: true
"""


@dataclass(frozen=True)
class Size:
    """How many customers, and how many people at each."""

    customers: int
    people: int


def long_ago() -> datetime:
    """Monday of last week, nine in the morning: due by now, and still of use."""
    today = machine_now().astimezone(UTC).date()
    return datetime.combine(today - timedelta(days=today.weekday() + 7), time(9), UTC)


def settle_in(store: Store, size: Size) -> Office:
    """Staff, customers by the product's import, their people as rows."""
    office = fresh_office(store, long_ago())
    add_customers(office, size)
    add_people(store, size, office.now)
    return office


def add_customers(office: Office, size: Size) -> None:
    rows = [_customer(number) for number in range(size.customers)]
    with office.store.writing() as session:
        register.import_customers(session, parsed(*rows), who=ADA, now=office.now)


def _customer(number: int) -> CustomerRecord:
    home = f"firm{number + 1}.example"
    return CustomerRecord(
        name=f"Firm {number:05}",
        domains=(home,),
        timezone="Europe/Berlin",
        country="DE",
        account_manager="dana@harbor.example",
        tenant_id=f"firm{number}.onmicrosoft.example",
    )


def add_people(
    store: Store, size: Size, now: datetime, customers: Sequence[int] | None = None
) -> None:
    """`size.people` contacts for each customer; the first decides, the second is on site."""
    if customers is None:
        with store.reading() as session:
            customers = session.scalars(select(Customer.id).order_by(Customer.id)).all()
    mass.load(store, "contact", CONTACT_COLUMNS, _people(customers, size.people, now))
    mass.count_people(store)


def _people(customers: Sequence[int], people: int, now: datetime) -> Iterator[mass.Row]:
    for customer in customers:
        for number in range(people):
            name, address = f"Eve Arnold {number}", f"eve{number}@firm{customer}.example"
            roles = (number == 0, number == 1, number == 2, False, False, False)
            yield (customer, name, address, "person", *roles, "{}", now)


def change_of(office: Office) -> ChangeRecord:
    """A vendor's change that is due in four months."""
    day = office.now.date() + timedelta(days=120)
    return ChangeRecord(
        source_id="MC1",
        vendor="Microsoft",
        title="Second step required",
        text="Microsoft asks everybody for a second step.",
        category="auth",
        evidence="mfa",
        milestones=(MilestoneRecord("action-by", day, source="MC1"),),
    )


def register_change(office: Office) -> None:
    with office.store.writing() as session:
        register.import_changes(session, [change_of(office)], who=ADA, now=office.now)


def begin(office: Office, playbook: str = PLAYBOOK) -> int:
    """A campaign for all customers, opened, approved and started; its id."""
    register_change(office)
    with office.store.writing() as session:
        campaign = launch.open_campaign(
            session,
            name="Bench",
            change=find_change(session, "MC1"),
            playbook_source=playbook,
            choices=launch.choose_all(session),
            who=ADA,
            now=office.now,
        )
        launch.approve(session, campaign, who=BO, now=office.now, two_person=True)
        launch.start(session, campaign, who=ADA, now=office.now)
        return campaign.id


def agree_all(office: Office, every: int = 1) -> None:
    """Every customer, or every so many-th, picks the first day that is open to it."""
    with office.store.reading() as session:
        rollouts = session.scalars(select(Rollout.id).order_by(Rollout.id)).all()
    for rollout in rollouts[::every]:
        day = open_days(office, rollout)[0].day  # type: ignore[attr-defined]  # an Offer
        agree_on(office, rollout, day)


def open_touches(office: Office) -> int:
    """Open what has fallen due since, as a courier does; how many letters now wait."""
    rt, due = office.rt, 0
    while True:
        with office.store.reading() as session:
            touches = due_touches(session, machine_now(), 1000)
        for touch in touches:
            with office.store.writing() as session:
                opened = contact.open_touches(
                    session,
                    [touch.id],
                    now=office.now + timedelta(hours=4),
                    links=rt.links,
                    instance=rt.instance,
                    day_minutes=rt.day_minutes,
                )
            due += sum(one.due for one in opened)
        if not touches:
            return due


def outbox(store: Store, size: Size) -> int:
    """A provider with letters to everybody waiting in the outbox; how many."""
    office = settle_in(store, size)
    begin(office)
    agree_all(office)
    waiting = open_touches(office)
    mass.look_over(store)
    return waiting


def shipped_playbook() -> str:
    """The default playbook, where a thousand people take a technician no longer than ten do.

    Else no day has room for them, and there is no date to agree.
    """
    shipped = source("default")
    wanted = shipped.replace("minutes_per_person: 2", "minutes_per_person: 0")
    if wanted == shipped:
        raise RuntimeError("The default playbook says its effort in other words now.")
    return wanted
