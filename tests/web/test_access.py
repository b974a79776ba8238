"""Who may enter where: one row a route. A route without a row fails here."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaigns.models.people import STAFF_ROLES
from campaigns.staff import ACTIONS
from campaigns.store import Store
from rollout.auth import access_of
from tests.emptying import STORES, delete_all
from tests.web.shell_kit import House, house

TABLE = """
read       GET  /
read       GET  /api/v1/campaigns
read       GET  /api/v1/campaigns/<number>
plan       POST /api/v1/campaigns/<number>/hold
read       GET  /api/v1/campaigns/<number>/rehearsal
plan       POST /api/v1/campaigns/<number>/resume
read       GET  /api/v1/changes
read       GET  /api/v1/contacts
read       GET  /api/v1/customers
read       GET  /api/v1/me
read       GET  /api/v1/openapi.json
read       GET  /api/v1/reports/adoption
read       GET  /api/v1/reports/pack
read       GET  /api/v1/reports/value
public     GET  /c/<token>
public     GET  /c/<token>/appointment.ics
public     GET  /c/<token>/ask/<slug>
public     POST /c/<token>/ask/<slug>
public     GET  /c/<token>/cancel
public     POST /c/<token>/cancel
public     GET  /c/<token>/change
public     GET  /c/<token>/colleague
public     POST /c/<token>/colleague
public     GET  /c/<token>/confirm
public     POST /c/<token>/confirm
public     GET  /c/<token>/not-this-day
public     POST /c/<token>/not-this-day
public     GET  /c/<token>/review
public     POST /c/<token>/review
public     GET  /c/<token>/thanks/<slug>
public     GET  /c/<token>/undo
public     POST /c/<token>/undo
read       GET  /calendar
plan       POST /calendar
read       GET  /campaigns
read       GET  /campaigns/<number>
read       GET  /campaigns/<number>.csv
plan       GET  /campaigns/<number>/<move>
plan       POST /campaigns/<number>/<move>
approve    POST /campaigns/<number>/approve
plan       GET  /campaigns/<number>/proposal
plan       POST /campaigns/<number>/proposal
read       GET  /campaigns/<number>/rehearsal
read       GET  /campaigns/<number>/rehearsal.csv
read       GET  /campaigns/<number>/rehearsal.json
plan       POST /campaigns/<number>/rehearsal/compare
read       GET  /campaigns/<number>/waves
plan       POST /campaigns/<number>/waves
plan       POST /campaigns/<number>/waves/<wave_id>/<move>
plan       GET  /campaigns/new
plan       POST /campaigns/new
read       GET  /changes
read       GET  /changes/<source_id>
plan       POST /changes/<source_id>/dates
plan       POST /changes/<source_id>/postponements
plan       POST /changes/<source_id>/postponements/<customer_id>/end
plan       POST /changes/<source_id>/words
import     GET  /changes/import
import     POST /changes/import
import     GET  /changes/library
import     POST /changes/library
import     GET  /changes/new
import     POST /changes/new
read       GET  /customers
read       GET  /customers.csv
read       GET  /customers/<customer_id>
plan       POST /customers/<customer_id>/contacts
plan       GET  /customers/<customer_id>/contacts/<contact_id>
plan       POST /customers/<customer_id>/contacts/<contact_id>
plan       POST /customers/<customer_id>/contacts/<contact_id>/back
plan       POST /customers/<customer_id>/contacts/<contact_id>/left
plan       GET  /customers/<customer_id>/contacts/new
plan       POST /customers/<customer_id>/exemptions
plan       POST /customers/<customer_id>/exemptions/<exemption_id>/end
plan       GET  /customers/<customer_id>/exemptions/new
read       GET  /customers/<customer_id>/calendar
plan       POST /customers/<customer_id>/calendar
read       GET  /customers/<customer_id>/people.csv
agree      GET  /customers/<customer_id>/rollouts/<rollout_id>/date
agree      POST /customers/<customer_id>/rollouts/<rollout_id>/date
agree      POST /customers/<customer_id>/rollouts/<rollout_id>/colleagues/<request_id>
agree      POST /customers/<customer_id>/rollouts/<rollout_id>/deciding/<standing_id>
grant      GET  /customers/<customer_id>/rollouts/<rollout_id>/deferrals
grant      POST /customers/<customer_id>/rollouts/<rollout_id>/deferrals
agree      POST /customers/<customer_id>/rollouts/<rollout_id>/links
agree      POST /customers/<customer_id>/rollouts/<rollout_id>/withdraw
plan       POST /freezes
plan       GET  /freezes/new
read       GET  /freezes/<freeze_id>
plan       POST /freezes/<freeze_id>
plan       GET  /freezes/<freeze_id>/edit
plan       POST /freezes/<freeze_id>/remove
agree      POST /freezes/<freeze_id>/approve
agree      POST /freezes/<freeze_id>/keep
public     GET  /g/<token>
public     GET  /g/<token>/<name>
public     GET  /g/<token>/done
public     POST /g/<token>/done
public     GET  /g/<token>/help
public     POST /g/<token>/help
public     GET  /g/<token>/thanks/<what>
read       GET  /guides
read       GET  /guides/guide/<name>
read       GET  /guides/letter/<name>
read       GET  /guides/letter/<name>/html
public     GET  /healthz
import     GET  /imports
import     POST /imports
import     GET  /imports/<token>
import     POST /imports/<token>
read       GET  /letters/<public_id>
plan       POST /letters/<public_id>/again
read       GET  /letters/<public_id>/html
plan       POST /letters/<public_id>/leave
read       GET  /mailbox
read       GET  /mailbox/<name>
read       GET  /mailbox/<name>/files/<place>
read       GET  /mailbox/<name>/html
public     GET  /metrics
public     GET  /readyz
read       GET  /rehearsal
read       GET  /rehearsal.csv
read       GET  /rehearsal.json
plan       POST /rehearsal/compare
read       GET  /reports
read       GET  /reports/<what>.<kind>
plan       POST /reports/keep
read       GET  /reports/kept/<number>.<kind>
read       GET  /reviews/<number>
plan       POST /reviews/<number>
approve    POST /reviews/<number>/approve
plan       POST /reviews/<number>/same-dates
read       GET  /roster
plan       GET  /roster/<staff_id>
plan       POST /roster/<staff_id>/hours
plan       POST /roster/<staff_id>/off
plan       POST /roster/<staff_id>/off/<off_id>/remove
plan       POST /roster/<staff_id>/skills
plan       POST /roster/bookings/<rollout_id>/technician
administer POST /roster/limits
read       GET  /search
administer POST /sending/arm
public     GET  /sign-in
public     POST /sign-in
public     GET  /sign-in/<token>
public     POST /sign-in/<token>
public     POST /sign-out
administer GET  /staff
administer POST /staff
administer GET  /staff/<number>/end
administer POST /staff/<number>/end
administer POST /staff/<number>/link
public     GET  /static/<filename>
plan       POST /tasks/<task_id>/done
plan       POST /tasks/<task_id>/undone
"""
ROWS = [tuple(line.split(maxsplit=2)) for line in TABLE.strip().splitlines()]
# Guides need the library, which this kit does without; test_pages_reports enters them.
BEHIND_THE_DOOR = [row for row in ROWS if row[0] != "public" and not row[2].startswith("/guides")]


@pytest.fixture(scope="module", params=STORES)
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One house for all roles, on each engine in turn."""
    folder = tmp_path_factory.mktemp("access")
    if request.param == "sqlite":
        yield house(folder, own=True)
        return
    store: Store = request.getfixturevalue(STORES[request.param])
    yield house(folder, store=store, own=True)
    delete_all(store)


@pytest.fixture(scope="module")
def browsers(place: House) -> dict[str, FlaskClient]:
    """One signed-in browser a role, and a stranger's."""
    signed_in = {role: place.signed_in(role.title(), role) for role in STAFF_ROLES}
    return {**signed_in, "stranger": place.browser()}


def routes(app: Flask) -> dict[tuple[str, str], str]:
    """(method, path with plain placeholders) of every route, and the action that it declares."""
    found = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"<\1>", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[method, path] = access.action or "public" if access else "closed"
    return found


def test_every_route_has_a_row_and_every_row_a_route(place: House) -> None:
    declared = {
        (action, method, path)
        for (method, path), action in routes(place.app).items()
        if path != "/for-staff-in-tests"  # the kit's own page
    }
    assert declared == set(ROWS)


@pytest.mark.parametrize(("action", "method", "path"), BEHIND_THE_DOOR)
def test_only_the_roles_of_its_row_come_past_the_door(
    browsers: dict[str, FlaskClient], action: str, method: str, path: str
) -> None:
    """403 is the door. Behind it a form without its token is a 400, a missing thing a 404."""
    address = re.sub(r"<(?:number|\w+_id|place)>", "1", path)
    address = address.replace("<move>", "hold").replace("<kind>", "csv").replace("<what>", "value")
    address = re.sub(r"<\w+>", "nothing", address)
    for role, browser in browsers.items():
        status = browser.open(address, method=method).status_code
        if role == "stranger":
            assert status in (302, 303, 400, 401), (role, status)
        elif role in ACTIONS[action]:
            assert status not in (401, 403), (role, status)
            assert status < 500, (role, status)
        else:
            assert status in (400, 403), (role, status)


def test_an_auditor_changes_nothing_anywhere() -> None:
    """Whatever can be posted asks for an action that the auditor's row does not have."""
    posts = [(action, path) for action, method, path in ROWS if method == "POST"]
    assert all("auditor" not in ACTIONS[action] for action, _ in posts if action != "public")


def test_letters_pages_and_the_door_are_all_that_is_open() -> None:
    """And /metrics, which asks for a token of its own."""
    open_paths = {path for action, _, path in ROWS if action == "public"} - {"/metrics"}
    allowed = ("/c/", "/g/", "/sign-in", "/sign-out", "/healthz", "/readyz", "/static/")
    assert all(path.startswith(allowed) for path in open_paths)
