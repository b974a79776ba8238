"""Campaigns: as the board shows them, rehearsed, held and resumed."""

from typing import Any

from campaigns import launch
from campaigns.boards import campaign_view
from campaigns.boards.campaigns import campaign_lines
from campaigns.boards.opened import campaign_numbered
from campaigns.errors import Invalid
from rollout.api import shapes
from rollout.api.layer import Api, asked, body
from rollout.auth import actor
from rollout.current import runtime
from rollout.desk import Desk
from rollout.parse.moment import parse_instant
from workers.rehearse import rehearse

api = Api("campaigns")


@api.get("/campaigns", "All campaigns", shapes.Campaigns)
def campaigns() -> dict[str, Any]:
    here = runtime()
    with here.store.reading() as session:
        lines = campaign_lines(session, here.clock.now())
    return {"campaigns": [line.as_json() for line in lines]}


@api.get("/campaigns/<int:number>", "One campaign and its customers", shapes.Campaign)
def campaign(number: int) -> dict[str, Any]:
    here = runtime()
    with here.store.reading() as session:
        found = campaign_numbered(session, number)
        return campaign_view(session, found, here.clock.now()).as_json()


@api.get(
    "/campaigns/<int:number>/rehearsal",
    "Every message, task, skip and conflict ahead; may take long",
    shapes.Rehearsal,
    shapes.AskRehearsal,
)
def rehearsal(number: int) -> dict[str, Any]:
    here = runtime()
    until = asked(shapes.AskRehearsal).until
    try:
        moment = parse_instant(until) if until else None
    except Invalid as problem:
        raise Invalid(problem.message, "bad_parameter", "until") from None
    with here.store.reading() as session:
        name = campaign_numbered(session, number).name
    return rehearse(here, name, moment).as_json()


@api.post(
    "/campaigns/<int:number>/hold", "Stop before the next letter", shapes.Campaign, shapes.Hold
)
def hold(number: int) -> dict[str, Any]:
    why = body(shapes.Hold).why
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        found = campaign_numbered(session, number)
        launch.hold(session, found, why=why, who=desk.who, now=desk.now)
    return campaign(number)


@api.post(
    "/campaigns/<int:number>/resume",
    "Go on; what became useless meanwhile is skipped",
    shapes.Campaign,
    shapes.Nothing,
)
def resume(number: int) -> dict[str, Any]:
    body(shapes.Nothing)
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        found = campaign_numbered(session, number)
        launch.resume(session, found, who=desk.who, now=desk.now)
    return campaign(number)
