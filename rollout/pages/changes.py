"""Vendor changes: the table, and one change with its dates, words and revisions."""

from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from campaigns.boards.changes import change_called, change_list, change_view
from campaigns.errors import Invalid
from campaigns.facts import plain_summary, plain_title
from campaigns.register import add_milestone
from campaigns.register.words import tell_customers
from campaigns.rules.milestones import KINDS, PRECISIONS, in_words
from campaigns.rules.periods import spoken
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages import change_forms, typed

pages = Blueprint("changes", __name__)
Page = tuple[str, int]


@pages.get("/changes")
@needs("read")
def table() -> str:
    here = runtime()
    words = typed.asked("q").casefold().split()
    with here.store.reading() as session:
        lines = change_list(session, here.clock.now())
    found = [
        line
        for line in lines
        if all(w in f"{line.source_id} {line.vendor} {line.title}".casefold() for w in words)
    ]
    return render_template(
        "changes/table.html",
        lines=found,
        total=len(lines),
        q=typed.asked("q"),
        categories=change_forms.CATEGORIES,
        today=here.clock.now().date(),
    )


@pages.get("/changes/<source_id>")
@needs("read")
def show(source_id: str) -> str:
    return _page(source_id, {}, None)


@pages.post("/changes/<source_id>/dates")
@needs("plan")
def add_date(source_id: str) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        row = change_forms.milestone()
    except Invalid as problem:
        return _page(source_id, request.form, problem), 422
    with desk.writing() as session:
        change = change_called(session, source_id)
        add_milestone(session, change, row, who=desk.who, now=desk.now)
    tell(f"{source_id}: {row.kind} {in_words(row.date, row.precision)} is written down.")
    return redirect(f"/changes/{source_id}", 303)


@pages.post("/changes/<source_id>/words")
@needs("plan")
def put_in_words(source_id: str) -> Response | Page:
    desk = Desk(runtime(), actor())
    try:
        title = typed.line("plain_title", "The title", 200)
        summary = typed.block("plain_summary", "The summary", 1_000)
        effect = typed.line("effect", "What happens if nobody does anything", 500)
    except Invalid as problem:
        return _page(source_id, request.form, problem), 422
    with desk.writing() as session:
        tell_customers(
            session,
            change_called(session, source_id),
            title=title,
            summary=summary,
            effect=effect,
            who=desk.who,
            now=desk.now,
        )
    tell("Letters from now on use these words.")
    return redirect(f"/changes/{source_id}", 303)


def _page(source_id: str, form: Any, problem: Invalid | None) -> str:
    here = runtime()
    with here.store.reading() as session:
        view = change_view(session, source_id, here.clock.now())
    return render_template(
        "changes/show.html",
        view=view,
        form=form,
        wrong={problem.field or "": problem.message} if problem else {},
        kinds=KINDS,
        precisions=PRECISIONS,
        in_words=in_words,
        spoken=spoken,
        told=(plain_title(view.change), plain_summary(view.change)),
        categories=change_forms.CATEGORIES,
        today=here.clock.now().date(),
    )
