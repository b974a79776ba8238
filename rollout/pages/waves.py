"""The waves of a campaign: put customers into one, hold it, let it go on, take it away."""

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import waving
from campaigns.boards.opened import campaign_numbered
from campaigns.boards.rings import rings
from campaigns.errors import Invalid, NotFound
from campaigns.models import Campaign, Wave
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import typed
from rollout.pages.typed_values import KEY, as_key, day

pages = Blueprint("waves", __name__)
WHERE = "/campaigns/<int:number>/waves"
MOVES = {
    "hold": (waving.hold_wave, "On hold: no further date of it can be had, nor of those after it."),
    "release": (waving.release_wave, "It goes on."),
    "remove": (waving.remove_wave, "Taken away. Its customers are in no wave and wait for none."),
}


@pages.get(WHERE)
@needs("read")
def show(number: int) -> str:
    return _page(number)


@pages.post(WHERE)
@needs("plan")
def add(number: int) -> Response | tuple[str, int]:
    desk = Desk(runtime(), actor())
    try:
        with desk.writing() as session:
            campaign = campaign_numbered(session, number)
            wave = waving.add_wave(
                session,
                campaign,
                typed.line("name", "The name", 200, required=True),
                _picked(session, campaign),
                exit_share=_figure("exit_share", "Verified, in per cent", 100),
                exit_days=_figure("exit_days", "The days of watching", 365),
                stop_percent=_figure("stop", "The share that stops it", 100),
                opens_on=day("opens", "The first day") if request.form.get("opens") else None,
                who=desk.who,
                now=desk.now,
            )
            name = wave.name
    except Invalid as problem:
        return _page(number, problem), 422
    tell(f"The wave {name} is there.")
    return redirect(f"/campaigns/{number}/waves", 303)


@pages.post(f"{WHERE}/<{KEY}:wave_id>/<any(hold, release, remove):move>")
@needs("plan")
def do(number: int, wave_id: int, move: str) -> Response | tuple[str, int]:
    desk, (step, told) = Desk(runtime(), actor()), MOVES[move]
    try:
        with desk.writing() as session:
            campaign = campaign_numbered(session, number)
            wave = _wave(session, campaign, wave_id)
            why = typed.line("why", "The reason", 400)
            step(session, campaign, wave, why=why, who=desk.who, now=desk.now)
    except Invalid as problem:
        return _page(number, problem), 422
    tell(told)
    return redirect(f"/campaigns/{number}/waves", 303)


def _page(number: int, problem: Invalid | None = None) -> str:
    here = runtime()
    with here.store.reading() as session:
        found = rings(session, campaign_numbered(session, number), here.clock.now().date())
    return render_template(
        "campaigns/waves.html", number=number, found=found, problem=problem, sent=request.form
    )


def _wave(session: Session, campaign: Campaign, wave_id: int) -> Wave:
    found = session.get(Wave, wave_id)
    if found is None or found.campaign_id != campaign.id:
        raise NotFound("There is no such wave.", "no_wave")
    return found


def _picked(session: Session, campaign: Campaign) -> list[int]:
    if request.form.get("everybody"):
        today = runtime().clock.now().date()
        return [key for key, _ in rings(session, campaign, today).free]
    keys = [as_key(text) for text in request.form.getlist("customer")]
    found = [key for key in keys if key is not None]
    if not found:
        raise Invalid("Tick the customers of this wave.", "nobody", "customer")
    return found


def _figure(name: str, label: str, most: int) -> int:
    found = as_key(request.form.get(name, "").strip())
    if found is None or found > most:
        raise Invalid(f"{label}: give a whole number from 0 to {most}.", "bad_figure", name)
    return found
