"""The campaign ahead, day by day: who gets what when, before anything leaves."""

from typing import Any

from flask import Blueprint, Response, render_template

from campaigns import playbooks
from campaigns.boards import CampaignView, campaign_view
from campaigns.boards.opened import campaign_numbered
from campaigns.errors import Conflict
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages import typed
from rollout.pages.ahead import alike
from rollout.pages.download import download
from rollout.pages.load import load_per_day, picture
from rollout.papers.lists import list_csv
from workers.rehearse import Event, Rehearsal, rehearse

pages = Blueprint("rehearsal", __name__)

AT_ONCE = 500
KINDS = ("mail", "task", "skip", "conflict", "booking")
# Measured: 5 to 15 ms a person. Above this a page asks before it runs for long.
PEOPLE_AT_ONCE = 2_000
COLUMNS = (
    "local",
    "zone",
    "customer",
    "kind",
    "step",
    "audience",
    "people",
    "subject",
    "reason",
)


@pages.get("/campaigns/<int:number>/rehearsal")
@needs("read")
def show(number: int) -> str:
    here = runtime()
    with here.store.reading() as session:
        view = campaign_view(session, campaign_numbered(session, number), here.clock.now())
    if view.total.total > PEOPLE_AT_ONCE and not typed.asked("run", 1):
        return render_template("campaigns/rehearsal_long.html", view=view)
    started = here.clock.machine()
    try:
        found = rehearse(here, view.name)
    except Conflict as problem:
        return render_template("campaigns/rehearsal_none.html", view=view, problem=problem)
    seconds = (here.clock.machine() - started).total_seconds()
    return render_template("campaigns/rehearsal.html", **_shown(view, found), seconds=seconds)


@pages.get("/campaigns/<int:number>/rehearsal.csv")
@needs("read")
def sheet(number: int) -> Response:
    here = runtime()
    with here.store.reading() as session:
        name = campaign_numbered(session, number).name
    found = rehearse(here, name)
    kept = _kept(found, typed.asked("customer"), typed.asked("kind", 20))
    rows = ([getattr(event, column) for column in COLUMNS] for event in kept)
    return download(list_csv(COLUMNS, rows), f"{name} rehearsal", "csv")


def _kept(found: Rehearsal, customer: str, kind: str) -> list[Event]:
    """What fits the filters, by the day on which people live through it."""
    events = [
        event
        for event in found.events
        if (not customer or event.customer == customer) and (not kind or event.kind == kind)
    ]
    return sorted(events, key=lambda event: (event.local[:10], event.at))


def _titles(playbook: str) -> dict[str, str]:
    """What its steps are called, by their keys."""
    if playbook not in playbooks.names():
        return {}
    return {step.key: step.title for step in playbooks.shipped(playbook).steps}


def _shown(view: CampaignView, found: Rehearsal) -> dict[str, Any]:
    customer, kind, run = typed.asked("customer"), typed.asked("kind", 20), typed.asked("run", 1)
    kept = _kept(found, customer, kind)
    rows = alike(kept, _titles(view.playbook))
    page = min(typed.page_number(), max(1, -(-len(rows) // AT_ONCE)))
    path = f"/campaigns/{view.id}/rehearsal"
    days = load_per_day(kept)

    def at(number: int) -> str:
        return typed.address(path, customer=customer, kind=kind, run=run, page=number)

    return {
        "view": view,
        "found": found,
        "rows": rows[(page - 1) * AT_ONCE : page * AT_ONCE],
        "all_rows": len(rows),
        "kept": len(kept),
        "first": (page - 1) * AT_ONCE + 1,
        "days": days,
        "picture": picture(days),
        "letters": sum(day.letters for day in days),
        "customers": sorted((line.customer for line in view.lines), key=str.casefold),
        "asked": {"customer": customer, "kind": kind, "run": run},
        "kinds": KINDS,
        "csv": typed.address(f"{path}.csv", customer=customer, kind=kind),
        "previous": at(page - 1) if page > 1 else "",
        "following": at(page + 1) if page * AT_ONCE < len(rows) else "",
    }
