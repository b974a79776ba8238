"""What is seen of the demo's people: evidence files, their own words, tickets, exceptions."""

import csv
import io
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from campaigns import launch, observe, tasks
from campaigns.models import (
    Agreement,
    Contact,
    Customer,
    CustomerLink,
    Rollout,
    Standing,
    Task,
)
from campaigns.people import counted
from campaigns.rules.adoption import DONE_LEVEL
from rollout.desk import find_customer
from rollout.seed import staff
from rollout.seed.past import CAMPAIGN, Past, rollouts
from rollout.seed.readiness import Firm, cipp_json, google_csv, graph_json
from rollout.seed.story import DONE_BY_OWN_WORD, EXCEPTIONS, HELP

# Who is not in CIPP sends an export of its own; who has no Microsoft tenant signs in at Google.
OWN_EXPORT = "break-fix"
LOOKED = (30, 14, 7, 3, 0.2)  # days before today on which evidence was taken
# Tasks that wait for a person of their own.
LEFT = ("question", "none_fit", "help", "name_contact", "no_day", "switch-on", "vendor_move")
KEPT_OPEN = timedelta(days=2)


def plan_observations(past: Past) -> None:
    """Evidence before the start and every so often, then words, tickets and tidying up."""
    past.plan(past.on(-2, 6), partial(look, past))
    for days in LOOKED:
        past.plan(past.ago(days=days), partial(look, past))
    for days, customer in DONE_BY_OWN_WORD:
        past.plan(past.ago(days=days), partial(_say_done, past, customer))
    for days, customer, words in HELP:
        past.plan(past.ago(days=days), partial(_ask_for_help, past, customer, words))
    past.plan(past.ago(days=20), partial(_except, past))
    past.plan(past.ago(days=1), partial(_import_tickets, past))
    plan_tidying(past, (past.today - past.start).days)
    past.plan(past.ago(hours=3), partial(_finish_tasks, past))


def plan_tidying(past: Past, days: int) -> None:
    """Every third day the desk does what is due."""
    for day in range(1, days, 3):
        past.plan(past.on(day, 15), partial(_finish_tasks, past))


def look(past: Past) -> None:
    """Import what the sign-in systems say at this moment."""
    taken = past.now.replace(microsecond=0)
    with past.rt.store.reading() as session:
        known = _firms(session)
    in_cipp = [firm for model, firm in known if firm.tenant and model != OWN_EXPORT]
    desk, stamp = past.desk(staff.DANA), f"{taken:%Y-%m-%d}"
    desk.import_evidence(
        io.BytesIO(cipp_json(in_cipp, taken)), f"cipp-{stamp}.json", taken_at=taken
    )
    for model, firm in known:
        if firm.tenant and model != OWN_EXPORT:
            continue
        export = graph_json if firm.tenant else google_csv
        kind = "json" if firm.tenant else "csv"
        name = f"{firm.name.lower().replace(' ', '-')}-{stamp}.{kind}"
        content = io.BytesIO(export(firm, taken))
        desk.import_evidence(content, name, customer=firm.name, taken_at=taken)


def _firms(session: Session) -> list[tuple[str, Firm]]:
    people: dict[int, list[tuple[str, str]]] = {}
    for customer_id, name, email in session.execute(
        select(Contact.customer_id, Contact.name, Contact.email)
        .where(counted())
        .order_by(Contact.id)
    ):
        people.setdefault(customer_id, []).append((name, email))
    days = session.execute(
        select(Rollout.customer_id, Agreement.day).join(
            Agreement,
            (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version),
        )
    )
    agreed = dict(days.all())
    return [
        (c.service_model, Firm(c.name, c.tenant_id or "", people.get(c.id, []), agreed.get(c.id)))
        for c in session.scalars(select(Customer).order_by(Customer.name))
    ]


def _say_done(past: Past, customer: str) -> None:
    with past.rt.store.writing() as session:
        for link in _links(session, customer)[:3]:
            observe.report_done(session, link, past.now)


def _ask_for_help(past: Past, customer: str, words: str) -> None:
    with past.rt.store.writing() as session:
        observe.want_help(session, _links(session, customer)[-1], words, past.now)


def _links(session: Session, customer: str) -> list[CustomerLink]:
    """The guide links of those who have had a letter and are not ready."""
    return list(
        session.scalars(
            select(CustomerLink)
            .join(Contact, Contact.id == CustomerLink.contact_id)
            .outerjoin(Standing, Standing.contact_id == Contact.id)
            .where(
                CustomerLink.purpose == "guide",
                Contact.customer_id == find_customer(session, customer).id,
                counted(),
                _not_ready(),
            )
            .order_by(Contact.id)
        )
    )


def _not_ready() -> ColumnElement[bool]:
    return func.coalesce(Standing.level, 0) < DONE_LEVEL


def _except(past: Past) -> None:
    with past.rt.store.writing() as session:
        campaign = launch.find_campaign(session, CAMPAIGN)
        for customer, reason, days in EXCEPTIONS:
            firm = find_customer(session, customer)
            contact = session.scalars(
                select(Contact)
                .where(Contact.customer_id == firm.id, counted())
                .order_by(Contact.id.desc())
            ).first()
            assert contact is not None
            until = past.today.date() + timedelta(days=days)
            observe.except_contact(
                session, contact, campaign, reason=reason, until=until, who=staff.BO, now=past.now
            )


def _finish_tasks(past: Past) -> None:
    """The desk has done its part, but for the last two days and for what customers ask."""
    old = select(Task.id).where(
        Task.done_at.is_(None), Task.due < past.now - KEPT_OPEN, Task.kind.not_in(LEFT)
    )
    with past.rt.store.writing() as session:
        for task_id in session.scalars(old).all():
            tasks.done(session, task_id, who=staff.TESS, now=past.now)


def _import_tickets(past: Past) -> None:
    with past.rt.store.reading() as session:
        days = {
            session.get_one(Customer, rollout.customer_id).name: session.scalar(
                select(Agreement.instant).where(
                    Agreement.rollout_id == rollout.id, Agreement.version == rollout.version
                )
            )
            for rollout in rollouts(session)
        }
    content = _tickets_csv(past, days)
    past.desk(staff.TESS).import_tickets(io.BytesIO(content), "tickets.csv")


def _tickets_csv(past: Past, days: dict[str, datetime | None]) -> bytes:
    """A help desk's ordinary weeks, and one question a customer on the day of its switch."""
    subjects = (
        "Password forgotten",
        "New phone, cannot sign in",
        "Printer offline",
        "Mail is slow",
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ("reference", "customer", "opened", "closed", "work_minutes", "waiting_minutes", "summary")
    )
    rows: list[tuple[datetime, str, str]] = []
    for place, (customer, switched) in enumerate(sorted(days.items())):
        rows += [
            (past.on(3 + 17 * week + place % 11, 13), customer, subjects[(place + week) % 4])
            for week in range(3)
        ]
        if switched is not None and switched < past.now:
            rows.append((switched, customer, "Which number do I type into the app?"))
    for number, (opened, customer, summary) in enumerate(sorted(rows), 1001):
        closed = opened + timedelta(minutes=50)
        work, waiting = 10 + number % 25, 5 + number % 35
        opened_, closed_ = f"{opened:%Y-%m-%dT%H:%MZ}", f"{closed:%Y-%m-%dT%H:%MZ}"
        writer.writerow((f"T-{number}", customer, opened_, closed_, work, waiting, summary))
    return text.getvalue().encode()
