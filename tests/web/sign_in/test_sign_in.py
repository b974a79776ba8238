"""Signing in: the password, the pace of guesses, the end of sessions."""

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from campaigns import journal, staff
from campaigns.journal import SYSTEM
from campaigns.models import JournalEntry, SignInTry, StaffSession
from campaigns.staff import passwords
from tests.web.shell_kit import DANA, INSIDE, PASSWORD, House, csrf_of, try_to_sign_in


def test_the_right_password_opens_the_board(place: House) -> None:
    browser = place.browser()
    response = try_to_sign_in(browser, " Dana@Fjord.example ", PASSWORD)
    assert response.status_code == 303
    assert response.headers["Location"] == "/"
    cookie = next(c for c in response.headers.getlist("Set-Cookie") if "rollout-staff" in c)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=604800" in cookie
    assert browser.get(INSIDE).text == "inside"


def test_somebody_who_was_sent_to_the_door_comes_back_where_they_were(place: House) -> None:
    browser = place.browser()
    for target, reached in (("/campaigns?x=1", "/campaigns?x=1"), ("//evil.example", "/")):
        response = try_to_sign_in(browser, DANA, PASSWORD, next=target)
        assert response.headers["Location"] == reached
    assert 'value="/"' in browser.get("/sign-in?next=//evil.example").text


def test_an_unknown_address_and_a_wrong_password_look_the_same(place: House) -> None:
    unknown = try_to_sign_in(place.browser(), "nobo@fjord.example", "wrong")
    wrong = try_to_sign_in(place.browser(), "dana@fjord.example", "wrong")
    assert (unknown.status_code, wrong.status_code) == (422, 422)
    assert _plain(unknown.text) == _plain(wrong.text)
    assert {name for name, _ in unknown.headers} == {name for name, _ in wrong.headers}


def test_an_unknown_address_costs_a_real_check(place: House) -> None:
    # The dummy hash has the parameters of a real one, so verifying takes the same work.
    assert not passwords.HASHER.check_needs_rehash(passwords.NOBODY)
    assert not passwords.matches(None, "")


def test_somebody_without_a_password_or_who_left_cannot_enter(place: House) -> None:
    place.hire("Kim", "technician")
    assert try_to_sign_in(place.browser(), "kim@fjord.example", "").status_code == 422
    with place.store.writing() as session:
        staff.use_link(session, place.tokens["Kim"], PASSWORD, place.clock.at)
        staff.end(session, SYSTEM, "kim@fjord.example", place.clock.at)
    assert try_to_sign_in(place.browser(), "kim@fjord.example", PASSWORD).status_code == 422


def test_guessing_at_one_account_slows_down_and_recovers(place: House) -> None:
    for number in range(10):
        assert _try(place, DANA, "wrong", f"10.0.0.{number}") == 422
    assert _try(place, DANA, PASSWORD, "10.0.0.99") == 429
    for _ in range(20):
        assert _try(place, DANA, "wrong", "10.0.0.98") == 429
    with place.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTry)) == 20
    place.clock.at += timedelta(minutes=15)
    assert _try(place, DANA, PASSWORD, "10.0.0.99") == 303


def test_guessing_from_one_network_slows_down_without_locking_out_others(place: House) -> None:
    for number in range(10):
        address = f"2001:db8:0:1::{number}"
        assert _try(place, f"guess{number}@fjord.example", "wrong", address) == 422
    assert _try(place, "guess@fjord.example", "wrong", "2001:db8:0:1:ffff::1") == 429
    assert _try(place, DANA, PASSWORD, "2001:db8:0:2::1") == 303


def test_a_slowed_answer_does_not_tell_who_exists(place: House) -> None:
    for number in range(10):
        _try(place, DANA, "wrong", f"10.0.1.{number}")
        _try(place, "nobo@fjord.example", "wrong", f"10.0.1.{number}")
    known = try_to_sign_in(place.browser(), DANA, "wrong")
    unknown = try_to_sign_in(place.browser(), "nobo@fjord.example", "wrong")
    assert known.status_code == unknown.status_code == 429
    assert known.headers["Retry-After"] == "900"
    assert _plain(known.text) == _plain(unknown.text)


def test_a_planted_session_is_void_after_signing_in(place: House) -> None:
    browser = place.browser()
    browser.set_cookie("rollout-staff", "planted")
    before = csrf_of(browser.get("/sign-in"))
    try_to_sign_in(browser, DANA, PASSWORD)
    cookie = browser.get_cookie("rollout-staff")
    assert cookie is not None
    assert cookie.value != "planted"
    assert len(cookie.value) >= 43
    refused = browser.post("/sign-out", data={"csrf_token": before})
    assert refused.status_code == 400


def test_signing_in_again_ends_the_session_that_the_browser_had(place: House) -> None:
    browser = place.browser()
    try_to_sign_in(browser, DANA, PASSWORD)
    try_to_sign_in(browser, DANA, PASSWORD)
    with place.store.reading() as session:
        ended = session.scalars(select(StaffSession.ended_at).order_by(StaffSession.id)).all()
    assert [at is not None for at in ended] == [True, False]


def test_a_session_is_dead_after_signing_out_even_if_its_cookie_was_kept(place: House) -> None:
    browser = place.browser()
    try_to_sign_in(browser, DANA, PASSWORD)
    kept = browser.get_cookie("rollout-staff")
    assert kept is not None
    response = browser.post("/sign-out", data={"csrf_token": csrf_of(browser.get("/nowhere"))})
    assert response.headers["Location"] == "/sign-in"
    assert "You are signed out." in browser.get("/sign-in").text
    thief = place.browser()
    thief.set_cookie("rollout-staff", kept.value)
    assert thief.get(INSIDE).status_code == 303


def test_a_new_password_ends_every_open_session(place: House) -> None:
    browser = place.browser()
    try_to_sign_in(browser, DANA, PASSWORD)
    with place.store.writing() as session:
        token = staff.renew_link(session, SYSTEM, DANA, place.clock.at)
        staff.use_link(session, token, "ten green bottles", place.clock.at)
    assert browser.get(INSIDE).status_code == 303
    assert try_to_sign_in(place.browser(), DANA, PASSWORD).status_code == 422


def test_the_database_and_the_journal_hold_no_token_and_no_password(
    place: House, tmp_path: Path
) -> None:
    browser = place.browser()
    try_to_sign_in(browser, DANA, PASSWORD)
    cookie = browser.get_cookie("rollout-staff")
    assert cookie is not None
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("web.db*"))
    for secret in (PASSWORD, cookie.value, place.tokens["Dana"]):
        assert secret.encode() not in kept


def test_coming_and_going_is_journalled(place: House) -> None:
    browser = place.browser()
    try_to_sign_in(browser, DANA, PASSWORD)
    browser.post("/sign-out", data={"csrf_token": csrf_of(browser.get("/nowhere"))})
    with place.store.reading() as session:
        words = session.scalars(select(JournalEntry.what).order_by(JournalEntry.number)).all()
        assert journal.verify(session) == []
    assert list(words) == ["staff_added", "password_set", "signed_in", "signed_out"]


def _try(place: House, email: str, password: str, network: str) -> int:
    browser = place.browser()
    browser.environ_base["REMOTE_ADDR"] = network
    return try_to_sign_in(browser, email, password).status_code


def _plain(page: str) -> str:
    page = re.sub(r'name="csrf_token" value="[^"]+"', "", page)
    return page.replace("nobo@fjord.example", "X").replace("dana@fjord.example", "X")
