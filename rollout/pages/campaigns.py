"""Campaigns: the list, and one campaign as a table of customers."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from campaigns.boards import CustomerLine, campaign_view
from campaigns.boards.campaigns import campaign_lines
from campaigns.boards.narrow import Narrow, narrowed, shown
from campaigns.boards.opened import campaign_numbered, opened
from campaigns.boards.summary import Summary, summary
from campaigns.boards.vendor import vendor_sentence
from campaigns.waves import wave_lines
from rollout.auth import needs
from rollout.current import runtime
from rollout.outlooks import outlooks
from rollout.pages import step_rows, typed
from rollout.pages.campaign_buttons import buttons_for
from rollout.pages.download import download
from rollout.papers.lists import list_csv

pages = Blueprint("campaigns", __name__)

AT_ONCE = 100
COLUMNS = (
    "customer",
    "state",
    "agreed",
    "time",
    "zone",
    "next",
    "next_date",
    "people",
    "done",
    "not_done",
    "unknown",
    "excepted",
    "account_manager",
    "risks",
)


@pages.get("/campaigns")
@needs("read")
def table() -> str:
    here = runtime()
    with here.store.reading() as session:
        lines = campaign_lines(session, here.clock.now())
    return render_template("campaigns/table.html", lines=lines, today=here.clock.now().date())


@pages.get("/campaigns/<int:number>")
@needs("read")
def show(number: int) -> str:
    here = runtime()
    now = here.clock.now()
    asked = _asked()
    with here.store.reading() as session:
        campaign = campaign_numbered(session, number)
        view = summary(session, campaign, now)
        found = shown(session, campaign, view, now, asked, typed.page_number(), AT_ONCE)
        dated = vendor_sentence(session, campaign, now.date())
        plan = opened(session, campaign)
        waves = wave_lines(session, campaign.id, now.date())
        outlook = outlooks(here, session, [view], now).get(view.id)
    page = found.first // AT_ONCE + 1
    buttons, hint = buttons_for(view)
    return render_template(
        "campaigns/show.html",
        outlook=outlook,
        view=view,
        dated=dated,
        plan=plan,
        buttons=buttons,
        hint=hint,
        asked=asked,
        lines=found.lines,
        kept=found.kept,
        states=_states(view),
        managers=[("", "all"), *((name, name) for name in found.managers)],
        sorts=_sorts(asked),
        csv=_address(f"/campaigns/{view.id}.csv", asked),
        previous=_address(f"/campaigns/{view.id}", asked, page=page - 1) if page > 1 else "",
        following=(
            _address(f"/campaigns/{view.id}", asked, page=page + 1)
            if page * AT_ONCE < found.kept
            else ""
        ),
        first=found.first + 1,
        today=now.date(),
        steps=step_rows.of_campaign(plan.steps),
        waves=waves,
    )


@pages.get("/campaigns/<int:number>.csv")
@needs("read")
def sheet(number: int) -> Response:
    here = runtime()
    with here.store.reading() as session:
        view = campaign_view(session, campaign_numbered(session, number), here.clock.now())
    rows = (_row(line) for line in narrowed(view.lines, _asked()))
    return download(list_csv(COLUMNS, rows), view.name, "csv")


def _asked() -> Narrow:
    return Narrow(
        state=typed.asked("state", 40),
        risk=typed.asked("risk", 1) == "1",
        manager=typed.asked("manager"),
        q=typed.asked("q"),
        order=typed.asked("sort", 40) or "risk",
    )


def _address(path: str, asked: Narrow, order: str | None = None, page: int = 1) -> str:
    order = asked.order if order is None else order
    return typed.address(
        path,
        state=asked.state,
        risk=1 if asked.risk else None,
        manager=asked.manager,
        q=asked.q,
        sort=order if order != "risk" else None,
        page=page if page > 1 else None,
    )


def _sorts(asked: Narrow) -> dict[str, tuple[str, str]]:
    """For each sortable column the address that sorts by it, and how it is sorted now."""
    found = {}
    for order in ("customer", "state", "agreed", "next", "ready", "risk"):
        here = asked.plain_order == order
        down = asked.order.startswith("-")
        turned = f"-{order}" if here and not down else order
        said = ("descending" if down else "ascending") if here else ""
        found[order] = (_address(request.path, asked, order=turned), said)
    return found


def _states(view: Summary) -> list[tuple[str, str]]:
    return [("", "all")] + [(s, f"{s} ({n})") for s, n in sorted(view.states.items())]


def _row(line: CustomerLine) -> Sequence[Any]:
    agreed, following, people = line.agreed, line.next_touch, line.people
    return (
        line.customer,
        line.state,
        agreed.day.isoformat() if agreed else None,
        f"{agreed.time:%H:%M}" if agreed else None,
        line.zone,
        following.title if following else None,
        following.day.isoformat() if following else None,
        people.total,
        people.done,
        people.not_done,
        people.unknown,
        people.excepted,
        line.account_manager,
        "; ".join(line.risks),
    )
