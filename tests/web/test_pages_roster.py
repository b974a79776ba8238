"""The roster: seen by everybody, kept by who plans, limits by who administers."""

from datetime import date

import pytest
from flask import Flask

from campaigns.models import Staff
from tests.kit import Office, agree_on, rows_of
from tests.web.board_kit import at_work, northwind, open_day, words_on

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY = "SELECT capacity, taken, excess FROM technician_day WHERE day = :day ORDER BY lane"


def tess_number(office: Office) -> int:
    found: int = rows_of(office, "SELECT id FROM staff WHERE email LIKE 'tess@%'")[0][0]
    return found


def booked(office: Office) -> date:
    _, rollout = northwind(office)
    day = open_day(office, rollout)
    agree_on(office, rollout, day)
    return day


def test_the_roster_shows_weeks_limits_and_what_lies_ahead(office: Office, app: Flask) -> None:
    booked(office)
    words = words_on(at_work(office, app, "Otto").get("/roster"))
    assert "Tess Ruiz 8 h8 h8 h8 h8 h-- everything none" in words
    assert "Customers a dayno limit" in words
    assert "More promised" not in words


def test_a_week_is_kept_and_one_that_is_none_is_named(office: Office, app: Flask) -> None:
    tess = at_work(office, app, "Tess")
    home = f"/roster/{tess_number(office)}"
    week = dict(zip(WEEK, ("480", "240", "0", "480", "480", "", "60"), strict=True))
    assert "The week is kept." in words_of(tess, tess.follow(f"{home}/hours", **week))
    kept = "SELECT minutes FROM technician_week ORDER BY weekday"
    assert [row[0] for row in rows_of(office, kept)] == [480, 240, 0, 480, 480, 0, 60]
    for wrong in ("many", "1441"):
        page = tess.post(f"{home}/hours", **{**week, "monday": wrong})
        assert page.status_code == 422
        assert "whole number" in page.text or "0 to 1440" in page.text
    assert len(rows_of(office, kept)) == 7


def words_of(_person: object, page: object) -> str:
    return " ".join(page.text.split())  # type: ignore[attr-defined]


def test_a_day_off_over_an_agreed_date_is_shown_with_what_helps(office: Office, app: Flask) -> None:
    day = booked(office)
    with office.store.writing() as session:
        uma = Staff(
            email="uma@harbor.example", name="Uma", role="technician", created_at=office.now
        )
        session.add(uma)
    dana = at_work(office, app, "Dana")
    home = f"/roster/{tess_number(office)}"
    said = dana.follow(f"{home}/off", starts=str(day), ends="", reason="leave")
    assert "More is promised than there is" in said.text
    words = words_on(dana.get("/roster"))
    assert "Tess Ruiz does not work on this day" in words
    assert "Nothing moves by itself." in words
    assert "Next free days" in words
    rollout = rows_of(office, "SELECT id FROM rollout")[0][0]
    where = f"/roster/bookings/{rollout}/technician"
    told = dana.follow(where, to="uma@harbor.example")
    assert "uma@harbor.example looks after Northwind Dental on that day" in told.text
    assert "More promised" not in words_on(dana.get("/roster"))
    assert "has not enough time left" in dana.follow(where, to="tess@harbor.example").text
    off = rows_of(office, "SELECT id FROM day_off")[0][0]
    assert "Worked after all" in dana.follow(f"{home}/off/{off}/remove").text
    assert dana.post(f"{home}/off/{off}/remove").status_code == 404
    assert [row[0] for row in rows_of(office, DAY, day=str(day))] == [480, 480]


@pytest.mark.parametrize(
    "form",
    [
        {"starts": "", "reason": "x"},
        {"starts": "2026-08-03", "ends": "2026-08-01", "reason": "x"},
        {"starts": "2026-08-03", "reason": " "},
    ],
)
def test_days_off_that_make_no_sense_are_refused(
    office: Office, app: Flask, form: dict[str, str]
) -> None:
    page = at_work(office, app, "Dana").post(f"/roster/{tess_number(office)}/off", **form)
    assert page.status_code == 422
    assert 'class="wrong"' in page.text
    assert rows_of(office, "SELECT count(*) FROM day_off") == [(0,)]


def test_skills_are_ticked(office: Office, app: Flask) -> None:
    dana = at_work(office, app, "Dana")
    home = f"/roster/{tess_number(office)}"
    page = dana.follow(f"{home}/skills", skill=["auth", "policy"])
    assert 'value="auth" checked' in page.text
    assert "signing in, policy" in words_on(dana.get("/roster"))
    assert dana.post(f"{home}/skills", skill=["juggling"]).status_code == 422
    dana.post(f"{home}/skills")
    assert "everything" in words_on(dana.get("/roster"))


def test_limits_are_kept_by_who_administers(office: Office, app: Flask) -> None:
    ada = at_work(office, app, "Ada")
    form = {"campaign_day": "3", "day": "", "day_minutes": "900", "distance_days": "14"}
    assert "The limits are kept." in ada.follow("/roster/limits", **form).text
    kept = "SELECT name, value FROM booking_limit ORDER BY name"
    wanted = {"campaign_day": 3, "day_minutes": 900, "distance_days": 14}
    assert rows_of(office, kept) == sorted(wanted.items())
    page = ada.post("/roster/limits", **{**form, "day": "no"})
    assert page.status_code == 422
    assert 'id="day-error"' in page.text
    assert at_work(office, app, "Dana").post("/roster/limits", **form).status_code == 403


def test_a_technician_who_is_not_there_is_not_found(office: Office, app: Flask) -> None:
    dana = at_work(office, app, "Dana")
    assert dana.get("/roster/999").status_code == 404
    assert dana.post("/roster/999/hours").status_code == 404
    assert dana.post("/roster/bookings/999/technician", to="x").status_code == 404
