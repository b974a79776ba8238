"""The link that sets a password, and who is on the staff list."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from campaigns import staff
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import SYSTEM
from campaigns.models import SignInLink
from tests.web.shell_kit import DANA, INSIDE, PASSWORD, House, csrf_of


def test_a_link_sets_a_password_once_and_signs_in(place: House) -> None:
    place.hire("Kim", "technician")
    address = f"/sign-in/{place.tokens['Kim']}"
    browser = place.browser()
    page = browser.get(address)
    assert "kim@fjord.example" in page.text
    form = {"csrf_token": csrf_of(page), "password": PASSWORD, "again": PASSWORD}
    response = browser.post(address, data=form)
    assert response.status_code == 303
    assert response.headers["Location"] == "/"
    assert browser.get(INSIDE).text == "inside"
    again = place.browser()
    assert again.get(address).status_code == 404


def test_looking_at_a_link_does_not_use_it(place: House) -> None:
    place.hire("Kim", "technician")
    address = f"/sign-in/{place.tokens['Kim']}"
    for _ in range(3):
        scanner = place.browser()
        assert scanner.head(address).status_code == scanner.get(address).status_code == 200
        assert scanner.post(address, data={"password": PASSWORD}).status_code == 400
    with place.store.reading() as session:
        assert session.scalar(select(SignInLink.used_at).order_by(SignInLink.id.desc())) is None


def test_used_expired_renewed_and_unknown_links_look_the_same(place: House) -> None:
    place.hire("Kim", "technician")
    place.hire("Ola", "technician")
    with place.store.writing() as session:
        staff.renew_link(session, SYSTEM, "kim@fjord.example", place.clock.at)
    renewed, expired = place.tokens["Kim"], place.tokens["Ola"]
    place.clock.at += timedelta(days=7)
    for token in (place.tokens["Dana"], renewed, expired, "unknown", "0" * 40):
        browser = place.browser()
        csrf = csrf_of(browser.get("/sign-in"))
        form = {"csrf_token": csrf, "password": PASSWORD, "again": PASSWORD}
        seen = browser.get(f"/sign-in/{token}")
        acted = browser.post(f"/sign-in/{token}", data=form)
        assert seen.status_code == acted.status_code == 404
        assert seen.text == acted.text == place.browser().get("/sign-in/x").text


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("short", "short", "Use at least 12"),
        ("nine green bottles", "ten green bottles", "not the same"),
        ("passwordpassword", "passwordpassword", "one of the first"),
        ("kim@fjord.example", "kim@fjord.example", "one of the first"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "one of the first"),
        ("x" * 1001, "x" * 1001, "longer than 1000"),
    ],
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    place: House, password: str, again: str, says: str
) -> None:
    place.hire("Kim", "technician")
    address = f"/sign-in/{place.tokens['Kim']}"
    browser = place.browser()
    form = {"csrf_token": csrf_of(browser.get(address)), "password": password, "again": again}
    response = browser.post(address, data=form)
    assert response.status_code == 422
    assert says in response.text
    assert 'type="password" value' not in response.text
    assert browser.get(address).status_code == 200


@pytest.mark.parametrize(
    ("email", "name", "role", "field"),
    [
        ("no address", "Kim Lee", "admin", "email"),
        ("kim@fjord.example\nBcc: x@y.example", "Kim Lee", "admin", "email"),
        ("kim@fjord.example", "  ", "admin", "name"),
        ("kim@fjord.example", "Kim\x1b[31m", "admin", "name"),
        ("kim@fjord.example", "Kim Lee", "owner", "role"),
    ],
)
def test_nobody_is_added_with_a_value_that_cannot_be_used(
    place: House, email: str, name: str, role: str, field: str
) -> None:
    with pytest.raises(Invalid) as refusal, place.store.writing() as session:
        staff.add(session, SYSTEM, email, name, role, place.clock.at)
    assert refusal.value.field == field


def test_an_address_is_on_the_list_once_and_may_come_back(place: House) -> None:
    now = place.clock.at
    with pytest.raises(Conflict), place.store.writing() as session:
        staff.add(session, SYSTEM, "DANA@fjord.example", "Dana", "admin", now)
    place.hire("Kim", "technician")
    with place.store.writing() as session:
        staff.end(session, SYSTEM, "kim@fjord.example", now)
    with pytest.raises(NotFound), place.store.writing() as session:
        staff.renew_link(session, SYSTEM, "kim@fjord.example", now)
    with place.store.writing() as session:
        person, _ = staff.add(session, SYSTEM, "kim@fjord.example", "Kim Lee", "auditor", now)
    assert (person.name, person.role, person.ended_at) == ("Kim Lee", "auditor", None)


def test_the_last_administrator_stays(place: House) -> None:
    with pytest.raises(Conflict), place.store.writing() as session:
        staff.end(session, SYSTEM, DANA, place.clock.at)
