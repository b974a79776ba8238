"""Somebody confirms that this installation sends, after it was copied or its clock jumped."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from campaigns.errors import Invalid
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.notice import tell
from workers import gate

pages = Blueprint("sending", __name__)


@pages.post("/sending/arm")
@needs("administer")
def arm() -> Response:
    if request.form.get("sure") != "yes":
        raise Invalid("Tick the box first: it says what you confirm. Nothing was changed.")
    here = runtime()
    gate.arm(here, actor())
    here.nudge()
    tell("Sending goes on. What has lost its use meanwhile is skipped, with the reason kept.")
    return redirect("/", 303)
