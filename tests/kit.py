"""A small provider for tests: named people, plain factory functions, a clock turned by hand.

Dana manages accounts, Ada administers, Bo approves, Tess is the technician, Otto audits.
Kim Lee decides at Northwind Dental; Eve uses a computer there; Sam is a stranger."""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text

from campaigns import agree, choice, launch, register
from campaigns.facts import Provider
from campaigns.journal import Actor
from campaigns.library import shipped_changes
from campaigns.links import Links
from campaigns.models import Agreement, Campaign, Customer, Staff
from campaigns.playbooks import source
from campaigns.register.changes import find_change
from campaigns.rules.records import (
    ChangeRecord,
    ContactRecord,
    CustomerRecord,
    MilestoneRecord,
    Parsed,
)
from campaigns.store import Store
from guides import library
from rollout.wiring import instance_of
from workers.mail import MemoryMailer
from workers.runtime import HandClock, Runtime
from workers.steward import tick

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)  # a Monday, nine in the morning in Berlin
ADA = Actor("ada@harbor.example", "admin")
BO = Actor("bo@harbor.example", "approver")
STAFF = (
    ("ada@harbor.example", "Ada Moss", "admin"),
    ("bo@harbor.example", "Bo Lund", "approver"),
    ("dana@harbor.example", "Dana Reyes", "account_manager"),
    ("tess@harbor.example", "Tess Ruiz", "technician"),
    ("otto@harbor.example", "Otto Brandt", "auditor"),
)
LIBRARY = library.load()
CHANGE = ChangeRecord(
    source_id="MC1",
    vendor="Microsoft",
    title="Second step required",
    text="Microsoft asks everybody for a second step.",
    category="auth",
    evidence="mfa",
    milestones=(MilestoneRecord("action-by", datetime(2026, 12, 15).date(), source="MC1"),),
)


@dataclass
class Office:
    """A provider's installation under test."""

    rt: Runtime
    clock: HandClock
    mail: MemoryMailer

    @property
    def store(self) -> Store:
        return self.rt.store

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def later(self, **span: float) -> "Office":
        """Turn the clock on, sweeping everything that falls due on the way."""
        tick(self.rt, self.clock.now() + timedelta(**span))
        return self

    def until(self, moment: datetime) -> "Office":
        tick(self.rt, moment)
        return self


def fresh_office(store: Store, now: datetime = NOW) -> Office:
    """Staff are there; customers and campaigns are not."""
    with store.writing() as session:
        session.add_all(
            Staff(email=email, name=name, role=role, phone="555-0134", created_at=now)
            for email, name, role in STAFF
        )
    return office_at(store, now)


def office_at(store: Store, now: datetime = NOW) -> Office:
    """The installation whose database that is."""
    clock, mail = HandClock(now), MemoryMailer()
    rt = Runtime(
        store=store,
        clock=clock,
        library=LIBRARY,
        mailer=mail,
        links=Links(b"a secret for tests, long enough to be one", "https://rollout.example"),
        provider=Provider("Harbor IT", "555-0134", "Dana Reyes", "it@harbor.example"),
        instance=instance_of(store),
    )
    return Office(rt, clock, mail)


def parsed(*rows: object) -> Parsed:  # type: ignore[type-arg]
    """Rows as a reader of files would hand them over; line 1 is the header."""
    return Parsed(len(rows), [(line, row) for line, row in enumerate(rows, 2)], [])


def add_customer(
    office: Office,
    name: str = "Northwind Dental",
    *,
    people: int = 3,
    zone: str = "Europe/Berlin",
    country: str | None = "DE",
    domain: str | None = None,
    manager: str | None = "dana@harbor.example",
) -> int:
    """A customer with an owner (who decides), a site contact and `people` users; its id."""
    home = domain or f"{name.lower().replace(' ', '-')}.example"
    row = CustomerRecord(
        name=name,
        domains=(home,),
        timezone=zone,
        country=country,
        account_manager=manager,
        tenant_id=f"{home.split('.')[0]}.onmicrosoft.example",
    )
    contacts = [
        ContactRecord(name, "Kim Lee", f"kim@{home}", ("decision_maker",)),
        ContactRecord(name, "Pat Ode", f"pat@{home}", ("site_contact",)),
        *(ContactRecord(name, f"Eve {n}", f"eve{n}@{home}") for n in range(people)),
    ]
    with office.store.writing() as session:
        register.import_customers(session, parsed(row), who=ADA, now=office.now)
        register.import_contacts(session, parsed(*contacts), who=ADA, now=office.now)
        return session.query(Customer.id).filter_by(name=name).scalar()


def open_campaign(
    office: Office,
    name: str = "MFA for everyone",
    *,
    change: ChangeRecord = CHANGE,
    playbook: str = "default",
    start: bool = True,
) -> int:
    """A campaign for all customers, opened by Ada, approved by Bo, running; its id."""
    with office.store.writing() as session:
        register.import_changes(session, [change], who=ADA, now=office.now)
        campaign = launch.open_campaign(
            session,
            name=name,
            change=find_change(session, change.source_id),
            playbook_source=source(playbook),
            choices=launch.choose_all(session),
            who=ADA,
            now=office.now,
        )
        if start:
            launch.approve(session, campaign, who=BO, now=office.now, two_person=True)
            launch.start(session, campaign, who=ADA, now=office.now)
        return campaign.id


def rollout_id(office: Office, campaign_id: int, customer: str = "Northwind Dental") -> int:
    with office.store.reading() as session:
        campaign = session.get_one(Campaign, campaign_id)
        return agree.find_rollout(session, campaign, customer).id


def open_days(office: Office, rollout: int) -> list[object]:
    """The days that this customer can have, as the page offers them."""
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        return [day for day in choice.offers(session, case) if day.verdict.open]


def shipped(source_id: str) -> ChangeRecord:
    """A change of the shipped library."""
    return next(row for row in shipped_changes() if row.source_id == source_id)


@dataclass(frozen=True)
class Sent:
    """A letter as it was handed over; `at` is UTC."""

    step: str
    address: str
    at: datetime
    subject: str
    delivery: str
    message_id: str


def sent(office: Office) -> list[Sent]:
    """Every letter that the mail server took, in order."""
    found = []
    for envelope in office.mail.letters:
        letter = email.message_from_bytes(envelope.message, policy=email.policy.default)
        found.append(
            Sent(
                letter["X-Rollout-Step"],
                envelope.recipient,
                letter["Date"].datetime.astimezone(UTC),
                str(letter["Subject"]),
                letter["X-Rollout-Delivery"],
                letter["Message-ID"],
            )
        )
    return found


def agree_on(
    office: Office,
    rollout: int,
    day: date,
    *,
    at: time = time(18),
    key: str = "",
    staff: str | None = None,
) -> Agreement:
    """Kim Lee picks that day by her link, or a member of staff enters it."""
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        chooser = agree.Chooser("Kim Lee", "owner", staff=staff)
        return agree.agree(
            session,
            case,
            day=day,
            at=at,
            chooser=chooser,
            answer_key=key or f"form {day} {at} {staff} {case.rollout.version}",
            now=office.now,
        )


def withdraw(office: Office, rollout: int, *, staff: str | None = None) -> Agreement:
    with office.store.writing() as session:
        case = choice.open_case(session, rollout, office.now, office.rt.day_minutes)
        chooser = agree.Chooser("Kim Lee", "owner", staff=staff)
        key = f"withdrawn {case.rollout.version}"
        return agree.withdraw(session, case, chooser=chooser, answer_key=key, now=office.now)


def rows_of(office: Office, sql: str, **values: Any) -> list[Any]:
    """What hand-written SQL says: the tests' own way to count."""
    with office.store.reading() as session:
        return [tuple(row) for row in session.execute(text(sql), values)]
