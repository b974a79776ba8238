"""The page of a customer that was put down for a day, and of one that moved its date often."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.kit import Office, open_days, rows_of
from tests.web.board_kit import at_work
from tests.web.choose_kit import (
    agreements,
    confirm,
    contents,
    crawl,
    nonce,
    signed,
    value_of,
)

NOTICED = datetime(2026, 7, 6, 12, tzinfo=UTC)
BOOKED = datetime(2026, 7, 15, 12, tzinfo=UTC)


def words(text: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", text).split())


@pytest.fixture
def noted(office: Office, kim: str) -> str:
    """The owner's page after the notice."""
    office.until(NOTICED)
    return kim


def test_the_page_names_the_day_until_when_and_how_to_say_otherwise(
    browser: FlaskClient, noted: str
) -> None:
    said = words(browser.get(noted).text)
    assert "We have put you down for Tue 4 Aug 2026, 08:00 Berlin" in said
    assert "Unless you tell us otherwise until Friday 10 July 2026, we book this day" in said
    assert "Nothing is booked yet." in said
    assert "Not this day" in said
    assert "Choose another day" in said


def test_looking_at_it_and_sending_its_forms_as_they_stand_changes_nothing(
    office: Office, browser: FlaskClient, noted: str
) -> None:
    before = contents(office)
    seen = crawl(browser, noted)
    assert f"{noted}/not-this-day" in seen
    assert contents(office) == before


def test_not_this_day_asks_for_a_box_and_a_name_and_frees_the_place(
    office: Office, browser: FlaskClient, noted: str
) -> None:
    page = browser.get(f"{noted}/not-this-day")
    assert "Not Tuesday 4 August 2026?" in page.text
    form = signed(page, "") | {"text": "mornings, please"}
    refused = browser.post(f"{noted}/not-this-day", data=form)
    assert refused.status_code == 422
    assert "mornings, please" in refused.text
    for _ in range(2):  # a double click, or a retry after a time-out
        answer = browser.post(f"{noted}/not-this-day", data=form | {"sure": "yes"})
        assert (answer.status_code, answer.location) == (303, f"{noted}/thanks/not-this-day")
    assert "The day is given back and nothing is booked." in browser.get(answer.location).text
    assert "put you down for" not in browser.get(noted).text
    assert browser.get(f"{noted}/not-this-day").location == noted
    kept = rows_of(office, "SELECT text FROM task WHERE kind = 'call_back'")
    assert len(kept) == 1
    assert "mornings, please" in kept[0][0]
    office.until(BOOKED)
    assert agreements(office) == []


def test_this_day_suits_us_is_looked_over_and_signed_like_any_other(
    office: Office, browser: FlaskClient, noted: str
) -> None:
    when = "2026-08-04T08:00"
    assert f'name="when" value="{when}"' in browser.get(noted).text
    assert confirm(browser, noted, when).status_code == 303
    (made,) = agreements(office)
    assert (str(made.day), made.how) == (when[:10], "picked")
    office.until(BOOKED)
    assert len(agreements(office)) == 1


def test_a_day_booked_after_silence_says_so_and_can_still_be_changed(
    office: Office, browser: FlaskClient, rollout: int, noted: str
) -> None:
    office.until(BOOKED)
    said = words(browser.get(noted).text)
    assert "Booked Tuesday 4 August 2026, 08:00 Berlin" in said
    assert "We put you down for this day and nobody told us otherwise" in said
    assert "You can move it to a later day twice" in said
    assert confirm(browser, noted, value_of(office, rollout, 6)).status_code == 303
    assert "You have moved it to a later day once. You can still move it" in words(
        browser.get(noted).text
    )


def test_the_page_counts_the_moves_and_in_the_end_says_whom_to_call(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = [f"{day.day.isoformat()}T18:00" for day in open_days(office, rollout)]  # type: ignore[attr-defined]
    confirm(browser, kim, when[0])
    assert "You can move it to a later day twice, up to Tuesday 1 December 2026" in words(
        browser.get(kim).text
    )
    for value in when[1:3]:
        confirm(browser, kim, value)
    for page in (browser.get(kim), browser.get(f"{kim}/change")):
        said = words(page.text)
        assert "You have moved it to a later day twice, which is as often as this page" in said
        assert "For a later one call Dana Reyes, 555-0134" in said
    refused = browser.post(
        f"{kim}/review",
        data={"nonce": nonce(browser.get(f"{kim}/ask/question")), "when": when[5]},
    )
    assert refused.status_code == 409
    assert "Call us for a later one" in refused.text
    assert f'value="{when[0]}"' in browser.get(f"{kim}/change?month={when[0][:7]}").text
    assert confirm(browser, kim, when[0]).status_code == 303


def test_staff_see_the_count_and_the_proof_and_grant_one_more(
    office: Office, browser: FlaskClient, rollout: int, kim: str, app: Flask
) -> None:
    office.until(NOTICED)
    dana = at_work(office, app, "Dana")
    (customer,) = rows_of(office, "SELECT customer_id FROM rollout")[0]
    where = f"/customers/{customer}"
    said = words(dana.get(where).text)
    assert "Put down for Tue 4 Aug 2026, 08:00 Berlin , booked unless they say otherwise" in said
    assert "Proof of what we wrote about the date (6 letters)" in said
    assert "until Friday 10 July 2026 Kim Lee, kim@northwind-dental.example" in said
    when = [f"{day.day.isoformat()}T18:00" for day in open_days(office, rollout)]  # type: ignore[attr-defined]
    for value in when[:3]:
        confirm(browser, kim, value)
    assert "Moved to a later day by the customer 2 of 2 times." in words(dana.get(where).text)
    form = f"{where}/rollouts/{rollout}/deferrals"
    assert "2 of 2 times" in dana.get(form).text
    assert dana.post(form, seen="0", why="").status_code == 422
    for _ in range(2):
        assert dana.post(form, seen="0", why="their office moves").status_code == 303
    said = words(dana.get(where).text)
    assert "2 of 3 times: one more from dana@harbor.example" in said
    assert "their office moves" in said
    assert confirm(browser, kim, when[4]).status_code == 303
