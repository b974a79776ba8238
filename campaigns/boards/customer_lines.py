"""The lines of a campaign's customers: state, date, what comes next, who is ready, the risks."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, literal_column, select
from sqlalchemy.orm import Session, aliased

from campaigns import people
from campaigns.boards.escalation import rung_words
from campaigns.boards.lines import Agreed, CustomerLine, NextTouch
from campaigns.boards.risks import risks_of, unreachable_owners
from campaigns.models import Agreement, Campaign, Customer, Rollout, Step, Touch
from campaigns.rules.calendar import WorkCalendar
from campaigns.rules.steps import Playbook
from campaigns.terms import playbook_of

AT_ONCE = 500  # of more lines than that, all are read and the others put aside

Query = Select[*tuple[Any, ...]]


def customer_lines(
    session: Session, campaign: Campaign, now: datetime, only: Collection[int] | None = None
) -> list[CustomerLine]:
    """Every customer's line, or those of `only` these rollouts; in no order.

    In a handful of statements, whatever the number of people and customers.
    """
    wanted = None if only is None or len(only) > AT_ONCE else list(only)
    book = playbook_of(campaign.playbook_source)
    counts = people.count(session, wanted, campaign.id, book.evidence.value, now.date())
    following = _next_touches(session, campaign, book, wanted)
    unreachable = unreachable_owners(session, campaign, wanted)
    days: dict[str, date] = {}
    lines = []
    for row in _rows(session, campaign, wanted):
        if only is not None and row.id not in only:
            continue
        today = days.get(row.timezone) or WorkCalendar(row.timezone).today(now)
        days[row.timezone] = today
        counted = counts.get(row.customer_id, people.NOBODY)
        agreed = _agreed(row)
        why = unreachable.get(row.customer_id, "")
        lines.append(
            CustomerLine(
                rollout_id=row.id,
                customer_id=row.customer_id,
                customer=row.name,
                zone=row.timezone,
                account_manager=row.account_manager,
                state=row.state,
                agreed=agreed,
                proposed_day=_still_proposed(row.proposed_day, agreed, today),
                next_touch=following.get(row.id),
                people=counted,
                risks=risks_of(
                    row.state,
                    row.last_day,
                    row.vendor_day,
                    campaign,
                    agreed,
                    counted,
                    today,
                    why,
                    book,
                ),
            )
        )
    return lines


def current_agreement() -> Any:
    """Join condition: the version that counts; a withdrawn one has no day."""
    return (Agreement.rollout_id == Rollout.id) & (Agreement.version == Rollout.version)


def _of(query: Query, campaign: Campaign, wanted: Sequence[int] | None) -> Query:
    query = query.where(Rollout.campaign_id == campaign.id)
    return query if wanted is None else query.where(Rollout.id.in_(wanted))


def _rows(session: Session, campaign: Campaign, wanted: Sequence[int] | None) -> Sequence[Row[Any]]:
    """Plain columns: a thousand objects cost more than a thousand rows."""
    query = (
        select(
            Rollout.id,
            Rollout.customer_id,
            Rollout.state,
            Rollout.last_day,
            Rollout.vendor_day,
            Rollout.proposed_day,
            Customer.name,
            Customer.timezone,
            Customer.account_manager,
            Agreement.day,
            Agreement.local_time,
            Agreement.zone,
            Agreement.how,
            Agreement.version,
            Agreement.instant,
        )
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(Agreement, current_agreement())
    )
    return session.execute(_of(query, campaign, wanted)).all()


def _agreed(row: Row[Any]) -> Agreed | None:
    if row.day is None or row.local_time is None:
        return None
    return Agreed(row.day, row.local_time, row.zone, row.how, row.version, row.instant)


def _still_proposed(proposed: date | None, agreed: Agreed | None, today: date) -> date | None:
    return proposed if agreed is None and proposed is not None and proposed >= today else None


def _next_touches(
    session: Session, campaign: Campaign, book: Playbook, wanted: Sequence[int] | None
) -> dict[int, NextTouch]:
    """By rollout, the first of its touches that are still planned: one look into the index."""
    planned = aliased(Touch)
    soonest = (
        select(planned.id)
        # In the words of the index, so that no plan misses it.
        .where(planned.rollout_id == Rollout.id, planned.state == literal_column("'planned'"))
        .order_by(planned.due, planned.step_id)
        .limit(1)
        .correlate(Rollout)
        .scalar_subquery()
    )
    query = (
        select(Rollout.id, Step.key, Step.title, Touch.due, Touch.day)
        .select_from(Rollout)
        .join(Touch, Touch.id == soonest)
        .join(Step, Step.id == Touch.step_id)
    )
    rows = session.execute(_of(query, campaign, wanted))
    rungs = {step.key: rung_words(book, step.key) for step in book.steps}
    return {
        id_: NextTouch(key, title, due, day, rungs.get(key, ""))
        for id_, key, title, due, day in rows
    }
