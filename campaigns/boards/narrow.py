"""A campaign's customers, narrowed and ordered as somebody asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.boards.customer_lines import current_agreement, customer_lines
from campaigns.boards.lines import CustomerLine
from campaigns.boards.summary import Summary
from campaigns.models import Agreement, Campaign, Customer, Rollout

FAR = date.max
NEVER = datetime.max.replace(tzinfo=UTC)
ORDERS = ("risk", "customer", "state", "agreed", "next", "ready")
IN_FULL = ("next", "ready")  # orders by what only a whole line knows


@dataclass(frozen=True, slots=True)
class Narrow:
    """What to keep and in which order; empty keeps everything. `order` may begin with `-`."""

    state: str = ""
    risk: bool = False
    manager: str = ""
    q: str = ""
    order: str = "risk"

    @property
    def plain_order(self) -> str:
        """The order without its direction; the usual one for a word that is none."""
        word = self.order.removeprefix("-")
        return word if word in ORDERS else "risk"


class Sketch(NamedTuple):
    """As much of a line as finding and ordering needs."""

    rollout_id: int
    customer: str
    state: str
    account_manager: str | None
    day: date | None
    risks: bool


class Shown(NamedTuple):
    """A page of a campaign's table: `first` is the place of its first line of `kept`."""

    lines: Sequence[CustomerLine]
    kept: int
    first: int
    managers: Sequence[str]


Line = TypeVar("Line", CustomerLine, Sketch)


def shown(
    session: Session,
    campaign: Campaign,
    told: Summary,
    now: datetime,
    asked: Narrow,
    page: int,
    many: int,
) -> Shown:
    """So `many` lines of what is asked, in order; a page beyond the last is the last.

    Whatever the number of customers, only the lines of the page are read in full, unless
    the order asks for what only whole lines know.
    """
    sketches = _sketches(session, campaign, told)
    if asked.plain_order in IN_FULL:
        lines = narrowed(customer_lines(session, campaign, now), asked)
        first = _first(page, len(lines), many)
        return Shown(lines[first : first + many], len(lines), first, managers(sketches))
    ids = [sketch.rollout_id for sketch in narrowed(sketches, asked)]
    first = _first(page, len(ids), many)
    here = ids[first : first + many]
    lines = customer_lines(session, campaign, now, here) if here else []
    lines.sort(key=lambda line: here.index(line.rollout_id))
    return Shown(lines, len(ids), first, managers(sketches))


def _first(page: int, kept: int, many: int) -> int:
    return (max(1, min(page, -(-kept // many))) - 1) * many


def _sketches(session: Session, campaign: Campaign, told: Summary) -> list[Sketch]:
    risky = {line.rollout_id for line in told.risky}
    rows = session.execute(
        select(Rollout.id, Customer.name, Rollout.state, Customer.account_manager, Agreement.day)
        .join(Customer, Customer.id == Rollout.customer_id)
        .outerjoin(Agreement, current_agreement())
        .where(Rollout.campaign_id == campaign.id)
    )
    return [Sketch(*row, row[0] in risky) for row in rows]


def narrowed(lines: Sequence[Line], asked: Narrow) -> list[Line]:
    """Those lines that fit all that is asked, in the order that is asked."""
    kept = [line for line in lines if _fits(line, asked)]
    kept.sort(key=lambda line: line.customer.casefold())
    kept.sort(key=lambda line: _key(line, asked.plain_order), reverse=asked.order.startswith("-"))
    return kept


def managers(lines: Sequence[Line]) -> list[str]:
    """The account managers there are."""
    return sorted({line.account_manager for line in lines if line.account_manager})


def _fits(line: Line, asked: Narrow) -> bool:
    words = asked.q.casefold().split()
    return (
        (not asked.state or line.state == asked.state)
        and (not asked.risk or bool(line.risks))
        and (not asked.manager or (line.account_manager or "") == asked.manager)
        and all(word in line.customer.casefold() for word in words)
    )


def _key(line: Any, order: str) -> Any:
    if order == "customer":
        return line.customer.casefold()
    if order == "state":
        return line.state
    if order == "agreed":
        return line.day or FAR
    if order == "next":
        return line.next_touch.due if line.next_touch else NEVER
    if order == "ready":
        scope = line.people.in_scope
        return line.people.done / scope if scope else 1.0
    return not line.risks
