"""The board: what needs somebody today, the campaigns, the next fortnight."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from campaigns.boards import board
from campaigns.boards.campaign import UNDECIDED, CustomerLine
from campaigns.boards.first_steps import FirstSteps, first_steps
from campaigns.boards.risks import NOBODY_DECIDES
from campaigns.boards.today import Item
from rollout.auth import me, needs
from rollout.current import runtime
from rollout.outlooks import outlooks
from rollout.pages import typed
from rollout.pulse import look

pages = Blueprint("board", __name__)
SHOWN = 25


@dataclass(frozen=True, slots=True)
class Way:
    """The quickest way out of a risk; `action` is what a role must be allowed to do."""

    label: str
    address: str
    action: str


@pages.get("/")
@needs("read")
def front() -> str:
    here = runtime()
    now = here.clock.now()
    with here.store.reading() as session:
        found = board(session, now, me().email, day_minutes=here.day_minutes)
        steps = first_steps(session)
        outlook = outlooks(here, session, found.campaigns, now)
    mine = request.args.get("mine") == "1"
    items = [item for item in _ordered(found.items) if item.mine or not mine]
    shown = items if request.args.get("all") == "1" else items[:SHOWN]
    return render_template(
        "board/front.html",
        items=shown,
        count=len(items),
        hidden=len(items) - len(shown),
        mine=mine,
        mine_count=_mine(found.items),
        here=typed.address(
            "/", mine="1" if mine else "", all=request.args.get("all") == "1" and "1"
        ),
        lines=found.campaigns,
        outlooks=outlook,
        mending={line.rollout_id: _way(line) for view in found.campaigns for line in view.risky},
        days=found.days,
        today=now.date(),
        todo=_todo(steps),
        pulse=look(here),
    )


def _ordered(items: Sequence[Item]) -> list[Item]:
    """What nobody planned before what is to be done anyway; within both one's own first."""
    return sorted(items, key=lambda item: (item.kind == "task", not item.mine))


def _mine(items: Sequence[Item]) -> int:
    return sum(1 for item in items if item.mine)


def _way(line: CustomerLine) -> Way:
    """Name who decides, agree or move the date; where neither helps, look at it."""
    home = f"/customers/{line.customer_id}"
    if line.agreed is None and any(about in line.risks for about in NOBODY_DECIDES):
        return Way("Name another contact", f"{home}/contacts/new", "plan")
    if line.agreed is None and line.state in UNDECIDED:
        return Way("Agree a date", f"{home}/rollouts/{line.rollout_id}/date", "agree")
    if line.state == "agreed":
        return Way("Move the date", f"{home}/rollouts/{line.rollout_id}/date", "agree")
    return Way("Open", f"{home}#rollout-{line.rollout_id}", "read")


def _todo(steps: FirstSteps | None) -> list[tuple[str, str, str, int]]:
    """What a new installation does first: label, address, what is counted, how many there are."""
    if steps is None:
        return []
    return [
        ("Import your customers", "/imports?kind=customers", "customer", steps.customers),
        ("Import their contacts", "/imports?kind=contacts", "contact", steps.contacts),
        ("Take in a vendor change", "/changes", "change", steps.changes),
        ("Open a campaign", "/campaigns/new", "campaign", 0),
    ]
