"""The demo's first days: customers, people, vendor changes, closed days, two campaigns."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from campaigns import journal, launch, register
from campaigns.models import Campaign
from campaigns.register.freezes import add_freeze
from campaigns.rules.calendar import Closure
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from rollout.desk import find_customer
from rollout.seed import staff
from rollout.seed.crowd import contacts_csv, customers_csv
from rollout.seed.past import CAMPAIGN, Past, owner_of
from rollout.seed.story import BOUNCES, FREEZES

MADE_UP = "made up for the demo"
CHANGE = "DEMO-SECOND-STEP"
DRAFT = "SMTP AUTH"
DRAFT_CHANGE = "ms-exo-smtp-auth-basic"
AHEAD = 42  # days from today to the vendor's date, and on to the next Tuesday


def plan_beginnings(past: Past) -> None:
    """Three days of preparation, and the start."""
    past.plan(past.on(-3, 9), partial(_close_days, past))
    past.plan(past.on(-3, 10), partial(_bounce, past))
    past.plan(past.on(-2, 9), partial(_open, past, CAMPAIGN, CHANGE, "default"))
    past.plan(past.on(-1, 9), partial(_move, past, _approve))
    past.plan(past.on(0, 6), partial(_move, past, _start))


def plan_draft(past: Past) -> None:
    """A second campaign, as it stood the day before yesterday."""
    past.plan(past.ago(days=2), partial(_open, past, DRAFT, DRAFT_CHANGE, "back-end-retirement"))


def register_all(past: Past) -> tuple[int, int]:
    """Everything that is imported on the first day; how many customers and contacts came."""
    desk = past.desk(staff.DANA)
    customers = desk.import_customers(
        io.BytesIO(customers_csv()), "customers.csv", accept_good_rows=False
    )
    contacts = desk.import_contacts(
        io.BytesIO(contacts_csv()), "contacts.csv", accept_good_rows=False
    )
    assert customers.stored
    assert contacts.stored
    desk.import_library()
    with desk.writing() as session:
        register.import_changes(session, [change_of(past)], who=desk.who, now=past.now)
    return customers.created, contacts.created


def change_of(past: Past, later: timedelta = timedelta(), news: str = "") -> ChangeRecord:
    """The change as the vendor tells it, or tells it anew with another date."""
    day = vendor_day(past.today.date()) + later
    return ChangeRecord(
        source_id=CHANGE,
        vendor="Microsoft",
        title=f"Second step for everyone ({MADE_UP})",
        text=(
            f"{news} This change is made up for the demo. Everybody who signs in confirms that it "
            "is them with a second step besides the password."
        ).strip(),
        category="auth",
        effect=(
            "Whoever has no second step by then is stopped at the next sign-in and has to set it "
            "up before going on with their work."
        ),
        evidence="mfa",
        milestones=(MilestoneRecord("starts", day, note=MADE_UP, source=MADE_UP),),
        sources=(MADE_UP,),
        note=MADE_UP,
    )


def vendor_day(today: date) -> date:
    """A Tuesday about six weeks ahead."""
    day = today + timedelta(days=AHEAD)
    return day + timedelta(days=(1 - day.weekday()) % 7)


def _open(past: Past, name: str, change: str, playbook: str) -> None:
    past.desk(staff.DANA).open_campaign(
        change=change, playbook=playbook, name=name, choose=launch.choose_all
    )


def _move(past: Past, step: Callable[[Session, Campaign, Past], None]) -> None:
    with past.rt.store.writing() as session:
        step(session, launch.find_campaign(session, CAMPAIGN), past)


def _approve(session: Session, campaign: Campaign, past: Past) -> None:
    launch.approve(session, campaign, who=staff.BO, now=past.now, two_person=True)


def _start(session: Session, campaign: Campaign, past: Past) -> None:
    launch.start(session, campaign, who=staff.DANA, now=past.now)


def _close_days(past: Past) -> None:
    today = past.today.date()
    with past.rt.store.writing() as session:
        for customer, first, last, reason in FREEZES:
            starts, ends = today + timedelta(days=first), today + timedelta(days=last)
            add_freeze(
                session,
                Closure(starts, ends, reason),
                customer_id=find_customer(session, customer).id if customer else None,
                who=staff.DANA,
                now=past.now,
            )


def _bounce(past: Past) -> None:
    with past.rt.store.writing() as session:
        firm = find_customer(session, BOUNCES)
        owner = owner_of(session, firm.id)
        assert owner is not None
        owner.suppressed_at, owner.suppressed_why = past.now, "the mailbox does not exist (550)"
        journal.record(
            session,
            who=staff.MIA,
            what="address_suppressed",
            subject=owner.name,
            now=past.now,
            customer_id=firm.id,
            details={"why": owner.suppressed_why},
        )
