"""Closed unless opened: who gets through which door."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from sqlalchemy import select

from campaigns import staff
from campaigns.journal import SYSTEM
from campaigns.models import StaffSession
from campaigns.models.people import STAFF_ROLES
from rollout.auth import access_of, actor, may, needs, public
from tests.web.shell_kit import House, house

pages = Blueprint("access_pages", __name__)


@pages.get("/forgotten")
def forgotten() -> str:
    return "secret"


@pages.get("/open")
@public
def opened() -> str:
    return "open"


@pages.get("/who")
@needs("read")
def who() -> str:
    return f"{actor().name} {actor().role} {may('administer')}"


for _action in staff.ACTIONS:
    pages.add_url_rule(f"/try/{_action}", f"try_{_action}", needs(_action)(lambda: "done"))


@pytest.fixture
def place(tmp_path: Path) -> House:
    return house(tmp_path, pages)


def undeclared(app: Flask) -> list[str]:
    return [
        rule.endpoint for rule in app.url_map.iter_rules() if access_of(app, rule.endpoint) is None
    ]


def test_every_endpoint_of_the_product_declares_who_may_enter(tmp_path: Path) -> None:
    assert undeclared(house(tmp_path).app) == []


def test_an_endpoint_that_declares_nothing_is_closed_even_to_an_admin(place: House) -> None:
    assert undeclared(place.app) == ["access_pages.forgotten"]
    response = place.signed_in("Dana", "admin").get("/forgotten")
    assert response.status_code == 403
    assert "secret" not in response.text


def test_a_misspelt_action_does_not_start() -> None:
    with pytest.raises(KeyError):
        needs("raed")


def test_a_stranger_is_sent_to_the_door_and_back(place: House) -> None:
    response = place.browser().get("/who?page=2&q=Z%C3%BCrich")
    assert response.status_code == 303
    assert response.headers["Location"] == "/sign-in?next=/who%3Fpage%3D2%26q%3DZ%25C3%25BCrich"
    assert place.browser().get("/open").text == "open"


def test_a_program_is_told_with_a_problem(place: House) -> None:
    place.app.view_functions["access_pages.api"] = needs("read")(lambda: "data")
    place.app.url_map.add(place.app.url_rule_class("/api/v1/data", endpoint="access_pages.api"))
    response = place.browser().get("/api/v1/data")
    assert response.status_code == 401
    assert response.mimetype == "application/problem+json"
    assert response.json is not None
    assert response.json["code"] == "sign_in"


def test_a_fragment_request_moves_the_whole_page_to_the_door(place: House) -> None:
    response = place.browser().get("/who", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in"


def test_the_journal_learns_who_acted(place: House) -> None:
    assert place.signed_in("Dana", "admin").get("/who").text == "dana@fjord.example admin True"
    assert place.signed_in("Kim", "auditor").get("/who").text.endswith("auditor False")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("technician", {"read", "plan", "import", "agree"}),
        ("account_manager", {"read", "plan", "import", "agree", "grant"}),
        ("approver", {"read", "grant", "approve"}),
        ("admin", {"read", "plan", "import", "agree", "grant", "approve", "administer"}),
        ("auditor", {"read"}),
    ],
)
def test_a_role_may_do_what_its_row_says_and_nothing_else(
    place: House, role: str, allowed: set[str]
) -> None:
    browser = place.signed_in("Dana", role)
    for action in staff.ACTIONS:
        response = browser.get(f"/try/{action}")
        assert response.status_code == (200 if action in allowed else 403), action


def test_unknown_roles_and_actions_may_nothing() -> None:
    assert not any(staff.can("owner", action) for action in staff.ACTIONS)
    assert not any(staff.can(role, "delete_everything") for role in STAFF_ROLES)


def test_a_session_runs_out_after_twelve_idle_hours(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    place.clock.at += timedelta(hours=11, minutes=59)
    assert browser.get("/who").status_code == 200
    place.clock.at += timedelta(hours=11, minutes=59)
    assert browser.get("/who").status_code == 200
    place.clock.at += timedelta(hours=12)
    assert browser.get("/who").status_code == 303


def test_a_session_ends_after_seven_days_however_busy(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    for _ in range(27):
        place.clock.at += timedelta(hours=6)
        assert browser.get("/who").status_code == 200
    place.clock.at += timedelta(hours=6)
    assert browser.get("/who").status_code == 303


def test_looking_writes_at_most_once_in_five_minutes(place: House) -> None:
    browser = place.signed_in("Dana", "admin")
    started = place.clock.at
    place.clock.at += timedelta(minutes=5)
    browser.get("/who")
    assert _seen(place) == started
    place.clock.at += timedelta(seconds=1)
    browser.get("/who")
    assert _seen(place) == place.clock.at


def test_somebody_who_has_left_is_out_at_once(place: House) -> None:
    browser = place.signed_in("Dana", "technician")
    with place.store.writing() as session:
        staff.end(session, SYSTEM, "dana@fjord.example", place.clock.at)
    assert browser.get("/who").status_code == 303


def _seen(place: House) -> object:
    with place.store.reading() as session:
        return session.scalar(select(StaffSession.seen_at))
