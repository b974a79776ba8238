"""Moving a campaign on: approve, start, hold, resume, finish, cancel. Only POST does anything."""

from flask import Blueprint, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import launch
from campaigns.boards import campaign_view
from campaigns.boards.opened import campaign_numbered
from campaigns.errors import Invalid
from campaigns.models import Campaign
from campaigns.rules.campaign_moves import move_named
from rollout.auth import actor, needs
from rollout.current import runtime, settings
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed

pages = Blueprint("campaign_moves", __name__)
Page = tuple[str, int]

DONE = {
    "start": "Started. Letters leave as they fall due.",
    "hold": "On hold. Nothing is sent until it goes on.",
    "resume": "It goes on. What became useless meanwhile is skipped.",
    "finish": "Finished. What was still planned is cancelled.",
    "cancel": "Cancelled. Nothing more leaves.",
}


@pages.post("/campaigns/<int:number>/approve")
@needs("approve")
def approve(number: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        campaign = campaign_numbered(session, number)
        two = settings().two_person
        launch.approve(session, campaign, who=desk.who, now=desk.now, two_person=two)
    tell("Approved. It can be started now.")
    return redirect(f"/campaigns/{number}", 303)


@pages.get("/campaigns/<int:number>/<any(start, hold, finish, cancel):move>")
@needs("plan")
def ask(number: int, move: str) -> str:
    return _question(number, move, None)


@pages.post("/campaigns/<int:number>/<any(start, hold, resume, finish, cancel):move>")
@needs("plan")
def do(number: int, move: str) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        why = typed.line("why", "The reason", 400)
    except Invalid as problem:
        return _question(number, move, problem), 422
    with desk.writing() as session:
        _move(desk, session, campaign_numbered(session, number), move, why)
    if move == "hold":
        tell(DONE[move], undo=f"/campaigns/{number}/resume", label="Resume")
    else:
        tell(DONE[move])
    return redirect(f"/campaigns/{number}", 303)


def _move(desk: Desk, session: Session, campaign: Campaign, move: str, why: str) -> None:
    if move == "start":
        launch.start(session, campaign, who=desk.who, now=desk.now)
    elif move == "hold":
        launch.hold(session, campaign, why=why, who=desk.who, now=desk.now)
    elif move == "resume":
        launch.resume(session, campaign, who=desk.who, now=desk.now)
    elif move == "finish":
        launch.finish(session, campaign, who=desk.who, now=desk.now)
    else:
        launch.cancel(session, campaign, who=desk.who, now=desk.now)


def _question(number: int, move: str, problem: Invalid | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        view = campaign_view(session, campaign_numbered(session, number), here.clock.now())
    return render_template(
        "campaigns/ask.html",
        view=view,
        move=move_named(move),
        possible=view.state in move_named(move).allowed,
        planned=sum(line.next_touch is not None for line in view.lines),
        error=problem.message if problem else "",
    )
