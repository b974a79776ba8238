"""What every response promises, whatever it is, and what the log keeps to itself."""

from pathlib import Path

import pytest
from flask import Blueprint, Response

from rollout.auth import public
from rollout.redaction import redacted
from rollout.security import ALWAYS, LETTER_POLICY, POLICY, letter_page
from tests.web.shell_kit import INSIDE, House, house

pages = Blueprint("header_pages", __name__)


@pages.get("/breaks")
@public
def breaks() -> str:
    raise RuntimeError("something inside")


@pages.get("/letter")
@public
def letter() -> Response:
    return letter_page('<p style="color:red">Hello<script>alert(1)</script>')


@pytest.fixture
def place(tmp_path: Path) -> House:
    return house(tmp_path, pages)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (INSIDE, 303),
        ("/sign-in", 200),
        ("/sign-in/nothing", 404),
        ("/healthz", 200),
        ("/readyz", 200),
        ("/nowhere", 404),
        ("/api/v1/nowhere", 404),
        ("/sign-out", 405),
        ("/breaks", 500),
        ("/static/app.css", 200),
        ("/static/nothing.css", 404),
    ],
)
def test_every_response_carries_every_promise(place: House, path: str, status: int) -> None:
    response = place.browser().get(path)
    response.close()
    assert response.status_code == status
    for name, value in ALWAYS.items():
        assert response.headers[name] == value
    assert response.headers["Content-Security-Policy"] == POLICY
    assert "Strict-Transport-Security" not in response.headers
    if not path.startswith("/static/app"):
        assert response.headers["Cache-Control"] == "no-store"


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "*" not in POLICY
    assert POLICY.startswith("default-src 'none'")


def test_pages_have_no_inline_script_or_style(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    for path in ("/sign-in", "/nowhere", "/sign-in/nothing"):
        text = browser.get(path).text
        assert "<style" not in text
        assert "style=" not in text
        assert "<script>" not in text
        assert " onclick" not in text
        assert "javascript:" not in text


def test_static_files_are_kept_only_under_their_own_hash(place: House) -> None:
    browser = place.browser()
    address = browser.get("/sign-in").text.split('href="/static/app.css')[1].split('"')[0]
    with browser.get("/static/app.css" + address) as pinned:
        assert pinned.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for other in ("", "?v=", "?v=0123456789ab"):
        with browser.get("/static/app.css" + other) as response:
            assert response.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/settings.py", "..%2fsettings.py"])
def test_nothing_outside_the_static_folder_is_served(place: House, path: str) -> None:
    assert place.browser().get(f"/static/{path}?v=1").status_code == 404


def test_behind_https_cookies_are_pinned_and_the_browser_told_to_stay(tmp_path: Path) -> None:
    place = house(tmp_path, cookie_secure=True, base_url="https://rollout.example")
    response = place.browser().get("/sign-in", base_url="https://rollout.example")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-rollout-form=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_letter_is_shown_in_a_sandbox(place: House) -> None:
    response = place.browser().get("/letter")
    assert response.headers["Content-Security-Policy"] == LETTER_POLICY
    assert LETTER_POLICY.endswith("sandbox")
    assert "script-src" not in LETTER_POLICY


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("/c/abc234", "/c/[token]"),
        ("/g/abc234/done?x=1", "/g/[token]/done?x=1"),
        ('"POST /c/abc234 HTTP/1.1" 200', '"POST /c/[token] HTTP/1.1" 200'),
        ("/sign-in/0123abcd", "/sign-in/[token]"),
        ("/sign-in?next=%2Fc%2Fabc234%3Fa", "/sign-in?next=%2Fc%2F[token]%3Fa"),
        ("/customers/7", "/customers/7"),
        ("https://rollout.example/C/abc234", "https://rollout.example/C/[token]"),
    ],
)
def test_tokens_are_taken_out_of_what_is_logged(line: str, kept: str) -> None:
    assert redacted(line) == kept
