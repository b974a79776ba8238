"""What lies ahead, day by day, before anything leaves: of one campaign, or of all together."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template, stream_with_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import people
from campaigns.boards import campaign_view
from campaigns.boards.opened import campaign_numbered
from campaigns.errors import Conflict, Invalid
from campaigns.models import Campaign, Customer, Rollout
from campaigns.terms import playbook_of
from rollout.auth import needs
from rollout.current import runtime
from rollout.pages import rehearsal_running, typed
from rollout.pages.ahead import Titles, alike
from rollout.pages.download import download
from rollout.pages.load import load_per_day, picture
from rollout.papers.lists import list_csv
from rollout.show import written
from workers.differences import differences
from workers.rehearse import AHEAD, Event, Rehearsal, Told, rehearse, rehearse_all
from workers.runtime import Runtime

pages = Blueprint("rehearsal", __name__)

AT_ONCE = 500
KINDS = ("mail", "task", "skip", "conflict", "booking")
# Measured: 2 to 4 ms a person. Above this a page asks before it runs for long.
PEOPLE_AT_ONCE = 4_000
COLUMNS = (
    "local",
    "zone",
    "campaign",
    "customer",
    "kind",
    "step",
    "audience",
    "people",
    "subject",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is rehearsed: one campaign with its `number`, or all of them."""

    name: str
    number: int | None
    campaigns: Sequence[Campaign]
    customers: Sequence[str]
    people: int
    change: str = ""  # by the vendor's number

    @property
    def back(self) -> str:
        return "/campaigns" if self.number is None else f"/campaigns/{self.number}"

    @property
    def path(self) -> str:
        return "/rehearsal" if self.number is None else f"{self.back}/rehearsal"

    @property
    def command(self) -> str:
        return "rollout rehearse " + ("--all" if self.number is None else f'"{self.name}"')

    @property
    def drafts(self) -> list[str]:
        """What plays as if it were approved and started now."""
        return [one.name for one in self.campaigns if one.state in ("draft", "approved")]

    @property
    def titles(self) -> Titles:
        """What the steps are called, by campaign and key."""
        return {
            (one.name, step.key): step.title
            for one in self.campaigns
            for step in playbook_of(one.playbook_source).steps
        }


@pages.get("/rehearsal")
@pages.get("/campaigns/<int:number>/rehearsal")
@needs("read")
def show(number: int | None = None) -> str | Response:
    scope = _scope(number)
    if scope.people > PEOPLE_AT_ONCE:
        if typed.asked("run", 1):
            return _told_while_it_runs(scope)
        return render_template("campaigns/rehearsal_long.html", scope=scope)
    here = runtime()
    started = here.clock.machine()
    try:
        found = _play(scope)
    except Conflict as problem:
        return render_template("campaigns/rehearsal_none.html", scope=scope, problem=problem)
    seconds = (here.clock.machine() - started).total_seconds()
    return render_template("campaigns/rehearsal.html", **_shown(scope, found), seconds=seconds)


def _told_while_it_runs(scope: Scope) -> Response:
    here = runtime()
    play = partial(_all, here) if scope.number is None else partial(_one, here, scope.name)
    told = rehearsal_running.page(
        rehearsal_running.Running(play),
        render_template("campaigns/rehearsal_running.html", scope=scope),
        lambda found: render_template("campaigns/_rehearsal.html", **_shown(scope, found)),
        lambda problem: render_template(
            "campaigns/_rehearsal_none.html", scope=scope, problem=problem
        ),
    )
    return Response(stream_with_context(told), mimetype="text/html")


def _all(here: Runtime, told: Told) -> Rehearsal:
    return rehearse_all(here, told=told)


def _one(here: Runtime, name: str, told: Told) -> Rehearsal:
    return rehearse(here, name, told=told)


@pages.get("/rehearsal.csv")
@pages.get("/campaigns/<int:number>/rehearsal.csv")
@needs("read")
def sheet(number: int | None = None) -> Response:
    scope = _scope(number)
    rows = ([getattr(event, column) for column in COLUMNS] for event in _kept(_play(scope)))
    return download(list_csv(COLUMNS, rows), f"{scope.name} rehearsal", "csv")


@pages.get("/rehearsal.json")
@pages.get("/campaigns/<int:number>/rehearsal.json")
@needs("read")
def plan(number: int | None = None) -> Response:
    """The plan as `rollout rehearse --json` writes it, to be compared with later."""
    scope = _scope(number)
    told = json.dumps(_play(scope).as_json(), ensure_ascii=False)
    return download(told, f"{scope.name} plan {_now():%Y-%m-%d}", "json")


@pages.post("/rehearsal/compare")
@pages.post("/campaigns/<int:number>/rehearsal/compare")
@needs("plan")
def compare(number: int | None = None) -> tuple[str, int]:
    scope = _scope(number)
    try:
        earlier = _earlier()
        found = differences(earlier, _play(scope).as_json())
    except Invalid as problem:
        page = render_template("campaigns/rehearsal_none.html", scope=scope, problem=problem)
        return page, 422
    since = earlier.get("from")
    return render_template(
        "campaigns/rehearsal_compare.html",
        scope=scope,
        since=written(since).partition(",")[0] if isinstance(since, str) else "",
        counts={
            word: sum(one.change == word for one in found) for word in ("added", "removed", "moved")
        },
        found=found[:AT_ONCE],
        all_found=len(found),
        titles=scope.titles,
    ), 200


def _earlier() -> Mapping[str, Any]:
    sent = typed.file("plan", "a plan that was kept")
    try:
        told = json.load(typed.stream(sent))
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("events"), list):
        message = f"{sent.filename} is not a plan: keep one with the link on this page first."
        raise Invalid(message, "no_plan", "plan")
    return told


def _now() -> datetime:
    return runtime().clock.now()


def _scope(number: int | None) -> Scope:
    """Raises NotFound."""
    with runtime().store.reading() as session:
        if number is None:
            return _everything(session)
        campaign = campaign_numbered(session, number)
        view = campaign_view(session, campaign, _now())
        names = sorted((line.customer for line in view.lines), key=str.casefold)
        return Scope(view.name, number, [campaign], names, view.total.total, view.change_id)


def _everything(session: Session) -> Scope:
    query = select(Campaign).where(Campaign.state.in_(AHEAD)).order_by(Campaign.name)
    campaigns = session.scalars(query).all()
    ids = [one.id for one in campaigns]
    names = session.scalars(
        select(Customer.name)
        .where(
            Customer.id.in_(select(Rollout.customer_id).where(Rollout.campaign_id.in_(ids))),
        )
        .order_by(Customer.folded_name)
    )
    many = sum(people.total(session, key, "none", _now().date()).total for key in ids)
    return Scope("All campaigns", None, campaigns, names.all(), many)


def _play(scope: Scope) -> Rehearsal:
    """Raises Conflict where the one campaign cannot start."""
    here = runtime()
    return rehearse_all(here) if scope.number is None else rehearse(here, scope.name)


def _asked() -> dict[str, str]:
    words = {"campaign": 200, "customer": 200, "kind": 20}
    return {name: typed.asked(name, longest) for name, longest in words.items()}


def _kept(found: Rehearsal) -> list[Event]:
    """What fits the filters, by the day on which people live through it."""
    asked = {name: word for name, word in _asked().items() if word}
    events = [
        event
        for event in found.events
        if all(getattr(event, name) == word for name, word in asked.items())
    ]
    return sorted(events, key=lambda event: (event.local[:10], event.at))


def _shown(scope: Scope, found: Rehearsal) -> dict[str, Any]:
    asked, run = _asked(), typed.asked("run", 1)
    kept = _kept(found)
    rows = alike(kept, scope.titles)
    page = min(typed.page_number(), max(1, -(-len(rows) // AT_ONCE)))
    days = load_per_day(kept)

    def at(number: int) -> str:
        return typed.address(scope.path, **asked, run=run, page=number)

    return {
        "scope": scope,
        "found": found,
        "rows": rows[(page - 1) * AT_ONCE : page * AT_ONCE],
        "all_rows": len(rows),
        "kept": len(kept),
        "first": (page - 1) * AT_ONCE + 1,
        "days": days,
        "picture": picture(days),
        "letters": sum(day.letters for day in days),
        "asked": asked | {"run": run},
        "kinds": KINDS,
        "csv": typed.address(f"{scope.path}.csv", **asked),
        "previous": at(page - 1) if page > 1 else "",
        "following": at(page + 1) if page * AT_ONCE < len(rows) else "",
    }
