"""Refusals and faults, for people and for programs."""

from pathlib import Path

import pytest
import structlog
from flask import Blueprint, Flask
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from campaigns.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from rollout.auth import needs, public
from tests.web.shell_kit import House, house

pages = Blueprint("error_pages", __name__)
KINDS = {
    "notfound": (NotFound("No such customer.", "no_customer"), 404),
    "invalid": (Invalid("Line 14 is wrong.", "bad_zone", "timezone"), 422),
    "conflict": (Conflict("This date was just taken.", "date_taken"), 409),
    "forbidden": (Forbidden("Not yours.", "role"), 403),
    "refused": (Refused("Not like this.", "other"), 400),
    "slow": (Refused("Wait a little.", "slow_down"), 429),
}


@pages.get("/raise/<kind>")
@pages.get("/api/v1/raise/<kind>")
@pages.get("/c/raise/<kind>")
@public
def fail(kind: str) -> str:
    if kind == "fault":
        raise ZeroDivisionError("the secret inside")
    if kind == "away":
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))
    raise KINDS[kind][0]


@pages.get("/inner/<kind>")
@needs("read")
def inner(kind: str) -> str:
    raise KINDS[kind][0]


@pytest.fixture
def place(tmp_path: Path) -> House:
    return house(tmp_path, pages)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_is_a_page_with_its_sentence(place: House, kind: str) -> None:
    error, status = KINDS[kind]
    response = place.browser().get(f"/raise/{kind}")
    assert response.status_code == status
    assert error.message in response.text
    assert response.mimetype == "text/html"


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_is_a_problem_for_programs(place: House, kind: str) -> None:
    error, status = KINDS[kind]
    response = place.browser().get(f"/api/v1/raise/{kind}")
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert problem is not None
    assert (problem["status"], problem["code"]) == (status, error.code)
    assert problem["detail"] == error.message
    assert problem.get("field") == error.field


def test_a_refusal_inside_a_fragment_is_a_fragment(place: House) -> None:
    response = place.browser().get("/raise/conflict", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert 'role="alert"' in response.text
    assert "<html" not in response.text


def test_staff_keep_their_menu_and_customers_see_their_provider(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    assert ">Campaigns</a>" in browser.get("/inner/notfound").text
    assert ">Campaigns</a>" in browser.get("/nowhere").text
    page = browser.get("/c/raise/notfound").text
    assert ">Campaigns</a>" not in page
    assert "Questions? Dana Reyes" in page
    assert ">Campaigns</a>" not in place.browser().get("/nowhere").text


@pytest.mark.parametrize("path", ["/raise/fault", "/api/v1/raise/fault"])
def test_a_fault_shows_its_number_and_nothing_else(place: House, path: str) -> None:
    with structlog.testing.capture_logs() as lines:
        response = place.browser().get(path)
    assert response.status_code == 500
    assert lines[0]["fault"] in response.text
    assert lines[0]["exc_info"].args
    for inside in ("secret", "Traceback", "ZeroDivision"):
        assert inside not in response.text


def test_a_fault_on_a_customers_page_keeps_the_token_out_of_the_log(place: House) -> None:
    with structlog.testing.capture_logs() as lines:
        place.browser().get("/c/raise/fault")
    assert lines[0]["path"] == "/c/[token]/fault"


def test_a_wrong_method_names_the_right_ones(place: House) -> None:
    response = place.browser().get("/sign-out")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


def test_what_is_too_large_is_refused_with_the_limit(place: House) -> None:
    response = _post(place.app, b"x" * (20 * 1024 * 1024 + 1), "application/octet-stream")
    assert response.status_code == 413
    assert "20 MB" in response.text


def test_a_form_of_endless_fields_is_refused(place: House) -> None:
    parts = b"".join(
        b'--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' for _ in range(2001)
    )
    assert (
        _post(place.app, parts + b"--b--\r\n", "multipart/form-data; boundary=b").status_code == 413
    )
    assert _post(place.app, b"a=" + b"x" * 1_100_000).status_code == 413
    assert _post(place.app, b"a&" * 2000).status_code == 413
    assert _post(place.app, b"a=1&" * 1999).status_code == 400  # only its token is missing


@pytest.mark.parametrize("name", ["%00", "\u202e", "<script>", "{{7*7}}", "a" * 5000, "%ff"])
def test_odd_addresses_are_simply_not_found(place: House, name: str) -> None:
    response = place.browser().get(f"/x/{name}")
    assert response.status_code == 404
    assert "<script>" not in response.text


def test_a_dead_database_is_not_ready_but_alive(place: House, tmp_path: Path) -> None:
    found = place.browser().get("/readyz").json
    assert (found["ready"], found["database"]) == (True, "ok")
    place.store.close()
    (tmp_path / "web.db").unlink()
    (tmp_path / "web.db").mkdir()
    assert place.browser().get("/healthz").text == "ok\n"
    assert place.browser().get("/readyz").status_code == 503


def _post(app: Flask, body: bytes, kind: str = "application/x-www-form-urlencoded") -> TestResponse:
    return app.test_client().post("/sign-in", data=body, content_type=kind)


@pytest.mark.parametrize("path", ["/raise/away", "/api/v1/raise/away", "/c/raise/away"])
def test_a_database_that_is_away_is_said_kindly_and_when_to_try_again(
    place: House, path: str
) -> None:
    response = place.browser().get(path)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Wait a few seconds" in response.text
    assert "SELECT" not in response.text
