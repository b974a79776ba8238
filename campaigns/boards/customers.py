"""All customers as a table: found by words, sorted, and paged by the last one seen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from campaigns.models import ON, Campaign, Customer, CustomerDomain, Headcount, Rollout

PAGE = 50
NOBODY = "-"  # asks for customers without an account manager
SORTS = ("name", "manager", "people")
OPEN = ("draft", "approved", *ON)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show. `after` and `before` are customers at the edge of a page."""

    words: str = ""
    manager: str = ""
    sort: str = "name"
    descending: bool = False
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A campaign that is not over, and the customer's state in it."""

    campaign_id: int
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """One customer; `people` counts those who count in a campaign."""

    id: int
    name: str
    zone: str
    service_model: str
    account_manager: str | None
    people: int
    campaigns: Sequence[OpenCampaign]


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """A page of the table; `total` counts everything that was asked for."""

    rows: Sequence[CustomerRow]
    total: int
    earlier: bool
    later: bool


def customer_page(session: Session, wanted: Wanted, limit: int | None = PAGE) -> CustomerPage:
    """One page, or without a limit everything. An edge that is not there means the beginning."""
    where = _asked(wanted)
    total = session.scalar(select(func.count()).select_from(Customer).where(*where)) or 0
    key = _key(wanted.sort)
    edge = _edge(session, key, wanted)
    backwards = edge is not None and wanted.after is None
    falling = wanted.descending != backwards
    query = select(Customer, _count()).where(*where)
    if edge is not None:
        query = query.where(_beyond(key, edge, falling))
    query = _ordered(query, key, falling)
    found = session.execute(query.limit(limit + 1) if limit else query).all()
    more = limit is not None and len(found) > limit
    shown = list(found[:limit])
    if backwards:
        shown.reverse()
    campaigns = _campaigns(session, [customer.id for customer, _ in shown])
    return CustomerPage(
        rows=[_row(customer, many, campaigns.get(customer.id, ())) for customer, many in shown],
        total=total,
        earlier=more if backwards else edge is not None,
        later=True if backwards else more,
    )


def managers(session: Session) -> Sequence[str]:
    """Every account manager whom a customer names, by address."""
    rows = session.scalars(
        select(Customer.account_manager)
        .where(Customer.account_manager.is_not(None), Customer.left_at.is_(None))
        .distinct()
        .order_by(Customer.account_manager)
    )
    return [row for row in rows if row]


def names(session: Session) -> Sequence[str]:
    """Every customer's name, for choosing one."""
    return session.scalars(
        select(Customer.name).where(Customer.left_at.is_(None)).order_by(Customer.folded_name)
    ).all()


def _asked(wanted: Wanted) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [Customer.left_at.is_(None)]
    if wanted.words:
        words = wanted.words.casefold()
        by_domain = select(CustomerDomain.customer_id).where(
            CustomerDomain.domain.contains(words, autoescape=True)
        )
        where.append(
            or_(
                Customer.folded_name.contains(words, autoescape=True),
                func.lower(Customer.tenant_id).contains(words, autoescape=True),
                Customer.id.in_(by_domain),
            )
        )
    if wanted.manager == NOBODY:
        where.append(Customer.account_manager.is_(None))
    elif wanted.manager:
        where.append(func.lower(Customer.account_manager) == wanted.manager.lower())
    return where


def _count() -> ColumnElement[int]:
    return func.coalesce(
        select(Headcount.people)
        .where(Headcount.customer_id == Customer.id)
        .correlate(Customer)
        .scalar_subquery(),
        0,
    )


def _key(sort: str) -> ColumnElement[str] | ColumnElement[int]:
    if sort == "people":
        return _count()
    if sort == "manager":
        return func.lower(func.coalesce(Customer.account_manager, ""))
    return func.lower(Customer.folded_name)


def _edge(
    session: Session, key: ColumnElement[str] | ColumnElement[int], wanted: Wanted
) -> tuple[object, int] | None:
    """Where the page begins: the sort value of the customer at the edge, looked up afresh."""
    id_ = wanted.after or wanted.before
    if id_ is None:
        return None
    row = session.execute(select(key, Customer.id).where(Customer.id == id_)).first()
    return (row[0], row[1]) if row else None


def _beyond(
    key: ColumnElement[str] | ColumnElement[int], edge: tuple[object, int], falling: bool
) -> ColumnElement[bool]:
    value, id_ = edge
    if falling:
        return or_(key < value, and_(key == value, Customer.id < id_))
    return or_(key > value, and_(key == value, Customer.id > id_))


def _ordered(
    query: Select[Customer, int], key: ColumnElement[str] | ColumnElement[int], falling: bool
) -> Select[Customer, int]:
    if falling:
        return query.order_by(key.desc(), Customer.id.desc())
    return query.order_by(key, Customer.id)


def _campaigns(session: Session, customer_ids: Sequence[int]) -> dict[int, list[OpenCampaign]]:
    found: dict[int, list[OpenCampaign]] = {}
    rows = session.execute(
        select(Rollout.customer_id, Campaign.id, Campaign.name, Rollout.state)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .where(Rollout.customer_id.in_(customer_ids), Campaign.state.in_(OPEN))
        .order_by(Campaign.name)
    )
    for customer_id, campaign_id, name, state in rows:
        found.setdefault(customer_id, []).append(OpenCampaign(campaign_id, name, state))
    return found


def _row(customer: Customer, many: int, campaigns: Sequence[OpenCampaign]) -> CustomerRow:
    return CustomerRow(
        id=customer.id,
        name=customer.name,
        zone=customer.timezone,
        service_model=customer.service_model,
        account_manager=customer.account_manager,
        people=many,
        campaigns=tuple(campaigns),
    )
