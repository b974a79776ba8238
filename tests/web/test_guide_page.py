"""A person's guide: found by the phone they have, and what they tell us from it."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaigns.models import Campaign, SelfReport, Task
from tests.kit import Office, add_customer, open_campaign, rollout_id, shipped
from tests.web.choose_kit import (
    confirm,
    link,
    nonce,
    value_of,
    web,
)


def said(office: Office) -> list[tuple[str, str | None]]:
    with office.store.reading() as session:
        return [tuple(row) for row in session.execute(select(SelfReport.says, SelfReport.text))]


def test_the_phone_leads_to_the_guide_and_every_guide_opens(browser: FlaskClient, eve: str) -> None:
    start = browser.get(eve)
    assert "Which phone do you have?" in start.text
    names = ("authenticator-iphone", "authenticator-android", "no-smartphone")
    names += ("new-phone", "what-the-app-sees", "locked-out")
    for name in names:
        assert f'href="{eve}/{name}"' in start.text
        page = browser.get(f"{eve}/{name}")
        assert page.status_code == 200
        assert "I have done it" in page.text
        assert "I need help" in page.text
        assert "{{" not in page.text
    assert "Set-Cookie" not in start.headers


def test_the_agreed_day_stands_on_the_guide_once_there_is_one(
    office: Office, browser: FlaskClient, rollout: int, eve: str
) -> None:
    assert "The day is not agreed yet" in browser.get(eve).text
    assert "before the day that we will name to you" in browser.get(f"{eve}/no-smartphone").text
    confirm(browser, link(office, "choose", rollout, "kim"), value_of(office, rollout))
    page = browser.get(f"{eve}/authenticator-iphone").text
    assert re.search(r"\w+day \d+ August 2026, 18:00 Berlin", page)
    assert "will name to you" not in page


def test_having_done_it_is_taken_as_a_word_and_needs_an_answer(
    office: Office, browser: FlaskClient, eve: str
) -> None:
    form = {"nonce": nonce(browser.get(f"{eve}/done"))}
    assert browser.post(f"{eve}/done", data=form).status_code == 422
    assert browser.post(f"{eve}/done", data={**form, "works": "no"}).location == f"{eve}/help"
    assert said(office) == []
    for _ in range(2):
        answer = browser.post(f"{eve}/done", data={**form, "works": "yes"})
        assert answer.location == f"{eve}/thanks/done"
    assert "We take your word for it" in browser.get(answer.location).text
    assert "Microsoft's records" in browser.get(answer.location).text
    assert said(office) == [("done", None)]
    assert "You told us that you have done it" in browser.get(eve).text


def test_asking_for_help_becomes_a_task_with_what_it_is_about(
    office: Office, browser: FlaskClient, eve: str
) -> None:
    form = {"nonce": nonce(browser.get(f"{eve}/help")), "text": "Call me\x00 at noon"}
    assert browser.post(f"{eve}/help", data=form).status_code == 422
    answer = browser.post(f"{eve}/help", data={**form, "about": "app"})
    assert answer.location == f"{eve}/thanks/help"
    assert "555-0134" in browser.get(answer.location).text
    with office.store.reading() as session:
        task = session.scalars(select(Task).where(Task.kind == "help")).one()
    assert "The app or the code" in task.text
    assert "Call me at noon" in task.text


def test_a_stranger_and_an_old_form_get_a_page_and_nothing_else(
    office: Office, browser: FlaskClient, rollout: int, eve: str
) -> None:
    kim = link(office, "choose", rollout, "kim").replace("/c/", "/g/")
    for path in ("/g/x", kim, f"{eve}/nothing", f"{eve}/thanks/all"):
        page = browser.get(path)
        assert page.status_code == 404
        assert "Northwind" not in page.text
    page = browser.post(f"{eve}/done", data={"nonce": "x", "works": "yes"})
    assert page.status_code == 400
    assert f'href="{eve}"' in page.text
    assert said(office) == []


def test_a_change_that_is_no_second_step_has_a_page_with_date_and_phone(office: Office) -> None:
    add_customer(office)
    change = shipped("ms-windows-10-eos")
    campaign = open_campaign(office, change=change, playbook="end-of-support")
    eve = link(office, "guide", rollout_id(office, campaign), "eve0")
    browser = web(office).test_client()
    page = browser.get(eve)
    assert "Windows 10 runs out of support" in page.text
    assert "555-0134" in page.text
    assert "Which phone" not in page.text
    assert browser.get(f"{eve}/authenticator-iphone").status_code == 404
    assert browser.get(f"{eve}/done").location == eve


def test_after_the_campaign_the_guides_stay_and_the_buttons_go(
    office: Office, browser: FlaskClient, eve: str
) -> None:
    form = {"nonce": nonce(browser.get(f"{eve}/help")), "about": "app", "works": "yes"}
    with office.store.writing() as session:
        session.execute(update(Campaign).values(state="finished"))
    page = browser.get(f"{eve}/new-phone")
    assert page.status_code == 200
    assert "I have done it" not in page.text
    assert browser.post(f"{eve}/done", data=form).location == eve
    assert browser.post(f"{eve}/help", data=form).status_code == 410
    assert said(office) == []
