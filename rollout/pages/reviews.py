"""A vendor moved: what differs, what that means for each agreed date, and the approval."""

import hashlib
import json
from datetime import date

from flask import Blueprint, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from campaigns import reviewing
from campaigns.boards.review import ReviewView, review_view
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.models import ChangeReview, Rollout
from campaigns.register.changes import dates_stand
from rollout.auth import actor, needs
from rollout.current import runtime
from rollout.desk import Desk
from rollout.notice import tell
from rollout.pages.typed_values import KEY

pages = Blueprint("reviews", __name__)
WHERE = f"/reviews/<{KEY}:number>"


@pages.get(WHERE)
@needs("read")
def show(number: int) -> str:
    return _page(number)


@pages.post(WHERE)
@needs("plan")
def choose(number: int) -> Response | tuple[str, int]:
    """Each customer's choice is kept; nothing moves yet."""
    desk = Desk(runtime(), actor())
    try:
        with desk.writing() as session:
            review = _review(session, number)
            for name, typed in request.form.items():
                if name.startswith("day-"):
                    _choose(session, desk, review, name.removeprefix("day-"), typed.strip())
    except (Conflict, Invalid) as problem:
        return _page(number, problem.message), 422
    tell("Written down. Nothing moves before somebody approves it.")
    return redirect(f"/reviews/{number}", 303)


@pages.post(f"{WHERE}/same-dates")
@needs("plan")
def same_dates(number: int) -> Response:
    desk = Desk(runtime(), actor())
    with desk.writing() as session:
        review = _review(session, number)
        change = reviewing.change_of(session, review)
        dates_stand(session, change, who=desk.who, now=desk.now)
    tell("The vendor's dates hold as before.")
    return redirect(f"/reviews/{number}", 303)


@pages.post(f"{WHERE}/approve")
@needs("approve")
def approve(number: int) -> Response | tuple[str, int]:
    """What was on the page is done; if it has changed since, nothing is."""
    desk = Desk(runtime(), actor())
    try:
        with desk.writing() as session:
            review = _review(session, number)
            _as_seen(session, desk, review)
            done = reviewing.approve(
                session, review, who=desk.who, now=desk.now, day_minutes=desk.rt.day_minutes
            )
    except Conflict as problem:
        return _page(number, problem.message), 409
    moved = sum(line.outcome == "moved" for line in done)
    dates = "1 date moved" if moved == 1 else f"{moved} dates moved"
    tell(f"Approved: {dates}. Whoever was told an old date is told the new one.")
    return redirect(f"/reviews/{number}", 303)


def _as_seen(session: Session, desk: Desk, review: ChangeReview) -> None:
    """Raises Conflict where somebody would approve another list than the one on the page."""
    view = review_view(session, review, desk.now, desk.rt.day_minutes)
    if view.state == "open" and _fingerprint(view) != request.form.get("seen"):
        raise Conflict(
            "The list has changed since this page was opened. Look at it once more.",
            "changed_meanwhile",
        )


def _choose(session: Session, desk: Desk, review: ChangeReview, rollout: str, typed: str) -> None:
    """An empty day keeps the date. Raises Invalid and NotFound."""
    found = session.get(Rollout, int(rollout)) if rollout.isdecimal() else None
    if found is None:
        raise Invalid("The form is not complete. Open the page again.", "bad_form")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid(f'"{typed[:40]}" is not a date.', "bad_date", f"day-{rollout}") from None
    reviewing.choose(
        session,
        review,
        found,
        move_to=day,
        at=None,
        who=desk.who,
        now=desk.now,
        day_minutes=desk.rt.day_minutes,
    )


def _review(session: Session, number: int) -> ChangeReview:
    review = session.get(ChangeReview, number)
    if review is None:
        raise NotFound("There is no such review.", "no_review")
    return review


def _page(number: int, problem: str = "") -> str:
    here = runtime()
    with here.store.reading() as session:
        review = _review(session, number)
        view = review_view(session, review, here.clock.now(), here.day_minutes)
    return render_template("reviews/show.html", view=view, seen=_fingerprint(view), problem=problem)


def _fingerprint(view: ReviewView) -> str:
    """Of everything that an approver has seen."""
    return hashlib.sha256(json.dumps(view.as_json(), sort_keys=True).encode()).hexdigest()
