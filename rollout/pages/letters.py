"""A letter as it was sent, and what becomes of one that may or may not have arrived."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaigns import contact
from campaigns.boards import LetterCopy, letter_copy
from campaigns.errors import NotFound
from guides.errors import GuideError
from guides.letters import CompiledLetter, Letter, fill
from rollout.auth import actor, inside, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.security import letter_page

pages = Blueprint("letters", __name__)
HIDDEN = "(personal link)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter put together again; None where nothing was kept, and why."""

    letter: Letter | None
    why: str = ""


@pages.get("/letters/<public_id>")
@needs("read")
def show(public_id: str) -> str:
    with runtime().store.reading() as session:
        copy = letter_copy(session, _clean(public_id))
    return render_template("letters/show.html", copy=copy, told=copy.told_day, shown=_as_sent(copy))


@pages.get("/letters/<public_id>/html")
@needs("read")
def html(public_id: str) -> Response:
    with runtime().store.reading() as session:
        copy = letter_copy(session, _clean(public_id))
    shown = _as_sent(copy)
    if shown.letter is None:
        raise NotFound(shown.why, "no_letter")
    return letter_page(shown.letter.html)


@pages.post("/letters/<public_id>/again")
@needs("plan")
def send_again(public_id: str) -> AnyResponse:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        contact.send_again(session, _clean(public_id), who=desk.who, now=desk.now)
    tell("The letter goes out once more, under the same Message-ID.")
    return redirect(inside(request.form.get("back")), 303)


@pages.post("/letters/<public_id>/leave")
@needs("plan")
def leave_it(public_id: str) -> AnyResponse:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        contact.leave_it(session, _clean(public_id), who=desk.who, now=desk.now)
    tell("The letter is taken as sent. The journal says that you looked.")
    return redirect(inside(request.form.get("back")), 303)


def _clean(public_id: str) -> str:
    # Postgres takes no NUL in a text, not even to look for it.
    return public_id.replace("\0", "")


def _as_sent(copy: LetterCopy) -> Shown:
    """Personal links were never kept; words stand in their place."""
    if copy.compiled is None or copy.facts is None:
        return Shown(None, "This letter was never put together, so there is nothing to show.")
    hidden = f"{runtime().links.base_url.rstrip('/')}/personal-link-hidden"
    facts = {
        name: hidden if name.endswith("_link") and not value else value
        for name, value in copy.facts.items()
    }
    try:
        letter = fill(CompiledLetter.from_dict(copy.compiled), facts)
    except GuideError as error:
        return Shown(None, f"The letter cannot be put together again. {error}")
    text = letter.text.replace(hidden, HIDDEN)
    page = letter.html.replace(f'href="{hidden}"', 'href="#"').replace(hidden, HIDDEN)
    return Shown(Letter(letter.subject, text, page))
