"""A person's own guide behind the link in a letter, and what that person tells us.

Nothing here is evidence: what people say is kept as their word.
"""

from datetime import datetime

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns import observe
from campaigns.boards.door import open_door
from campaigns.boards.guiding import Guiding, guiding
from campaigns.errors import Invalid, NotFound
from campaigns.journal import Actor
from guides.library import Library
from guides.pages import show_guide
from rollout.auth import public
from rollout.current import runtime
from rollout.desk import Desk
from rollout.pages.choose_form import prose
from rollout.pages.letter_errors import catch
from rollout.security import NonceBlueprint

pages = NonceBlueprint("guide", __name__)
catch(pages, "guide")

PHONES = {
    "authenticator-iphone": "An iPhone",
    "authenticator-android": "An Android phone",
    "no-smartphone": "No smartphone, or not my own",
}
OTHERS = ("new-phone", "what-the-app-sees", "locked-out")
TROUBLE = {
    "sign-in": "I cannot sign in",
    "app": "The app or the code does not do what the guide says",
    "no-phone": "I have no smartphone, or would rather not use mine",
    "other": "Something else",
}


@pages.get("/g/<token>")
@public
def page(token: str) -> Response:
    view = _read(token)
    if view.door.ended and not view.second_step:
        return _show("ended", view, 410)
    if not view.second_step:
        return _show("generic", view)
    return _show("start", view, phones=PHONES, others=_titles(view, OTHERS))


@pages.get("/g/<token>/<name>")
@public
def guide(token: str, name: str) -> Response:
    view = _read(token)
    if not view.second_step or name not in (*PHONES, *OTHERS):
        raise NotFound("There is no such guide.", "no_page")
    shown = show_guide(_library().guide(name, view.language), view.facts)
    return _show("show", view, guide=shown, name=name)


@pages.get("/g/<token>/done")
@public
def done(token: str) -> AnyResponse:
    view = _read(token)
    return _show("done", view) if _takes_word(view) else _home(token)


@pages.post("/g/<token>/done")
@public
def report_done(token: str) -> AnyResponse:
    view = _read(token)
    if not _takes_word(view):
        return _home(token)
    works = request.form.get("works", "")
    if works == "no":
        return redirect(url_for("guide.help_form", token=token), 303)
    if works != "yes":
        error = Invalid("Choose one of the two answers.", "no_choice", "works")
        return _show("done", view, 422, error=error)
    with Desk(runtime(), _reader(view)).writing() as session:
        observe.report_done(session, open_door(session, token, "guide").link, _now())
    return redirect(url_for("guide.thanks", token=token, what="done"), 303)


@pages.get("/g/<token>/help")
@public
def help_form(token: str) -> Response:
    return _show("help", _read(token), trouble=TROUBLE, text="")


@pages.post("/g/<token>/help")
@public
def want_help(token: str) -> AnyResponse:
    view, about = _read(token), request.form.get("about", "")
    text = prose(request.form.get("text", ""))
    if view.door.ended:
        return _show("ended", view, 410)
    if about not in TROUBLE:
        error = Invalid("Choose what it is about.", "no_choice", "about")
        return _show("help", view, 422, trouble=TROUBLE, text=text, error=error)
    said = f"{TROUBLE[about]}. {text}".strip()
    with Desk(runtime(), _reader(view)).writing() as session:
        observe.want_help(session, open_door(session, token, "guide").link, said, _now())
    return redirect(url_for("guide.thanks", token=token, what="help"), 303)


@pages.get("/g/<token>/thanks/<what>")
@public
def thanks(token: str, what: str) -> Response:
    if what not in ("done", "help"):
        raise NotFound("This address is not complete.", "no_page")
    return _show("thanks", _read(token), what=what)


def _read(token: str) -> Guiding:
    here = runtime()
    with here.store.reading() as session:
        return guiding(session, token, now=here.clock.now(), provider=here.provider)


def _show(template: str, view: Guiding, status: int = 200, **more: object) -> Response:
    values = {"error": None, "takes_word": _takes_word(view), **more}
    return make_response(render_template(f"guide/{template}.html", view=view, **values), status)


def _takes_word(view: Guiding) -> bool:
    return view.second_step and not view.door.ended


def _titles(view: Guiding, names: tuple[str, ...]) -> list[tuple[str, str, int]]:
    found = [(name, _library().guide(name, view.language)) for name in names]
    return [(name, guide.title, guide.minutes) for name, guide in found]


def _library() -> Library:
    return runtime().library


def _reader(view: Guiding) -> Actor:
    return Actor(view.door.contact.email, "contact")


def _now() -> datetime:
    return runtime().clock.now()


def _home(token: str) -> AnyResponse:
    return redirect(url_for("guide.page", token=token), 303)
