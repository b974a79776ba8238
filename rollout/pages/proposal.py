"""Dates for everybody in a campaign who has none: look, keep some or all. Nothing is booked."""

from datetime import date

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns import propose
from campaigns.boards.opened import campaign_numbered
from campaigns.errors import Invalid
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell

pages = Blueprint("proposal", __name__)


@pages.get("/campaigns/<int:number>/proposal")
@needs("plan")
def show(number: int) -> str:
    here = runtime()
    with here.store.reading() as session:
        campaign = campaign_numbered(session, number)
        found = propose.proposed(session, campaign, here.clock.now(), here.day_minutes)
    return render_template(
        "campaigns/proposal.html", number=number, found=found, quality=propose.quality(found)
    )


@pages.post("/campaigns/<int:number>/proposal")
@needs("plan")
def keep(number: int) -> Response:
    desk = Desk(runtime(), actor())
    chosen = dict(_picked(value) for value in request.form.getlist("pick"))
    if not chosen:
        raise Invalid("No customer is ticked. Tick those whose day is to be proposed.", "none")
    with desk.writing() as session:
        kept = propose.accept(
            session,
            campaign_numbered(session, number),
            chosen,
            who=desk.who,
            now=desk.now,
            day_minutes=desk.rt.day_minutes,
        )
    days = "1 day is" if kept == 1 else f"{kept:,} days are"
    tell(f"{days} proposed to customers from now on. Nothing is booked before they say yes.")
    return redirect(f"/campaigns/{number}/proposal", 303)


def _picked(value: str) -> tuple[int, date]:
    rollout, _, day = value.partition(":")
    try:
        return int(rollout), date.fromisoformat(day)
    except ValueError:
        raise Invalid("The form is not complete. Open the page again.", "bad_form") from None
