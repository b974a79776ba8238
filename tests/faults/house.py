"""A provider's installation with letters due now: made by the product's own stations, quickly."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import column, text

from campaigns import agree, choice, launch, register
from campaigns.models import Campaign, Customer
from campaigns.models.base import UtcInstant
from campaigns.register.changes import find_change
from campaigns.rules.records import (
    ChangeRecord,
    ContactRecord,
    CustomerRecord,
    MilestoneRecord,
)
from campaigns.store import Store
from rollout.wiring import RealClock, machine_now
from tests.kit import ADA, BO, Office, fresh_office, parsed
from workers.runtime import Runtime

SECRET = "a secret for tests, long enough to be one"  # as tests/kit.py signs links
DAY_MINUTES = 6000
ANNOUNCED_BEFORE = 30  # days before the agreed day
STARTED_BEFORE = timedelta(days=8)
PLAYBOOK = f"""
name: for-faults
title: One letter to everybody
description: Everybody's letter has been due for some days and is useful for some more.
evidence: mfa
effort: {{base_minutes: 10, minutes_per_person: 0}}
rules:
  prep_days: 14
  latest_days: 3
  lead_days: {ANNOUNCED_BEFORE}
  min_lead_days: {ANNOUNCED_BEFORE}
  shortest_lead_days: 7
  avoid_weekdays: []
  avoid_holiday_eves: false
  slots: ["08:00", "12:30", "18:00"]
  change_cutoff_days: 2
  quiet_hours: false
steps:
  - key: announce
    anchor: agreed_date
    offset: -{ANNOUNCED_BEFORE}
    audience: all_users
    channel: mail
    title: Announce the date
    letter: announcement
    valid_days: 15
    required: true
  - key: moved-people
    anchor: agreed
    offset: 0
    audience: told_other_day
    channel: mail
    title: Tell people who were told another date
    letter: date-moved-people
    valid_days: 7
    required: true
"""


@dataclass(frozen=True)
class Plan:
    """How large: `waves` campaigns over as many customers each; all but the first are held."""

    customers: int = 10
    people: int = 10
    waves: int = 1

    @property
    def letters(self) -> int:
        return self.customers * self.people * self.waves


@dataclass(frozen=True)
class House:
    """The rows are there; `rt` acts on them at the machine's own time, as a page would."""

    rt: Runtime
    plan: Plan

    @property
    def store(self) -> Store:
        return self.rt.store

    @property
    def now(self) -> datetime:
        return self.rt.clock.now()

    @property
    def office(self) -> Office:
        """For the functions of tests/kit.py that ask nothing of the clock but the time."""
        return Office(self.rt, self.rt.clock, self.rt.mailer)  # type: ignore[arg-type]

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        with self.store.reading() as session:
            return [tuple(row) for row in session.execute(text(sql), values)]

    def instants(self, sql: str, **values: object) -> list[datetime]:
        """One column of instants, whatever the engine keeps them as; NULL is left out."""
        with self.store.reading() as session:
            found = session.scalars(text(sql).columns(column("moment", UtcInstant())), values)
            return [moment for moment in found if moment is not None]

    def states(self) -> dict[str, int]:
        """How many letters stand in each state."""
        found = self.rows("SELECT state, count(*) FROM delivery GROUP BY state")
        return {str(state): int(str(count)) for state, count in found}

    def move(self, word: str, wave: int = 0) -> datetime:
        """Hold, resume, finish or cancel a wave's campaign; when that was committed."""
        acts = {"resume": launch.resume, "finish": launch.finish, "cancel": launch.cancel}
        with self.store.writing() as session:
            campaign = session.query(Campaign).filter_by(name=wave_name(wave)).one()
            if word == "hold":
                launch.hold(session, campaign, why="", who=ADA, now=self.now)
            else:
                acts[word](session, campaign, who=ADA, now=self.now)
        return machine_now()

    def rollouts(self, wave: int = 0) -> list[int]:
        sql = """SELECT r.id FROM rollout r JOIN campaign c ON c.id = r.campaign_id
                 WHERE c.name = :name ORDER BY r.id"""
        return [int(str(id_)) for (id_,) in self.rows(sql, name=wave_name(wave))]


def wave_name(wave: int) -> str:
    return f"Wave {wave}"


def build(store: Store, plan: Plan) -> House:
    """Customers with people, a date agreed for each, one letter a person due since days.

    The database must be migrated and empty.
    """
    start = machine_now() - STARTED_BEFORE
    office = fresh_office(store, start)
    for wave in range(plan.waves):
        _people(office, plan, wave)
        _campaign(office, plan, wave)
    rt = replace(office.rt, clock=RealClock(), day_minutes=DAY_MINUTES)
    house = House(rt, plan)
    for wave in range(1, plan.waves):
        house.move("hold", wave)
    return house


def customer_name(wave: int, number: int) -> str:
    return f"Firm {wave}-{number}"


def address(wave: int, number: int, person: int) -> str:
    return f"{'kim' if person == 0 else f'eve{person}'}@firm-{wave}-{number}.example"


def _people(office: Office, plan: Plan, wave: int) -> None:
    customers, contacts = [], []
    for number in range(plan.customers):
        name = customer_name(wave, number)
        customers.append(
            CustomerRecord(name=name, domains=(f"firm-{wave}-{number}.example",), timezone="UTC")
        )
        for person in range(plan.people):
            roles = ("decision_maker",) if person == 0 else ("user",)
            whom = "Kim Lee" if person == 0 else f"Eve {person}"
            contacts.append(ContactRecord(name, whom, address(wave, number, person), roles))
    with office.store.writing() as session:
        register.import_customers(session, parsed(*customers), who=ADA, now=office.now)
        register.import_contacts(session, parsed(*contacts), who=ADA, now=office.now)


def _campaign(office: Office, plan: Plan, wave: int) -> None:
    change = ChangeRecord(
        source_id="MC1",
        vendor="Microsoft",
        title="Second step required",
        text="Microsoft asks everybody for a second step.",
        category="auth",
        evidence="mfa",
        milestones=(
            MilestoneRecord("action-by", (office.now + timedelta(days=200)).date(), source="MC1"),
        ),
    )
    names = {customer_name(wave, number) for number in range(plan.customers)}
    with office.store.writing() as session:
        register.import_changes(session, [change], who=ADA, now=office.now)
        campaign = launch.open_campaign(
            session,
            name=wave_name(wave),
            change=find_change(session, "MC1"),
            playbook_source=PLAYBOOK,
            choices=[
                launch.Choice(customer.id, True, "for the test")
                for customer in session.query(Customer).filter(Customer.name.in_(names))
            ],
            who=ADA,
            now=office.now,
        )
        launch.approve(session, campaign, who=BO, now=office.now, two_person=True)
        launch.start(session, campaign, who=ADA, now=office.now)
    _agree(office, wave)


def _agree(office: Office, wave: int) -> None:
    chooser = agree.Chooser("Kim Lee", "owner")
    with office.store.writing() as session:
        rollouts = session.execute(
            text(
                "SELECT r.id FROM rollout r JOIN campaign c ON c.id = r.campaign_id"
                " WHERE c.name = :name ORDER BY r.id"
            ),
            {"name": wave_name(wave)},
        ).all()
        day = _first_day(office, rollouts[0][0])
        for (rollout,) in rollouts:
            case = choice.open_case(session, rollout, office.now, DAY_MINUTES)
            agree.agree(
                session,
                case,
                day=day,
                at=case.terms.rules.slots[2],
                chooser=chooser,
                answer_key=f"first {rollout}",
                now=office.now,
            )


def _first_day(office: Office, rollout: int) -> date:
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, DAY_MINUTES)
        offered = next(day.day for day in choice.offers(session, case) if day.verdict.open)
    latest = (machine_now() + timedelta(days=ANNOUNCED_BEFORE - 2)).date()
    assert offered <= latest, "the letters of this house are not due yet"
    return offered
