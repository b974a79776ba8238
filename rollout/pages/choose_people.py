"""The customer's page, about people: undo what somebody else chose, name a colleague."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns.errors import Conflict, Invalid
from rollout.auth import public
from rollout.pages import choose_book as desk
from rollout.pages import choose_form as forms
from rollout.pages import choose_show as show
from rollout.pages.letter_errors import catch
from rollout.parse.address import address
from rollout.parse.cells import CellError
from rollout.security import NonceBlueprint

pages = NonceBlueprint("choose_people", __name__)
catch(pages, "choose")
UNSURE = "Tick the box if this choice is to be undone."


@pages.get("/c/<token>/undo")
@public
def undo(token: str) -> AnyResponse:
    view = desk.read(token)
    may = view.booked is not None and view.booked.undo_until and view.stage == "booked"
    return show.undo(view, view.door.contact.name) if may else _home(token)


@pages.post("/c/<token>/undo")
@public
def take_back(token: str) -> AnyResponse:
    try:
        signature = forms.sure(request.form, UNSURE)
    except Invalid as error:
        view = desk.read(token)
        if view.booked is None or not view.booked.undo_until:
            return show.start(view)
        return show.undo(view, *forms.as_sent(request.form), error)
    try:
        desk.undo(token, signature)
    except Conflict as refusal:
        return show.refused(desk.read(token), refusal)
    return _home(token)


@pages.get("/c/<token>/colleague")
@public
def colleague(token: str) -> Response:
    view = desk.read(token)
    return show.start(view) if view.door.ended else show.colleague(view, {})


@pages.post("/c/<token>/colleague")
@public
def name_colleague(token: str) -> AnyResponse:
    view = desk.read(token)
    if view.door.ended:
        return show.start(view)
    try:
        desk.name_colleague(token, *_colleague())
    except Invalid as error:
        return show.colleague(view, request.form, error)
    return redirect(url_for("choose.thanks", token=token, slug="colleague"), 303)


def _colleague() -> tuple[str, str, str]:
    """Name, address and role as the form says them. Raises Invalid."""
    name = forms.line(request.form.get("name", ""), forms.LONGEST_NAME)
    role = forms.line(request.form.get("role", ""), forms.LONGEST_ROLE)
    if not name:
        raise Invalid("Write your colleague's name.", "no_name", "name")
    if not role:
        raise Invalid(
            "Write what your colleague does, for example office manager.", "no_role", "role"
        )
    try:
        return name, address(request.form.get("email", "")[:320]), role
    except CellError as bad:
        raise Invalid(str(bad), "bad_value", "email") from None


def _home(token: str) -> AnyResponse:
    return redirect(url_for("choose.page", token=token), 303)
