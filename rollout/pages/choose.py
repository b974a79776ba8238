"""The customer's own page behind the link in a letter: choose a day, change it, cancel it, ask.

Reading writes nothing. A choice is a value that somebody picked, a page to look it over and a
confirmation with a name; a form that is sent as it came changes nothing.
"""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaigns.boards.choosing_view import Days
from campaigns.errors import Conflict, Invalid, NotFound
from guides.appointment import to_ics
from rollout.auth import public
from rollout.current import runtime
from rollout.pages import choose_book as desk
from rollout.pages import choose_form as forms
from rollout.pages import choose_show as show
from rollout.pages.letter_errors import catch
from rollout.security import NonceBlueprint
from rollout.show import long_day
from workers.compose import calendar_entry

pages = NonceBlueprint("choose", __name__)
catch(pages, "choose")
pages.add_app_template_filter(show.month_name, "month_name")
pages.add_app_template_filter(show.short_weekday, "short_weekday")


@pages.get("/c/<token>")
@public
def page(token: str) -> Response:
    return show.start(desk.read(token), forms.month(request.args), forms.seen(request.args))


@pages.get("/c/<token>/change")
@public
def change(token: str) -> AnyResponse:
    view = desk.read(token)
    return show.calendar(view, forms.month(request.args)) if view.may_change else _home(token)


@pages.get("/c/<token>/review")
@pages.get("/c/<token>/confirm")
@public
def halfway(token: str) -> AnyResponse:
    """A browser that was closed halfway opens the address of a form: back to the beginning."""
    return _home(token)


@pages.post("/c/<token>/review")
@public
def review(token: str) -> Response:
    view = desk.read(token)
    if not view.may_choose:
        return show.start(view)
    try:
        chosen = forms.choice(request.form)
    except Invalid as error:
        return show.calendar(view, forms.month(request.form), error, 422)
    verdict = view.verdict(chosen.day, chosen.at)
    if not verdict.open:
        closed = f"{long_day(chosen.day)} cannot be had. {verdict.reason}"
        return show.refused(view, Conflict(closed, verdict.code), chosen)
    return show.review(view, chosen, view.door.contact.name)


@pages.post("/c/<token>/confirm")
@public
def confirm(token: str) -> AnyResponse:
    try:
        chosen = forms.choice(request.form)
        signature = forms.signature(request.form)
    except Invalid as error:
        return _look_again(token, error)
    lost = desk.book(token, chosen, signature)
    if lost is None:
        return _home(token)
    return _settled(lost.view, token, signature) or show.refused(lost.view, lost.why, chosen)


@pages.get("/c/<token>/cancel")
@public
def cancel(token: str) -> AnyResponse:
    view = desk.read(token)
    return show.cancel(view, view.door.contact.name) if view.may_change else _home(token)


@pages.post("/c/<token>/cancel")
@public
def withdraw(token: str) -> AnyResponse:
    try:
        signature = forms.sure(request.form)
    except Invalid as error:
        view = desk.read(token)
        if not view.may_change:
            return show.start(view)
        return show.cancel(view, *forms.as_sent(request.form), error)
    try:
        desk.withdraw(token, signature)
    except Conflict as refusal:
        view = desk.read(token)
        return _settled(view, token, signature) or show.refused(view, refusal)
    return _home(token)


@pages.get("/c/<token>/not-this-day")
@public
def not_this_day(token: str) -> AnyResponse:
    view = desk.read(token)
    return show.not_this_day(view, view.door.contact.name) if view.put_down else _home(token)


@pages.post("/c/<token>/not-this-day")
@public
def decline(token: str) -> AnyResponse:
    try:
        signature = forms.sure(request.form, "Tick the box if this day is to be given back.")
    except Invalid as error:
        view = desk.read(token)
        if not view.put_down:
            return show.start(view)
        return show.not_this_day(view, *forms.as_sent(request.form), error)
    try:
        desk.decline(token, forms.prose(request.form.get("text", "")), signature)
    except Conflict as refusal:
        return show.refused(desk.read(token), refusal)
    return redirect(url_for("choose.thanks", token=token, slug="not-this-day"), 303)


@pages.get("/c/<token>/ask/<slug>")
@public
def question(token: str, slug: str) -> Response:
    asked, view = show.question(slug), desk.read(token)
    return show.start(view) if view.door.ended else show.ask(view, slug, asked)


@pages.post("/c/<token>/ask/<slug>")
@public
def ask(token: str, slug: str) -> AnyResponse:
    asked, view = show.question(slug), desk.read(token)
    if view.door.ended:
        return show.start(view)
    try:
        text = forms.text(request.form, asked.missing)
    except Invalid as error:
        return show.ask(view, slug, asked, error)
    desk.ask(token, view, asked.kind, text)
    return redirect(url_for("choose.thanks", token=token, slug=slug), 303)


@pages.get("/c/<token>/thanks/<slug>")
@public
def thanks(token: str, slug: str) -> Response:
    view = desk.read(token)
    return show.start(view) if view.door.ended else show.thanks(view, slug)


@pages.get("/c/<token>/appointment.ics")
@public
def appointment(token: str) -> Response:
    here, view = runtime(), desk.read(token)
    entry = None
    if view.booked and view.stage != "ended":
        subject = f"Agreed: {view.facts['agreed_day']}, {view.facts['change_title']}"
        reader, now = view.door.contact, here.clock.now()
        moves = view.door.rollout.rezoned
        entry = calendar_entry(here, moves, view.agreement, None, reader, view.facts, subject, now)
    if entry is None:
        raise NotFound("No date is booked, so there is no calendar entry.", "no_date")
    response = Response(to_ics(entry), content_type="text/calendar; charset=utf-8; method=REQUEST")
    response.headers["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response


def _look_again(token: str, error: Invalid) -> Response:
    """Name or role is missing: the same page. The day is missing: the days."""
    view = desk.read(token)
    if not view.may_choose:
        return show.start(view)
    if error.field == "when":
        return show.calendar(view, None, error, 422)
    chosen = forms.choice(request.form)
    return show.review(view, chosen, *forms.as_sent(request.form), error)


def _settled(view: Days, token: str, signature: forms.Signature) -> AnyResponse | None:
    """Two clicks on one button race; the second finds what the first has done."""
    agreement = view.agreement
    own = agreement is not None and agreement.answer_key == signature.key
    return _home(token) if own else None


def _home(token: str) -> AnyResponse:
    return redirect(url_for("choose.page", token=token), 303)
