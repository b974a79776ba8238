"""A campaign's customers, narrowed and ordered as somebody asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from campaigns.boards.campaign import CustomerLine

FAR = date.max
NEVER = datetime.max.replace(tzinfo=UTC)
ORDERS = ("risk", "customer", "state", "agreed", "next", "ready")


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


def narrowed(lines: Sequence[CustomerLine], asked: Narrow) -> list[CustomerLine]:
    """Those lines that fit all that is asked, in the order that is asked."""
    kept = [line for line in lines if _fits(line, asked)]
    kept.sort(key=lambda line: line.customer.casefold())
    kept.sort(key=lambda line: _key(line, asked.plain_order), reverse=asked.order.startswith("-"))
    return kept


def managers(lines: Sequence[CustomerLine]) -> list[str]:
    """The account managers there are."""
    return sorted({line.account_manager for line in lines if line.account_manager})


def _fits(line: CustomerLine, asked: Narrow) -> bool:
    words = asked.q.casefold().split()
    return (
        (not asked.state or line.state == asked.state)
        and (not asked.risk or bool(line.risks))
        and (not asked.manager or (line.account_manager or "") == asked.manager)
        and all(word in line.customer.casefold() for word in words)
    )


def _key(line: CustomerLine, order: str) -> Any:
    if order == "customer":
        return line.customer.casefold()
    if order == "state":
        return line.state
    if order == "agreed":
        return line.agreed.day if line.agreed else FAR
    if order == "next":
        return line.next_touch.due if line.next_touch else NEVER
    if order == "ready":
        scope = line.people.in_scope
        return line.people.done / scope if scope else 1.0
    return not line.risks
