"""Counters of people, so that a board over a million of them reads a row for each customer.

They depend on no campaign and on no day. Whoever writes a contact's kind, customer or leaving,
or somebody's standing, recounts those customers in the same transaction: what is committed
always equals a count of the rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, delete, except_, func, insert, select, union
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.models import Contact, Customer, Headcount, LevelCount, Standing
from campaigns.models.headcount import RUNGS

AT_ONCE = 5000  # customers; both engines limit how many values one statement may carry


def recount(session: Session, customer_ids: Iterable[int]) -> None:
    """Count the people of these customers anew, after the last write and before the journal.

    The customers are locked first: of two transactions that write people of one customer, the
    second counts when the first is through, and sees its rows.
    """
    session.flush()
    for part in _parts(customer_ids):
        lock(session, part)
        for table, columns, counted in _counters(part):
            session.execute(
                delete(table)
                .where(table.customer_id.in_(part))
                .execution_options(synchronize_session=False)
            )
            session.execute(insert(table).from_select(columns, counted))


def lock(session: Session, customer_ids: Iterable[int]) -> None:
    """Lock these customers in the order of their ids, so that two who do so never wait in a ring.

    Rows that only point at a customer are not kept waiting (FOR NO KEY UPDATE on Postgres;
    SQLite has one writer and ignores the words).
    """
    for part in _parts(customer_ids):
        these = select(Customer.id).where(Customer.id.in_(part)).order_by(Customer.id)
        session.execute(these.with_for_update(key_share=True)).all()


def _parts(customer_ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(sorted(set(customer_ids)))
    while part := list(islice(waiting, AT_ONCE)):
        yield part


def recount_all(session: Session) -> int:
    """Every customer; returns how many."""
    everyone = session.scalars(select(Customer.id)).all()
    recount(session, everyone)
    return len(everyone)


def differing(session: Session) -> list[int]:
    """The customers whose counters do not equal a count of the rows; empty when all is well."""
    found: set[int] = set()
    for table, columns, counted in _counters(None):
        kept = select(*(getattr(table, name) for name in columns))
        either = union(
            select(except_(kept, counted).subquery()), select(except_(counted, kept).subquery())
        )
        found.update(row.customer_id for row in session.execute(either))
    return sorted(found)


def _counters(
    customer_ids: Sequence[int] | None,
) -> tuple[tuple[type[Headcount | LevelCount], Sequence[str], Select[*tuple[Any, ...]]], ...]:
    """Each table of counters, its columns, and what belongs into them, from the rows."""
    where = [people.counted()]
    if customer_ids is not None:
        where.append(Contact.customer_id.in_(customer_ids))
    heads = (
        select(Contact.customer_id, func.count().label("people"))
        .where(*where)
        .group_by(Contact.customer_id)
    )
    levels = (
        select(Contact.customer_id, Standing.evidence, *people.on_each_rung())
        .join(Standing, Standing.contact_id == Contact.id)
        .where(*where, Standing.level.is_not(None))
        .group_by(Contact.customer_id, Standing.evidence)
    )
    return (
        (Headcount, ("customer_id", "people"), heads),
        (LevelCount, ("customer_id", "evidence", *RUNGS), levels),
    )
