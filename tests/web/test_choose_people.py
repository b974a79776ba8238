"""A link that was passed on: who chose, undoing it, "not me", a colleague, links that end."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.kit import Office, rows_of, sent
from tests.web.board_kit import at_work
from tests.web.choose_kit import agreements, confirm, contents, crawl, link, nonce, signed, value_of

HELD = "SELECT count(*) FROM booking WHERE released_at IS NULL"


def words(text: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def forwarded(office: Office, browser: FlaskClient, rollout: int, kim: str, place: int = 3) -> str:
    """Pat, who does not decide, chose a day with Kim's own link; the day and time."""
    when = value_of(office, rollout, place)
    answer = confirm(browser, kim, when, name="Pat Ode", role="office manager")
    assert answer.status_code == 303
    return when


def test_whoever_decides_is_told_who_chose_in_what_role_and_until_when_to_undo_it(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    forwarded(office, browser, rollout, kim)
    office.later(minutes=5)
    told = [one for one in sent(office) if one.step == "chosen-for-you"]
    assert [one.address for one in told] == ["kim@northwind-dental.example"]
    assert "was chosen for you" in told[0].subject
    assert [one for one in sent(office) if one.step == "confirm"] == []
    (facts,) = rows_of(
        office,
        "SELECT d.facts FROM delivery d JOIN touch t ON t.id = d.touch_id "
        "JOIN step s ON s.id = t.step_id WHERE s.key = 'chosen-for-you'",
    )
    assert "Pat Ode, office manager" in str(facts[0])
    assert "Tuesday 2 June 2026" in str(facts[0])
    said = words(browser.get(kim).text)
    assert "Chosen by Pat Ode, office manager" in said
    assert "it can be undone: undo this choice" in said


@pytest.mark.parametrize("name", ["Kim Lee", "kim lee", "Kim", " KIM  LEE "])
def test_the_reader_in_person_is_confirmed_as_ever(
    office: Office, browser: FlaskClient, rollout: int, kim: str, name: str
) -> None:
    confirm(browser, kim, value_of(office, rollout), name=name)
    office.later(minutes=5)
    steps = [one.step for one in sent(office)]
    assert ("confirm" in steps, "chosen-for-you" in steps) == (True, False)
    assert "undo this choice" not in browser.get(kim).text
    assert browser.get(f"{kim}/undo").location == kim


def test_a_site_contact_with_a_link_of_its_own_does_not_decide_alone(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    pat = link(office, "choose", rollout, "pat")
    confirm(browser, pat, value_of(office, rollout), name="Pat Ode", role="office manager")
    office.later(minutes=5)
    assert [one.address for one in sent(office) if one.step == "chosen-for-you"] == [
        "kim@northwind-dental.example"
    ]


def test_undoing_the_first_choice_leaves_no_date_and_a_task(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    forwarded(office, browser, rollout, kim)
    before = contents(office)
    crawl(browser, kim)  # a scanner opens the page and presses its button
    assert contents(office) == before
    form = signed(browser.get(f"{kim}/undo"), "")
    assert browser.post(f"{kim}/undo", data=form).status_code == 422
    for _ in range(2):
        answer = browser.post(f"{kim}/undo", data=form | {"sure": "yes"})
        assert (answer.status_code, answer.location) == (303, kim)
    assert [made.how for made in agreements(office)] == ["picked", "undone"]
    assert rows_of(office, HELD) == [(0,)]
    assert len(rows_of(office, "SELECT id FROM task WHERE kind = 'new_date'")) == 1
    assert "Choose a day" in browser.get(kim).text


def test_undoing_a_move_brings_the_earlier_day_back(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    first = value_of(office, rollout, 1)
    confirm(browser, kim, first)
    forwarded(office, browser, rollout, kim, 6)
    form = signed(browser.get(f"{kim}/undo"), "") | {"sure": "yes"}
    assert browser.post(f"{kim}/undo", data=form).status_code == 303
    made = agreements(office)
    assert [one.how for one in made] == ["picked", "moved", "undone"]
    assert (str(made[-1].day), made[-1].version, made[-1].forwarded) == (first[:10], 3, False)
    assert rows_of(office, HELD) == [(1,)]
    assert "You can move it to a later day twice" in words(browser.get(kim).text)
    assert browser.get(f"{kim}/undo").location == kim  # there is nothing left to undo


def test_after_a_day_it_can_no_longer_be_undone(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    forwarded(office, browser, rollout, kim)
    form = signed(browser.get(f"{kim}/undo"), "") | {"sure": "yes"}
    office.clock.move_to(office.now + timedelta(hours=24, minutes=1))
    assert browser.get(f"{kim}/undo").location == kim
    form["nonce"] = nonce(browser.get(f"{kim}/ask/question"))
    refused = browser.post(f"{kim}/undo", data=form)
    assert refused.status_code == 409
    assert "cannot be undone here any more" in refused.text
    assert len(agreements(office)) == 1


@pytest.mark.parametrize("slug", ["not-me", "wrong-person"])
def test_who_does_not_decide_gets_no_more_such_letters_until_staff_say_otherwise(
    office: Office, browser: FlaskClient, app: Flask, rollout: int, kim: str, slug: str
) -> None:
    form = {"nonce": nonce(browser.get(f"{kim}/ask/{slug}")), "text": "Ask Sam Fox, 555-0199"}
    for _ in range(2):
        assert browser.post(f"{kim}/ask/{slug}", data=form).status_code == 303
    kind = slug.replace("-", "_")
    (task,) = rows_of(office, f"SELECT text FROM task WHERE kind = '{kind}'")
    assert "Ask Sam Fox" in task[0]
    before = len(sent(office))
    office.later(days=10)
    assert [one for one in sent(office)[before:] if one.address.startswith("kim@")] == []
    dana = at_work(office, app, "Dana")
    (customer,) = rows_of(office, "SELECT customer_id FROM rollout")[0]
    page = dana.get(f"/customers/{customer}")
    assert "Decides all the same" in page.text
    (standing,) = rows_of(office, "SELECT id FROM not_deciding")[0]
    where = f"/customers/{customer}/rollouts/{rollout}/deciding/{standing}"
    assert dana.post(where).status_code == 303
    assert "Decides all the same" not in dana.get(f"/customers/{customer}").text
    office.later(days=10)
    assert [one.step for one in sent(office) if one.address.startswith("kim@")][1:]


def test_a_colleague_gets_nothing_before_staff_have_said_yes(
    office: Office, browser: FlaskClient, app: Flask, rollout: int, kim: str
) -> None:
    page = browser.get(f"{kim}/colleague")
    form = {"nonce": nonce(page), "name": "Sam Fox", "email": "sam@fox.example", "role": "owner"}
    for missing in ("name", "email", "role"):
        refused = browser.post(f"{kim}/colleague", data=form | {missing: " "})
        assert refused.status_code == 422
        assert f'id="{missing}-error"' in refused.text
    for _ in range(2):
        answer = browser.post(f"{kim}/colleague", data=form)
        assert answer.location == f"{kim}/thanks/colleague"
    assert "We have the name" in browser.get(answer.location).text
    office.later(days=8)
    assert [one for one in sent(office) if one.address == "sam@fox.example"] == []
    assert len(rows_of(office, "SELECT id FROM task WHERE kind = 'add_colleague'")) == 1
    dana = at_work(office, app, "Dana")
    (customer,) = rows_of(office, "SELECT customer_id FROM rollout")[0]
    assert "sam@fox.example" in dana.get(f"/customers/{customer}").text
    (asked,) = rows_of(office, "SELECT id FROM colleague_request")[0]
    where = f"/customers/{customer}/rollouts/{rollout}/colleagues/{asked}"
    assert dana.post(where, role="decision_maker").status_code == 303
    assert "decided already" in dana.follow(where, role="").text
    office.later(days=8)
    assert [one for one in sent(office) if one.address == "sam@fox.example"]


def test_a_new_address_ends_the_links_that_the_old_one_had(
    office: Office, browser: FlaskClient, app: Flask, rollout: int, kim: str
) -> None:
    dana = at_work(office, app, "Dana")
    (customer,) = rows_of(office, "SELECT customer_id FROM rollout")[0]
    (contact,) = rows_of(office, "SELECT id FROM contact WHERE name = 'Kim Lee'")[0]
    form = {"name": "Kim Lee", "email": "kim.lee@new.example", "role": "decision_maker"}
    assert dana.post(f"/customers/{customer}/contacts/{contact}", **form).status_code == 303
    assert browser.get(kim).status_code == 404
    fresh = link(office, "choose", rollout, "kim.lee")
    assert fresh != kim
    assert browser.get(fresh).status_code == 200
    # A change of the name alone leaves the link as it is.
    form |= {"name": "Kim Leeds"}
    dana.post(f"/customers/{customer}/contacts/{contact}", **form)
    assert browser.get(fresh).status_code == 200
