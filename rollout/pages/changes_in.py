"""How vendor changes come in: a Message Center file, the library, or typed by hand."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.boards.opening import library_untaken
from campaigns.errors import Conflict, Invalid, Refused
from campaigns.register.changes import Registered
from campaigns.rules.milestones import KINDS, PRECISIONS
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.errors import status_of
from rollout.notice import tell
from rollout.pages import change_forms, typed
from rollout.show import plural

pages = Blueprint("changes_in", __name__)
Page = tuple[str, int]


@pages.get("/changes/import")
@needs("import")
def choose_file() -> str:
    return render_template("changes/import.html", error="")


@pages.post("/changes/import")
@needs("import")
def import_file() -> Response | Page:
    try:
        sent = typed.file("file", "a JSON file")
        found = Desk(runtime(), actor()).import_changes(typed.stream(sent), str(sent.filename))
    except Invalid as problem:
        return render_template("changes/import.html", error=problem.message), 422
    return _taken(found)


@pages.get("/changes/library")
@needs("import")
def library() -> str:
    return _library("")


@pages.post("/changes/library")
@needs("import")
def take() -> Response | Page:
    ids = request.form.getlist("id")
    if not ids:
        return _library("Tick at least one change."), 422
    return _taken(Desk(runtime(), actor()).import_shipped(ids))


@pages.get("/changes/new")
@needs("import")
def blank() -> str:
    return _form({}, None)


@pages.post("/changes/new")
@needs("import")
def type_in() -> Response | Page:
    try:
        row = change_forms.change()
        Desk(runtime(), actor()).type_in_change(row)
    except (Invalid, Conflict) as problem:
        return _form(request.form, problem), status_of(problem)
    tell(f"{row.source_id} is written down.")
    return redirect(f"/changes/{row.source_id}", 303)


def _taken(found: list[Registered]) -> Response:
    news = [row.news for row in found]
    parts = [
        f"{plural(news.count(word), 'change')} {words}"
        for word, words in (("created", "new"), ("revised", "revised"), ("unchanged", "as before"))
        if word in news
    ]
    tell(f"Taken in: {', '.join(parts) or 'nothing'}.")
    return redirect("/changes", 303)


def _library(error: str) -> str:
    here = runtime()
    wanted = typed.asked("q")
    with here.store.reading() as session:
        options = library_untaken(session, here.clock.now(), wanted)
    return render_template("changes/library.html", options=options, q=wanted, error=error)


def _form(form: Any, problem: Refused | None) -> str:
    return render_template(
        "changes/new.html",
        form=form,
        wrong={problem.field or "": problem.message} if problem else {},
        kinds=KINDS,
        precisions=PRECISIONS,
        categories=list(change_forms.CATEGORIES.items()),
    )
