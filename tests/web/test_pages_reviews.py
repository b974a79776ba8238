"""The page of a vendor's move: choices are written down, one approval does what was on the page."""

import re
from dataclasses import replace
from datetime import date

from flask import Flask

from campaigns.register import import_changes
from campaigns.rules.calendar import DAY
from tests.kit import ADA, CHANGE, Office, agree_on, rows_of
from tests.web.board_kit import at_work, northwind, open_day, words_on

SEEN = re.compile(r'name="seen" value="([^"]+)"')


def moved(office: Office, by: int) -> tuple[int, date]:
    """Northwind has agreed a date, and the vendor moves its own by so many days."""
    _, rollout = northwind(office)
    day = open_day(office, rollout)
    agree_on(office, rollout, day)
    first = CHANGE.milestones[0]
    assert first.date is not None
    new = replace(first, date=first.date + by * DAY)
    with office.store.writing() as session:
        record = replace(CHANGE, text="Microsoft moved it.", milestones=(new,))
        import_changes(session, [record], who=ADA, now=office.now)
    return rollout, day


def day_of(office: Office, rollout: int) -> date:
    found = rows_of(
        office,
        "SELECT a.day FROM agreement a JOIN rollout r ON r.id = a.rollout_id "
        "AND r.version = a.version WHERE r.id = :id",
        id=rollout,
    )
    return date.fromisoformat(str(found[0][0]))


def test_the_board_and_the_change_lead_to_the_review(office: Office, app: Flask) -> None:
    moved(office, 30)
    dana = at_work(office, app, "Dana")
    assert 'href="/reviews/1"' in dana.get("/").text
    assert 'href="/reviews/1"' in dana.get(f"/changes/{CHANGE.source_id}").text
    words = words_on(dana.get("/reviews/1"))
    assert "Microsoft moved it" in words
    assert "1 agreed date" in words


def test_choices_are_kept_and_nothing_moves_before_the_approval(office: Office, app: Flask) -> None:
    rollout, day = moved(office, 30)
    other = open_day(office, rollout, 1)
    dana, bo = (at_work(office, app, name) for name in ("Dana", "Bo"))
    dana.follow("/reviews/1", **{f"day-{rollout}": other.isoformat()})
    assert day_of(office, rollout) == day
    seen = SEEN.search(bo.get("/reviews/1").text)
    assert seen is not None
    page = bo.follow("/reviews/1/approve", seen=seen[1])
    assert "1 date moved" in words_on(page)
    assert day_of(office, rollout) == other
    assert "Approved by" in words_on(bo.get("/reviews/1"))


def test_what_has_changed_since_is_looked_at_once_more(office: Office, app: Flask) -> None:
    rollout, day = moved(office, 30)
    dana, bo = (at_work(office, app, name) for name in ("Dana", "Bo"))
    seen = SEEN.search(bo.get("/reviews/1").text)
    assert seen is not None
    dana.follow("/reviews/1", **{f"day-{rollout}": open_day(office, rollout, 1).isoformat()})
    page = bo.post("/reviews/1/approve", seen=seen[1])
    assert "has changed since this page was opened" in words_on(page)
    assert day_of(office, rollout) == day


def test_a_day_that_is_no_day_is_named(office: Office, app: Flask) -> None:
    rollout, _ = moved(office, 30)
    page = at_work(office, app, "Dana").post("/reviews/1", **{f"day-{rollout}": "soon"})
    assert '"soon" is not a date' in words_on(page)


def test_a_review_that_is_not_there_is_not_found(office: Office, app: Flask) -> None:
    assert at_work(office, app, "Dana").get("/reviews/99").status_code == 404
