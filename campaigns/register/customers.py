"""Customers from a file: new ones are added, known ones brought up to date."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import headcount
from campaigns.journal import Actor, record
from campaigns.models import Customer, CustomerDomain
from campaigns.register.result import ImportResult
from campaigns.rules.records import CustomerRecord, Parsed, Rejected
from campaigns.rules.subdivisions import subdivision_of, subdivisions

FIELDS = (
    "timezone",
    "country",
    "subdivision",
    "locale",
    "service_model",
    "account_manager",
    "headcount",
    "tenant_id",
)


@dataclass
class _Draft:
    """What the file would change; nothing is written while it is drawn up."""

    create: list[CustomerRecord] = field(default_factory=list)
    update: list[tuple[Customer, CustomerRecord]] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def import_customers(
    session: Session,
    parsed: Parsed[CustomerRecord],
    *,
    who: Actor,
    now: datetime,
    accept_good_rows: bool = False,
    preview: bool = False,
) -> ImportResult:
    """Bring in a customers file. Names are compared without regard to case.

    With a rejected row nothing is stored unless `accept_good_rows`. An empty cell
    never erases what is known.
    """
    known = {c.folded_name: c for c in session.scalars(select(Customer))}
    stored = _domains(session)
    domains = dict(stored)
    draft = _Draft(rejected=list(parsed.rejected))
    for line, row in parsed.accepted:
        _place(draft, line, row, known, domains, stored)
    store = not preview and (accept_good_rows or not draft.rejected)
    if store:
        _write(session, draft, who, now)
    return ImportResult(
        rows=parsed.rows,
        rejected=sorted(draft.rejected, key=lambda r: r.line),
        created=len(draft.create),
        updated=len(draft.update),
        unchanged=draft.unchanged,
        stored=store,
        warnings=parsed.warnings,
    )


def _place(
    draft: _Draft,
    line: int,
    row: CustomerRecord,
    known: dict[str, Customer],
    domains: dict[str, str],
    stored: dict[str, str],
) -> None:
    folded = row.name.casefold()
    customer = known.get(folded)
    for domain in row.domains:
        owner = domains.setdefault(domain, folded)
        if owner != folded:
            reason = f'The domain "{domain}" already belongs to another customer.'
            draft.rejected.append(Rejected(line, reason))
            return
    if stray := _stray(customer, row):
        draft.rejected.append(Rejected(line, stray))
        return
    if customer is None and row.timezone is None:
        reason = f'"{row.name}" has no time zone. Add one such as Europe/Berlin.'
        draft.rejected.append(Rejected(line, reason))
    elif customer is None:
        draft.create.append(row)
    elif _differs(customer, row) or any(domain not in stored for domain in row.domains):
        draft.update.append((customer, row))
    else:
        draft.unchanged += 1


def _stray(customer: Customer | None, row: CustomerRecord) -> str | None:
    """Why the row's part of a country does not fit the country that is known already."""
    if customer and row.subdivision is None and row.country in (None, customer.country):
        return None
    country = row.country or (customer.country if customer else None)
    part = row.subdivision or (customer.subdivision if customer else None)
    if not country or not part or not subdivisions(country) or subdivision_of(country, part):
        return None
    return (
        f'"{part}" is no part of {country} with holidays of its own. '
        "Name country and subdivision together."
    )


def _differs(customer: Customer, row: CustomerRecord) -> bool:
    fields = any(
        getattr(row, name) is not None and getattr(row, name) != getattr(customer, name)
        for name in FIELDS
    )
    return fields or any(customer.tags.get(k) != v for k, v in row.tags.items())


def _domains(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(CustomerDomain.domain, Customer.folded_name).join(
            Customer, Customer.id == CustomerDomain.customer_id
        )
    )
    return dict(rows.all())


def _write(session: Session, draft: _Draft, who: Actor, now: datetime) -> None:
    # In their order, not the file's, and before the journal: an import of people may hold some.
    headcount.lock(session, [customer.id for customer, _ in draft.update])
    for row in draft.create:
        customer = Customer(
            name=row.name,
            folded_name=row.name.casefold(),
            timezone=row.timezone or "",
            country=row.country,
            subdivision=row.subdivision,
            locale=row.locale or "en",
            service_model=row.service_model or "managed",
            account_manager=row.account_manager,
            headcount=row.headcount,
            tenant_id=row.tenant_id,
            tags=dict(row.tags),
            created_at=now,
        )
        session.add(customer)
        session.flush()
        _add_domains(session, customer, row)
        _note(session, customer, "customer_added", who, now)
    for customer, row in draft.update:
        for name in FIELDS:
            if getattr(row, name) is not None:
                setattr(customer, name, getattr(row, name))
        customer.tags = {**customer.tags, **row.tags}
        _add_domains(session, customer, row)
        _note(session, customer, "customer_changed", who, now)


def _add_domains(session: Session, customer: Customer, row: CustomerRecord) -> None:
    owned = set(
        session.scalars(
            select(CustomerDomain.domain).where(CustomerDomain.customer_id == customer.id)
        )
    )
    for domain in row.domains:
        if domain not in owned:
            session.add(CustomerDomain(customer_id=customer.id, domain=domain))


def _note(session: Session, customer: Customer, what: str, who: Actor, now: datetime) -> None:
    record(session, who=who, what=what, subject=customer.name, now=now, customer_id=customer.id)
