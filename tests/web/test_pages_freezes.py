"""Calendars, hours and freezes as staff see and set them, and the dates that lie in a freeze."""

import re
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from campaigns.models import Freeze
from tests.kit import Office, agree_on, open_days, rows_of, sent
from tests.web.board_kit import at_work, forms_on, northwind, open_day, steps, words_on
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE
PICK = re.compile(r'name="move" value="([^"]+)"')


def test_a_freeze_over_an_agreed_date_is_approved_on_its_page(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    day = open_day(office, rollout, 0)
    agree_on(office, rollout, day)
    office.later(hours=1)
    dana = at_work(office, app, "Dana")
    form = {"starts": str(day), "ends": str(day + timedelta(days=3)), "reason": "office move"}
    page = dana.follow("/freezes", **form, customer=str(customer))
    assert "They stand until you approve." in words_on(page)
    assert day not in [one.day for one in open_days(office, rollout)]  # type: ignore[attr-defined]
    with office.store.reading() as session:
        (freeze,) = session.scalars(select(Freeze)).all()
    where = f"/freezes/{freeze.id}"
    (value,) = PICK.findall(page.text)
    assert {f"{where}/approve", f"{where}/keep", f"{where}/remove"} <= set(forms_on(page))
    assert dana.post(f"{where}/approve", move="1|2").status_code == 422
    assert dana.post(f"{where}/approve").status_code == 422
    done = dana.follow(f"{where}/approve", move=value)
    assert "1 date moved. Their customers are told now." in words_on(done)
    assert "None. Nobody has to be told." in words_on(done)
    now = rows_of(office, "SELECT day FROM agreement ORDER BY version DESC")[0][0]
    assert str(now) == value.split("|")[2]
    office.later(hours=1)
    assert [one.step for one in sent(office)].count("moved") == 1


def test_a_date_is_kept_with_its_reason_and_a_list_that_is_old_moves_nothing(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    day = open_day(office, rollout, 0)
    agree_on(office, rollout, day)
    dana = at_work(office, app, "Dana")
    page = dana.follow("/freezes", starts=str(day), reason="stocktaking")
    (value,) = PICK.findall(page.text)
    where = "/freezes/1"
    assert dana.post(f"{where}/keep", rollout=rollout, version=1).status_code == 422
    kept = dana.follow(f"{where}/keep", rollout=rollout, version=1, why="the owner insists")
    assert "the owner insists" in words_on(kept).split("Kept in spite of it")[1]
    again = dana.follow(f"{where}/keep", rollout=rollout, version=7, why="late")
    assert "Look at the list again" in words_on(again)
    agree_on(office, rollout, open_day(office, rollout, 9))
    old = dana.follow(f"{where}/approve", move=value)
    assert "Nothing has moved. Northwind Dental: The date changed" in words_on(old)
    assert "date_kept" in steps(office, customer)


def test_a_freeze_that_comes_back_is_typed_changed_and_removed(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    asked = words_on(dana.get(f"/freezes/new?customer={customer}"))
    assert "Days on which nothing is done for Northwind Dental." in asked
    form = {"starts": "2026-06-01", "reason": "payroll", "repeats": "month_end", "workdays": "3"}
    whose = {"customer": str(customer), "campaign": "1"}
    page = words_on(dana.follow("/freezes", **form, **whose))
    assert "The last 3 working days of every month, from Mon 1 Jun 2026, for Northwind" in page
    assert "payroll: the last 3 working days" in words_on(dana.get(f"/customers/{customer}"))
    assert 'value="3"' in dana.get("/freezes/1/edit").text
    weekly = {**form, "repeats": "weekly", "until": "2026-12-31"}
    page = words_on(dana.follow("/freezes/1", **weekly))
    assert "Every Monday, from Mon 1 Jun 2026 until Thu 31 Dec 2026" in page
    for wrong, sentence in (
        ({"ends": "2026-01-01"}, "The last day lies before the first."),
        ({"repeats": "once", "ends": "2029-01-01"}, "at most a year"),
        ({"starts": "x"}, "is not a date"),
        ({"reason": ""}, "The reason is missing."),
        ({"repeats": "hourly"}, "choose one of"),
        ({"repeats": "month_end", "workdays": "many"}, "give a whole number"),
        ({"repeats": "month_end", "workdays": "30"}, "1 to 10 working days"),
    ):
        for path in ("/freezes", "/freezes/1"):
            refused = dana.post(path, **{**weekly, **wrong})
            assert refused.status_code == 422, wrong
            assert sentence in words_on(refused)
    gone = dana.follow("/freezes/1/remove")
    assert "/freezes" in forms_on(gone)
    assert dana.post("/freezes/1/remove").status_code == 404
    kept = ["freeze_added", "freeze_changed", "freeze_removed"]
    assert steps(office, customer)[-3:] == kept


def test_a_calendar_shows_why_days_are_not_worked(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    dana.follow("/freezes", starts="2026-08-03", ends="2026-08-05", reason="Summer closing")
    page = dana.get(f"/customers/{customer}/calendar")
    assert page.text.count('title="Summer closing"') == 3
    assert 'title="German Unity Day"' not in page.text  # it is a Saturday in 2026
    words = words_on(page)
    assert "Sat 3 Oct 2026: German Unity Day" in words
    assert "June 2026 22 days worked" in words
    assert "for all customers" in words
    ours = dana.get("/calendar")
    assert ours.text.count('title="Summer closing"') == 3
    assert "Each customer's own country" in words_on(ours)


def test_hours_are_set_for_us_and_for_a_customer(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    where = f"/customers/{customer}/calendar"
    week = {"monday_opens": "08:00", "monday_closes": "12:00", "friday_opens": "13:00"}
    refused = dana.post(where, **week)
    assert refused.status_code == 422
    assert "Friday: give both times" in words_on(refused)
    assert 'value="13:00"' in refused.text
    page = dana.follow(where, **week, friday_closes="18:00")
    assert "You do not work on Wednesdays." in page.text
    assert "Set here." in words_on(page)
    for wrong, sentence in (
        ({"monday_opens": "13:00"}, "Mondays: closing time must be after opening time."),
        ({"monday_opens": "soon"}, "Monday: "),
    ):
        refused = dana.post(where, **{**week, "friday_closes": "18:00", **wrong})
        assert refused.status_code == 422
        assert sentence in words_on(refused)
    assert dana.post("/calendar").status_code == 422  # no day has hours
    ours = {f"{day}_{end}": at for day in ("monday", "friday")
            for end, at in (("opens", "07:00"), ("closes", "17:00"))}  # fmt: skip
    dana.follow("/calendar", **ours)
    assert "when we work, too: mon 07:00-17:00, fri 07:00-17:00" in words_on(dana.get(where))
    usual = dana.follow(where, usual="yes")
    assert "The customer has no hours of its own, so ours count." in words_on(usual)
    assert steps(office, customer)[-2:] == ["working_week_set", "working_week_set"]
    otto = at_work(office, app, "Otto")
    assert "mon 07:00-17:00, fri 07:00-17:00" in words_on(otto.get("/calendar"))
