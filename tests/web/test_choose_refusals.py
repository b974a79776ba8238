"""Who may not, what is incomplete and what comes too late."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from campaigns import launch
from campaigns.models import (
    Campaign,
    Contact,
    CustomerLink,
    Rollout,
)
from campaigns.relink import new_links
from tests.kit import ADA, Office
from tests.web.choose_kit import (
    NORTHWIND,
    agreements,
    confirm,
    contents,
    link,
    nonce,
    review,
    signed,
    value_of,
)

BAD_CHOICES = ("", "x", "2026-12-08", "2026-13-45T18:00", "２０26-12-08T18:00", "\x00")


def test_a_stranger_sees_one_and_the_same_page_whatever_is_wrong(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    tampered = browser.get(f"{kim[:-1]}{'b' if kim[-1] == 'a' else 'a'}")
    guide = link(office, "guide", rollout, "eve0").replace("/g/", "/c/")
    pages = [tampered, browser.get(guide), browser.get("/c/x"), browser.get(f"{kim}/ask/other")]
    with office.store.writing() as session:
        session.execute(update(Contact).where(Contact.name == "Kim Lee").values(left_at=office.now))
    pages.append(browser.get(kim))
    with office.store.writing() as session:
        session.execute(update(Contact).values(left_at=None))
        session.execute(update(Rollout).values(link_version=2))
    pages.append(browser.get(kim))
    with office.store.writing() as session:
        session.execute(update(Rollout).values(link_version=1))
        session.execute(update(CustomerLink).values(revoked_at=office.now))
    pages.append(browser.get(kim))
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert NORTHWIND not in pages[0].text
    assert "555-0134" in pages[0].text


def test_somebody_who_decides_no_more_cannot_use_the_link(
    office: Office, browser: FlaskClient, kim: str
) -> None:
    with office.store.writing() as session:
        session.execute(update(Contact).values(decision_maker=False, site_contact=False))
    assert browser.get(kim).status_code == 404


def test_a_form_without_a_choice_is_shown_again_and_names_the_field(
    office: Office, browser: FlaskClient, kim: str
) -> None:
    form = {"nonce": nonce(browser.get(kim))}
    for sent in (form, *({**form, "when": when} for when in BAD_CHOICES)):
        page = browser.post(f"{kim}/review", data=sent)
        assert page.status_code == 422
        assert 'id="when-error"' in page.text
        assert 'aria-describedby="when-error"' in page.text


def test_an_incomplete_confirmation_is_shown_again(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    bad = ({"name": " "}, {"role": ""}, {"key": "x"}, {"version": "-1"}, {"when": "x"})
    fields = ("name", "role", "when", "when", "when")
    for change, field in zip(bad, fields, strict=True):
        page = browser.post(f"{kim}/confirm", data={**form, **change})
        assert page.status_code == 422
        assert f'id="{field}-error"' in page.text
    assert agreements(office) == []


def test_names_are_kept_as_written_but_without_control_characters(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    name = "<b>Zoë\x00\r\nBcc: x@evil.example</b> " + "x" * 300
    assert confirm(browser, kim, value_of(office, rollout), name=name).status_code == 303
    (made,) = agreements(office)
    assert made.by_name.startswith("<b>Zoë Bcc: x@evil.example</b> xxx")
    assert len(made.by_name) == 200
    assert "&lt;b&gt;Zoë" in browser.get(kim).text


def test_a_form_without_its_nonce_or_with_an_old_one_does_nothing(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    when = value_of(office, rollout)
    form = signed(review(browser, kim, when), when)
    office.clock.at += timedelta(days=3)
    for nonce_given in (form["nonce"], "", "x"):
        page = browser.post(f"{kim}/confirm", data={**form, "nonce": nonce_given})
        assert page.status_code == 400
        assert "open too long" in page.text
        assert f'href="{kim}"' in page.text
    assert agreements(office) == []


def test_a_nonce_of_another_link_does_not_fit(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    pat = link(office, "choose", rollout, "pat")
    form = {"nonce": nonce(browser.get(pat)), "when": value_of(office, rollout)}
    assert browser.post(f"{kim}/review", data=form).status_code == 400


def test_after_the_last_day_for_changes_the_page_says_to_call(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    (made,) = agreements(office)
    page = review(browser, kim, value_of(office, rollout, 9))
    office.clock.at = made.instant - timedelta(days=1)
    fresh = nonce(browser.get(f"{kim}/ask/question"))
    form = {**signed(page, value_of(office, rollout, 9)), "nonce": fresh}
    refused = browser.post(f"{kim}/confirm", data=form)
    assert refused.status_code == 409
    assert "Call us" in refused.text
    booked = browser.get(kim).text
    assert "To change it now, call Dana Reyes" in booked
    assert "Cancel the date" not in booked
    assert browser.get(f"{kim}/change").location == kim
    assert browser.get(f"{kim}/cancel").location == kim
    assert len(agreements(office)) == 1


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_a_campaign_that_is_over_shows_no_data(
    office: Office, browser: FlaskClient, rollout: int, kim: str, state: str
) -> None:
    form = {"nonce": nonce(browser.get(kim)), "when": value_of(office, rollout)}
    with office.store.writing() as session:
        session.execute(update(Campaign).values(state=state))
    before = contents(office)
    asked = {"nonce": form["nonce"], "text": "When?"}
    pages = [
        browser.get(kim),
        browser.post(f"{kim}/review", data=form),
        browser.get(f"{kim}/ask/question"),
        browser.post(f"{kim}/ask/question", data=asked),
    ]
    assert {page.status_code for page in pages} == {410}
    assert not any(NORTHWIND in page.text for page in pages)
    assert contents(office) == before


def test_a_campaign_on_hold_still_takes_dates(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    with office.store.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        launch.hold(session, campaign, why="the vendor moved", who=ADA, now=office.now)
    assert "paused at present" in browser.get(kim).text
    assert confirm(browser, kim, value_of(office, rollout)).status_code == 303


def test_where_no_day_is_left_the_page_offers_to_ask(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    with office.store.writing() as session:
        session.execute(update(Rollout).values(last_day=office.now.date()))
    page = browser.get(kim)
    assert page.status_code == 200
    assert "No day is left to choose" in page.text
    assert f'href="{kim}/ask/none-fit"' in page.text
    assert 'name="when"' not in page.text


def test_once_the_work_has_begun_the_date_stands(
    office: Office, browser: FlaskClient, rollout: int, kim: str
) -> None:
    confirm(browser, kim, value_of(office, rollout))
    with office.store.writing() as session:
        session.execute(update(Rollout).values(state="implementing"))
    page = browser.get(kim)
    assert "can no longer be changed" in page.text
    assert 'name="when"' not in page.text


def test_new_links_close_the_old_page_and_leave_the_guides_open(
    office: Office, browser: FlaskClient, rollout: int, kim: str, eve: str
) -> None:
    with office.store.writing() as session:
        new_links(session, rollout, office.rt.links, guides=False, who=ADA, now=office.now)
    assert browser.get(kim).status_code == 404
    assert browser.get(eve).status_code == 200
    assert browser.get(link(office, "choose", rollout, "kim")).status_code == 200
