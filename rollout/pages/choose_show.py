"""The faces of the customer's page; which one is shown follows from the stage alone."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

from babel.dates import format_date
from flask import Response, current_app, make_response, render_template

from campaigns.boards.choosing_month import Month
from campaigns.boards.choosing_view import Choosing, Days
from campaigns.errors import Conflict, NotFound, Refused
from campaigns.rules.calendar import local_instant
from rollout.current import runtime
from rollout.pages.choose_form import Choice
from rollout.show import LOCALE, long_day

STAGES = {
    "ended": "choose/ended.html",
    "under_way": "choose/under_way.html",
    "booked": "choose/booked.html",
    "no_dates": "choose/page.html",
    "open": "choose/page.html",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A form that asks for one text; `kind` is the domain's word for it."""

    kind: str
    title: str
    label: str
    hint: str
    missing: str
    thanks: str


QUESTIONS: Mapping[str, Question] = {
    "question": Question(
        "question",
        "Ask a question",
        "Your question",
        "We answer by mail or by phone.",
        "Write your question first.",
        "We have your question and answer it by mail or by phone.",
    ),
    "none-fit": Question(
        "none_fit",
        "None of these days fit",
        "Which days would suit you, or which do not?",
        "For example: only after the 20th, never at the end of the month.",
        "Write which days would suit you, so that we can look for one.",
        "We look for a day that suits you and come back to you.",
    ),
    "wrong-person": Question(
        "wrong_person",
        "Somebody else decides this",
        "Who decides, and how do we reach that person?",
        "A name and a mail address or a phone number.",
        "Write who decides, so that we can ask that person.",
        "We write to you no more about the date, and ask that person. "
        "Nothing was chosen in your name.",
    ),
    "not-me": Question(
        "not_me",
        "This is not me",
        "What should we know?",
        "For example who you are, and who at this firm decides.",
        "Write a few words, so that we can find the right person.",
        "Thank you. We do not write to this address about the date any more, and find out who "
        "is right.",
    ),
}

THANKS: Mapping[str, str] = {
    "colleague": "We have the name. Somebody here looks at it first; then your colleague hears "
    "from us.",
    "not-this-day": "The day is given back and nothing is booked. We call you about another; "
    "or choose one on your page.",
}


@lru_cache(maxsize=256)
def month_name(day: date) -> str:
    """`December`, with the year said elsewhere."""
    return format_date(day, "MMMM", LOCALE)


@lru_cache(maxsize=1024)
def short_weekday(day: date) -> str:
    """`Tue`."""
    return format_date(day, "EEE", LOCALE)


@lru_cache(maxsize=256)
def days(month: Month) -> str:
    """The table of a month, as safe markup.

    Customers of one campaign mostly see the same: it is made once.
    """
    return _part("days", month)


@lru_cache(maxsize=256)
def closed_days(month: Month) -> str:
    """Why the closed days of a month are closed."""
    return _part("closed", month)


def _part(name: str, month: Month) -> str:
    parts = current_app.jinja_env.get_template("choose/_grid.html").module
    return cast("str", getattr(parts, name)(month))


def start(view: Choosing, shown: date | None = None, seen: Choice | None = None) -> Response:
    """Whatever the stage calls for: choosing, the booked date, or why neither is possible."""
    status = 410 if view.stage == "ended" else 200
    return _page(STAGES[view.stage], view, status, month=view.month(shown), seen=seen)


def calendar(
    view: Choosing, shown: date | None = None, error: Refused | None = None, status: int = 200
) -> Response:
    """The days to choose from, also where a date stands already."""
    problem = error.message if error else ""
    month = view.month(shown)
    return _page("choose/page.html", view, status, month=month, problem=problem, error=error)


def review(
    view: Choosing,
    choice: Choice,
    name: str,
    role: str = "",
    key: str = "",
    error: Refused | None = None,
) -> Response:
    """What would be booked, once more, with who books it. Nothing is saved yet."""
    shifted = local_instant(choice.day, choice.at, view.zone)[1]
    return _page(
        "choose/review.html",
        view,
        422 if error else 200,
        choice=choice,
        shifted=shifted,
        form=_form(view, name, role, key),
        error=error,
    )


def cancel(
    view: Choosing, name: str, role: str = "", key: str = "", error: Refused | None = None
) -> Response:
    """Asks whether the booked date shall really go."""
    form = _form(view, name, role, key)
    return _page("choose/cancel.html", view, 422 if error else 200, form=form, error=error)


def undo(
    view: Choosing, name: str, role: str = "", key: str = "", error: Refused | None = None
) -> Response:
    """Asks whether what somebody else chose shall really be undone."""
    form = _form(view, name, role, key)
    return _page("choose/undo.html", view, 422 if error else 200, form=form, error=error)


def colleague(view: Choosing, form: Mapping[str, str], error: Refused | None = None) -> Response:
    """A small form for a colleague's name, address and role."""
    return _page("choose/colleague.html", view, 422 if error else 200, form=form, error=error)


def not_this_day(
    view: Choosing, name: str, role: str = "", key: str = "", error: Refused | None = None
) -> Response:
    """Asks whether the day that was put down shall really go."""
    form = _form(view, name, role, key)
    return _page("choose/not_this_day.html", view, 422 if error else 200, form=form, error=error)


def refused(view: Days, refusal: Conflict, choice: Choice | None = None) -> Response:
    """Something changed meanwhile: the present state, with a sentence that says what."""
    if choice and (view.may_choose or not isinstance(view, Choosing)):
        if refusal.code in ("date_taken", "full"):
            return _days(view, choice.day, f"{long_day(choice.day)} was just taken. {_free(view)}")
        if refusal.code != "changed_meanwhile":
            return _days(view, choice.day, refusal.message)
    return _page(STAGES[view.stage], view, 409, month=view.month(None), problem=refusal.message)


def _free(view: Days) -> str:
    return "These days are free:" if view.stage != "no_dates" else ""


def _days(view: Days, shown: date, problem: str) -> Response:
    """What is free, for somebody whose day cannot be had."""
    month = view.month(shown)
    return _page("choose/taken.html", view, 409, month=month, problem=problem.strip())


def ask(view: Choosing, slug: str, asked: Question, error: Refused | None = None) -> Response:
    """A small form with one text."""
    status = 422 if error else 200
    return _page("choose/ask.html", view, status, slug=slug, question=asked, error=error)


def thanks(view: Choosing, slug: str) -> Response:
    """Raises NotFound for an address that nobody is thanked at."""
    said = THANKS.get(slug) or question(slug).thanks
    return _page("choose/thanks.html", view, 200, thanks=said)


def question(slug: str) -> Question:
    """Raises NotFound for an address that asks nothing."""
    if slug not in QUESTIONS:
        raise NotFound("This address is not complete.", "no_page")
    return QUESTIONS[slug]


def _form(view: Choosing, name: str, role: str, key: str) -> dict[str, str | int]:
    # A key for each form that is rendered: the same form sent twice books once.
    key = key or secrets.token_hex(16)
    return {"name": name, "role": role, "key": key, "version": view.version}


def _page(template: str, view: Days, status: int, **more: object) -> Response:
    guides = [(guide.title, guide.minutes) for guide in runtime().library.guides()]
    values = {"problem": "", "seen": None, "error": None, **more}
    values |= {"grid": days, "closed_days": closed_days}
    html = render_template(template, view=view, guides=guides, **values)
    return make_response(html, status)
