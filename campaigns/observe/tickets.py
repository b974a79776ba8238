"""Help-desk tickets, for the counterfactual: work and waiting kept apart."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.journal import Actor, record
from campaigns.models import Customer, Ticket
from campaigns.register.result import ImportResult
from campaigns.rules.records import Parsed, Rejected, TicketRecord
from campaigns.store import insert_missing


def import_tickets(
    session: Session,
    source: str,
    parsed: Parsed[TicketRecord],
    *,
    who: Actor,
    now: datetime,
    accept_good_rows: bool = False,
) -> ImportResult:
    """Keep tickets by their reference; importing the same file again changes nothing.

    A ticket of a customer that is not known is rejected with its line.
    """
    rows, strangers = _rows(session, source, parsed)
    rejected = sorted([*parsed.rejected, *strangers], key=lambda r: r.line)
    store = accept_good_rows or not rejected
    created = insert_missing(session, Ticket, rows) if store else 0
    if created:
        details = {"created": created}
        record(session, who=who, what="tickets_imported", subject=source, now=now, details=details)
    return ImportResult(
        rows=parsed.rows,
        rejected=rejected,
        created=created,
        updated=0,
        unchanged=len(rows) - created if store else 0,
        stored=store,
        warnings=parsed.warnings,
    )


def _rows(
    session: Session, source: str, parsed: Parsed[TicketRecord]
) -> tuple[list[dict[str, Any]], list[Rejected]]:
    """What can be kept, and the lines of customers that nobody knows."""
    customers = {c.folded_name: c.id for c in session.scalars(select(Customer))}
    rows: list[dict[str, Any]] = []
    strangers = []
    for line, ticket in parsed.accepted:
        customer_id = customers.get(" ".join(ticket.customer.split()).casefold())
        if customer_id is None:
            strangers.append(Rejected(line, _unknown(ticket.customer)))
        else:
            rows.append(_row(source, customer_id, ticket))
    return rows, strangers


def _row(source: str, customer_id: int, ticket: TicketRecord) -> dict[str, Any]:
    return {
        "source": source,
        "reference": ticket.reference[:100],
        "customer_id": customer_id,
        "opened": ticket.opened,
        "closed": ticket.closed,
        "work_minutes": ticket.work_minutes,
        "waiting_minutes": ticket.waiting_minutes,
        "summary": ticket.summary[:500],
        "topic": ticket.topic,
    }


def _unknown(customer: str) -> str:
    if not customer.strip():
        return "The row names no customer. Fill in its organisation, as Rollout knows it."
    return f'There is no customer "{customer}". Add the customer, or name it as Rollout does.'
