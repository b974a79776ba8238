"""The JSON API: what is documented is what is answered, and the commands say the same."""

from typing import Any

import pytest
from pydantic import BaseModel, RootModel

from campaigns import launch, register
from campaigns.boards.changes import change_rows
from campaigns.models import Campaign
from rollout.api.layer import PREFIX, Route
from rollout.api.openapi import APIS
from rollout.desk import Desk as Clerk
from rollout.parse.moment import parse_instant
from tests.kit import ADA, Office, add_customer, open_campaign, open_days, rollout_id, shipped
from tests.web.desk_kit import Desk, Face, face
from workers.rehearse import rehearse

ROUTES = [route for api in APIS for route in api.routes]


@pytest.fixture
def house(office: Office) -> Face:
    add_customer(office, people=20)
    add_customer(office, "Harbour Legal", zone="Europe/London", country="GB")
    return face(office)


@pytest.fixture
def number(house: Face) -> int:
    office = house.office
    campaign = open_campaign(office)
    day = open_days(office, rollout_id(office, campaign))[4].day  # type: ignore[attr-defined]
    Clerk(office.rt, ADA).agree_by_phone("MFA for everyone", "Northwind Dental", str(day), "08:00")
    with office.store.writing() as session:
        rows = [shipped("adobe-acrobat-2020"), shipped("ms-exo-smtp-auth-basic")]
        register.import_changes(session, rows, who=ADA, now=office.now)
    return campaign


@pytest.fixture
def ada(house: Face) -> Desk:
    return house.desk("Ada")


def answer(desk: Desk, path: str) -> Any:
    page = desk.get(f"{PREFIX}{path}")
    assert page.status_code == 200, page.text
    assert page.mimetype == "application/json"
    return page.json


def address(route: Route, number: int) -> str:
    path = route.path.replace("<int:number>", str(number))
    if route.path.startswith("/reports/"):
        return f"{path}?campaign=MFA+for+everyone"
    return f"{path}?customer=Northwind+Dental" if route.path == "/contacts" else path


def hold_together(model: type[BaseModel], facts: Any) -> None:
    """The answer fits its model, and has no field that the model does not declare."""
    checked = model.model_validate(facts, strict=not issubclass(model, RootModel))
    assert checked.model_dump(mode="json", exclude_unset=True) == facts


def test_every_route_is_in_the_document(house: Face, ada: Desk) -> None:
    document = answer(ada, "/openapi.json")
    assert document["openapi"] == "3.1.0"
    served = {
        (rule.rule.replace("<int:number>", "{number}"), method.lower())
        for rule in house.app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert served == written
    assert len(
        {op["operationId"] for ops in document["paths"].values() for op in ops.values()}
    ) == len(written)


def test_every_reference_in_the_document_leads_somewhere(ada: Desk) -> None:
    document = answer(ada, "/openapi.json")
    found = []

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            found.extend([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(document)
    assert found
    for reference in found:
        assert reference.rsplit("/", 1)[1] in document["components"]["schemas"]


def test_real_answers_are_what_the_document_declares(ada: Desk, number: int) -> None:
    for route in ROUTES:
        if route.method == "GET":
            hold_together(route.answers, answer(ada, address(route, number)))


def test_refusals_are_problems(house: Face, ada: Desk, number: int) -> None:
    for path, status, code, field in (
        ("/campaigns/77", 404, "no_campaign", None),
        (f"/campaigns/{'9' * 25}", 404, "no_campaign", None),
        ("/reports/value?campaign=Nobody", 404, "no_campaign", "campaign"),
        ("/reports/value?campaign=%00", 404, "no_campaign", "campaign"),
        ("/reports/value", 422, "bad_parameter", "campaign"),
        ("/reports/value?campaign=1&colour=red", 422, "bad_parameter", "colour"),
        ("/reports/value?campaign=MFA+for+everyone&customer=No", 404, "no_customer", "customer"),
        ("/contacts?customer=Nobody", 404, "no_customer", "customer"),
        ("/contacts?customer=Northwind+Dental&limit=0", 422, "bad_parameter", "limit"),
        ("/contacts?customer=Northwind+Dental&after=-1", 422, "bad_parameter", "after"),
        (f"/campaigns/{number}/rehearsal?until=soon", 422, "bad_parameter", "until"),
        ("/nothing", 404, "http_404", None),
    ):
        page = ada.get(f"{PREFIX}{path}")
        assert page.status_code == status, path
        assert page.mimetype == "application/problem+json"
        assert page.json["code"] == code, path
        assert page.json.get("field") == field, path
        assert page.json["detail"]


def test_what_is_wrong_is_said_in_words(ada: Desk, house: Face, number: int) -> None:
    for path, said in (
        ("/reports/value", 'The parameter "campaign" is missing.'),
        ("/reports/value?campaign=1&colour=red", 'The parameter "colour" is not known here.'),
        ("/contacts?customer=N&limit=many", 'The parameter "limit" must be a whole number.'),
        ("/contacts?customer=N&limit=0", 'The parameter "limit" must be 1 or more.'),
        ("/nothing", "There is nothing at this address. /api/v1/openapi.json lists what there is."),
    ):
        assert ada.get(f"{PREFIX}{path}").json["detail"] == said
    nobody = house.app.test_client().get(f"{PREFIX}/campaigns")
    assert nobody.status_code == 401
    assert nobody.json["detail"].startswith("Sign in first")


def test_changes_are_what_the_command_lists(house: Face, ada: Desk, number: int) -> None:
    with house.office.store.reading() as session:
        rows = change_rows(session, house.office.now)
    assert answer(ada, "/changes") == {"changes": rows}
    assert [row["date_needed"] for row in rows if row["id"] == "adobe-acrobat-2020"] == [True]


def test_a_rehearsal_is_what_the_command_prints(house: Face, ada: Desk, number: int) -> None:
    until = answer(ada, f"/campaigns/{number}/rehearsal?until=2026-06-20")
    assert (
        until
        == rehearse(house.office.rt, "MFA for everyone", parse_instant("2026-06-20")).as_json()
    )
    assert until["events"]


def test_a_campaign_is_named_by_number_in_the_list(ada: Desk, number: int) -> None:
    assert answer(ada, "/campaigns")["campaigns"] == [
        {
            "id": number,
            "name": "MFA for everyone",
            "state": "running",
            "playbook": "authentication-all-users",
        }
    ]
    found = answer(ada, f"/reports/adoption?campaign={number}")
    assert found == answer(ada, "/reports/adoption?campaign=MFA%20for%20everyone")


def test_contacts_come_in_pages(ada: Desk) -> None:
    found, after = [], 0
    while after is not None:
        page = answer(ada, f"/contacts?customer=northwind+dental&limit=7&after={after}")
        found += [row["email"] for row in page["contacts"]]
        after = page["next"]
    assert len(found) == len(set(found)) == 22


def test_a_program_holds_and_resumes(house: Face, number: int) -> None:
    dana = house.desk("Dana")
    held = dana.send(f"{PREFIX}/campaigns/{number}/hold", {"why": "the vendor wavers"})
    assert (held.status_code, held.json["state"]) == (200, "held")
    again = dana.send(f"{PREFIX}/campaigns/{number}/hold", {})
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")
    resumed = dana.send(f"{PREFIX}/campaigns/{number}/resume")
    assert resumed.json["state"] == "running"
    with house.office.store.reading() as session:
        assert session.get_one(Campaign, number).held_why is None


def test_the_key_for_posting_comes_with_who_is_signed_in(
    house: Face, ada: Desk, number: int
) -> None:
    facts = answer(ada, "/me")
    assert (facts["email"], facts["role"]) == ("ada@harbor.example", "admin")
    path = f"{PREFIX}/campaigns/{number}/hold"
    key = {"X-CSRFToken": facts["csrf_token"]}
    assert ada.browser.post(path, json={}, headers=key).status_code == 200


def test_a_body_that_cannot_be_used_is_a_problem(house: Face, ada: Desk, number: int) -> None:
    path = f"{PREFIX}/campaigns/{number}/hold"
    for body, field in (
        ({"why": 7}, "why"),
        ({"why": "x" * 401}, "why"),
        ({"why": "\x00"}, "why"),
        ({"why": "\ud800"}, "why"),
        ({"reason": "x"}, "reason"),
        ([], "body"),
        ("hold", "body"),
    ):
        page = ada.send(path, body)
        assert page.status_code == 422, body
        assert page.json["field"] == field
    key = {"X-CSRFToken": answer(ada, "/me")["csrf_token"]}
    page = ada.browser.post(path, data="{", content_type="application/json", headers=key)
    assert (page.status_code, page.json["field"]) == (422, "body")
    with house.office.store.reading() as session:
        assert launch.find_campaign(session, "MFA for everyone").state == "running"


def test_without_the_key_nothing_is_posted(house: Face, ada: Desk, number: int) -> None:
    page = ada.browser.post(f"{PREFIX}/campaigns/{number}/hold", json={})
    assert (page.status_code, page.json["code"]) == (400, "old_page")


def test_programs_sign_in_first(house: Face, number: int) -> None:
    for route in ROUTES:
        page = house.stranger().open(f"{PREFIX}{address(route, number)}", method="GET")
        assert page.status_code in (401, 405)
    page = house.stranger().get(f"{PREFIX}/customers")
    assert (page.status_code, page.mimetype) == (401, "application/problem+json")


def test_an_auditor_reads_and_holds_nothing(house: Face, number: int) -> None:
    otto = house.desk("Otto")
    assert answer(otto, f"/campaigns/{number}")["state"] == "running"
    page = otto.send(f"{PREFIX}/campaigns/{number}/hold", {})
    assert (page.status_code, page.json["code"]) == (403, "role")
