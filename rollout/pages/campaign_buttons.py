"""The buttons of a campaign's heading: what its state allows and the role may."""

from dataclasses import dataclass

from campaigns.boards.summary import Summary
from campaigns.models import ON
from campaigns.rules.campaign_moves import LEADING, moves_from
from rollout.auth import actor, may
from rollout.current import settings

LIVING = ("draft", "approved", *ON)
SECOND = "You opened this campaign, so somebody else has to approve it."


@dataclass(frozen=True, slots=True)
class Button:
    """`posts` at once, or leads to a page that asks first. `style` is a class of app.css."""

    label: str
    address: str
    posts: bool
    style: str


def buttons_for(view: Summary) -> tuple[list[Button], str]:
    """The primary one first; and a hint where the next step is somebody else's."""
    found, hint = [], ""
    for move in moves_from(view.state):
        if not may(move.action):
            continue
        if move.name == "approve" and not _second(view):
            hint = SECOND
            continue
        style = "" if move.name in LEADING else "quiet"
        address = f"/campaigns/{view.id}/{move.name}"
        found.append(Button(move.label, address, not move.asks, style))
    if view.state in LIVING:
        leads = bool(found) and not found[0].style
        ahead = Button("Look ahead", f"/campaigns/{view.id}/rehearsal", False, "quiet" * leads)
        found.insert(1 if leads else 0, ahead)
        if may("plan"):
            found.append(Button("Propose dates", f"/campaigns/{view.id}/proposal", False, "quiet"))
    return found, hint


def _second(view: Summary) -> bool:
    return not settings().two_person or actor().name != view.opened_by
