"""Requests that a page elsewhere made a browser send change nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint

from rollout.auth import needs, public
from rollout.security import NonceBlueprint, check_nonce, nonce_for
from tests.web.shell_kit import START, House, csrf_of, house

pages = Blueprint("csrf_pages", __name__)
letter_pages = NonceBlueprint("letter_pages", __name__)
KEY = b"k" * 32
OWN = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}


@pages.post("/change")
@needs("plan")
def change() -> str:
    return "changed"


@letter_pages.route("/letter/<token>", methods=["GET", "POST"])
@public
def choose(token: str) -> str:
    from rollout.security import form_nonce

    return form_nonce()


@pytest.fixture
def place(tmp_path: Path) -> House:
    return house(tmp_path, pages, letter_pages, base_url="http://127.0.0.1:8000")


def test_a_form_with_its_token_from_our_own_page_passes(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    form = {"csrf_token": csrf_of(browser.get("/nowhere"))}
    assert browser.post("/change", data=form, headers=OWN).text == "changed"
    assert browser.post("/change", headers={**OWN, "X-CSRFToken": form["csrf_token"]}).text


@pytest.mark.parametrize("token", [None, "", "wrong", "stranger"])
def test_a_form_without_its_own_token_is_refused(place: House, token: str | None) -> None:
    browser = place.signed_in("Dana", "admin")
    browser.get("/nowhere")
    if token == "stranger":
        token = csrf_of(place.browser().get("/sign-in"))
    form = {} if token is None else {"csrf_token": token}
    response = browser.post("/change", data=form, headers=OWN)
    assert response.status_code == 400
    assert "changed" not in response.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost@evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Sec-Fetch-Site": ""},
    ],
)
def test_another_origin_is_refused_even_with_a_right_token(
    place: House, headers: dict[str, str]
) -> None:
    browser = place.signed_in("Dana", "admin")
    form = {"csrf_token": csrf_of(browser.get("/nowhere"))}
    assert browser.post("/change", data=form, headers=headers).status_code == 400
    nonce = browser.get("/letter/abc").text
    assert browser.post("/letter/abc", data={"nonce": nonce}, headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        # What browsers send from a page with Referrer-Policy no-referrer.
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://rollout.fjord.example"},
    ],
)
def test_our_own_pages_and_programs_pass(place: House, headers: dict[str, str]) -> None:
    browser = place.signed_in("Dana", "admin")
    form = {"csrf_token": csrf_of(browser.get("/nowhere"))}
    assert browser.post("/change", data=form, headers=headers).text == "changed"


def test_a_letters_form_needs_its_nonce_and_no_cookie(place: House) -> None:
    nonce = place.browser().get("/letter/abc").text
    assert place.browser().post("/letter/abc", data={"nonce": nonce}).status_code == 200
    for wrong in ({}, {"nonce": ""}, {"nonce": "é"}, {"nonce": nonce[:-1]}):
        assert place.browser().post("/letter/abc", data=wrong).status_code == 400
    assert place.browser().post("/letter/other", data={"nonce": nonce}).status_code == 400


def test_a_letters_page_sets_no_cookie(place: House) -> None:
    assert "Set-Cookie" not in place.browser().get("/letter/abc").headers


def test_a_nonce_lives_for_its_day_and_the_next() -> None:
    nonce = nonce_for("abc", KEY, START)
    assert check_nonce(nonce, "abc", KEY, START)
    assert check_nonce(nonce, "abc", KEY, START + timedelta(days=1))
    assert not check_nonce(nonce, "abc", KEY, START + timedelta(days=2))
    assert not check_nonce(nonce, "abd", KEY, START)
    assert not check_nonce(nonce, "abc", b"other" * 8, START)


def test_looking_and_asking_need_no_token(place: House) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert place.browser().get("/sign-in", headers=foreign).status_code == 200
    assert place.browser().head("/sign-in", headers=foreign).status_code == 200
