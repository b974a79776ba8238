"""What is needed to open a campaign: changes, and the customers there are to choose from."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.changes import change_list
from campaigns.library import shipped_changes
from campaigns.models import Customer, Headcount
from campaigns.rules.milestones import deadline

TAGS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that can be in."""

    id: int
    name: str
    service_model: str
    country: str
    account_manager: str
    people: int


@dataclass(frozen=True, slots=True)
class TagCount:
    """How many customers bear a tag; service model and country are tags as well."""

    tag: str
    value: str
    customers: int


@dataclass(frozen=True, slots=True)
class ChangeOption:
    """A change that a campaign can be about; `shipped` is taken in on first use."""

    source_id: str
    vendor: str
    title: str
    date_words: str
    shipped: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything the form offers."""

    changes: Sequence[ChangeOption]
    candidates: Sequence[Candidate]
    tags: Sequence[TagCount]


def opening(session: Session, now: datetime) -> Opening:
    """In a handful of statements."""
    customers = session.scalars(
        select(Customer).where(Customer.left_at.is_(None)).order_by(Customer.folded_name)
    ).all()
    return Opening(_changes(session, now), _candidates(session, customers), _tags(customers))


def library_untaken(session: Session, now: datetime, wanted: str = "") -> list[ChangeOption]:
    """Shipped changes that are not in the register yet, all of whose `wanted` words occur."""
    taken = {line.source_id for line in change_list(session, now)}
    words = wanted.casefold().split()
    found = []
    for row in shipped_changes():
        text = f"{row.source_id} {row.vendor} {row.title} {row.category}".casefold()
        if row.source_id not in taken and all(word in text for word in words):
            milestones = [_Dated(m.kind, m.date, m.precision) for m in row.milestones]
            vendor = deadline(milestones, now.date(), now.date())
            date_words = vendor.words or "date needed"
            found.append(ChangeOption(row.source_id, row.vendor, row.title, date_words, True))
    return found


@dataclass(frozen=True, slots=True)
class _Dated:
    kind: str
    day: date | None
    precision: str


def _changes(session: Session, now: datetime) -> list[ChangeOption]:
    own = [
        ChangeOption(line.source_id, line.vendor, line.title, line.date_words, False)
        for line in change_list(session, now)
    ]
    return own + library_untaken(session, now)


def _candidates(session: Session, customers: Sequence[Customer]) -> list[Candidate]:
    rows = session.execute(select(Headcount.customer_id, Headcount.people))
    counts: dict[int, int] = dict(rows.all())
    return [
        Candidate(
            c.id,
            c.name,
            c.service_model,
            c.country or "",
            c.account_manager or "",
            counts.get(c.id, 0),
        )
        for c in customers
    ]


def _tags(customers: Sequence[Customer]) -> list[TagCount]:
    seen: Counter[tuple[str, str]] = Counter()
    for customer in customers:
        own = {
            **customer.tags,
            "service_model": customer.service_model,
            "country": customer.country,
        }
        seen.update((tag, str(value)) for tag, value in own.items() if value)
    return [TagCount(*pair, many) for pair, many in sorted(seen.items())][:TAGS_SHOWN]
