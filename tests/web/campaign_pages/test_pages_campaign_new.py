"""A campaign is opened on the staff pages: change, playbook, customers."""

import io
import re

from campaigns import register
from campaigns.models import Campaign
from campaigns.rules.records import CustomerRecord
from tests.kit import (
    ADA,
    parsed,
)
from tests.web.campaign_pages.campaign_kit import FORM, opened, selection, state
from tests.web.desk_kit import Desk, Face, field_error
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


def test_a_campaign_for_all_customers_begins_as_a_draft(house: Face, ada: Desk) -> None:
    number = opened(ada.post("/campaigns/new", **FORM))
    assert state(house, number) == "draft"
    assert selection(house, number) == [(True, "all customers")] * 2
    text = ada.text(f"/campaigns/{number}")
    assert "Northwind Dental" in text
    assert "Microsoft: Tuesday 15 December 2026 (in 197 days)" in text
    assert "30 days before the agreed day, 09:00" in text
    assert not house.office.mail.letters


def test_the_form_shows_every_playbook_with_its_steps(ada: Desk) -> None:
    text = ada.text("/campaigns/new?change=MC1")
    assert '<option value="MC1" selected>' in text
    assert "A new way to sign in, for administrators" in text
    assert "60 days before the first day on offer, 09:00" in text
    assert 'href="/guides/letter/invitation"' in text


def test_a_change_of_the_library_is_taken_in_on_first_use(house: Face, ada: Desk) -> None:
    opened(ada.post("/campaigns/new", **{**FORM, "change": "ms-windows-10-eos"}))
    assert "ms-windows-10-eos" in ada.text("/changes")


def test_customers_are_chosen_by_tag(house: Face, ada: Desk) -> None:
    form = {**FORM, "customers": "tag", "tag": "country=GB"}
    number = opened(ada.post("/campaigns/new", **form))
    assert sorted(selection(house, number)) == [(False, "country is DE"), (True, "country is GB")]


def test_customers_are_picked_with_a_reason_for_each_that_is_not(house: Face, ada: Desk) -> None:
    with house.office.store.writing() as session:
        register.import_customers(
            session,
            parsed(
                CustomerRecord(name="Third", timezone="UTC"),
                CustomerRecord(name="Fourth", timezone="UTC"),
            ),
            who=ADA,
            now=house.office.now,
        )
    text = ada.text("/campaigns/new")
    ids = {name: number for number, name in re.findall(r'for="pick-(\d+)">([^<]+)<', text)}
    form = {"customers": "pick", "pick": [ids["Third"]], f"why-{ids['Fourth']}": "leaves in May"}
    number = opened(ada.post("/campaigns/new", **{**FORM, **form, "otherwise": "next year"}))
    assert sorted(selection(house, number)) == [
        (False, "leaves in May"),
        (False, "next year"),
        (False, "next year"),
        (True, "picked"),
    ]
    text = ada.text(f"/campaigns/{number}")
    assert "Not in: 3" in text
    assert "leaves in May" in text


def test_customers_are_named_in_an_uploaded_list(house: Face, ada: Desk) -> None:
    content = b"customer,include,reason\nNorthwind Dental,yes,\nHarbour Legal,no,own IT\n"
    form = {**FORM, "customers": "list", "list": (io.BytesIO(content), "who.csv")}
    number = opened(ada.post("/campaigns/new", **form))
    assert sorted(selection(house, number)) == [(False, "own IT"), (True, "named in the list")]


BAD = (
    ("name", {"name": " "}),
    ("name", {"name": "x" * 201}),
    ("name", {"name": "bell\x07"}),
    ("change", {"change": ""}),
    ("change", {"change": "no-such"}),
    ("change", {"change": "nul\x00"}),
    ("customers", {"customers": "most"}),
    ("customers", {"customers": "pick"}),
    ("customers", {"customers": "pick", "pick": "no number"}),
    ("customers", {"customers": "pick", "pick": "9" * 18}),
    ("customers", {"customers": "tag", "tag": "country=FR"}),
    ("tag", {"customers": "tag", "tag": ""}),
    ("list", {"customers": "list"}),
    ("list", {"customers": "list", "list": (b"Nobody Knows Them\n", "who.txt")}),
    ("list", {"customers": "list", "list": (b"", "who.txt")}),
    ("list", {"customers": "list", "list": (b"\xff\xfe\x00\x01", "who.txt")}),
)


def test_what_cannot_be_used_is_said_at_its_field_and_opens_nothing(house: Face, ada: Desk) -> None:
    for field, wrong in BAD:
        form = {
            name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
            for name, value in wrong.items()
        }
        page = ada.post("/campaigns/new", **{**FORM, **form})
        assert page.status_code == 422, (field, wrong)
        assert field_error(page, field), wrong
    page = ada.post("/campaigns/new", **{**FORM, "playbook": "none"})
    assert page.status_code == 422
    assert "is not a playbook" in page.text
    with house.office.store.reading() as session:
        assert session.query(Campaign).count() == 0


def test_a_name_that_is_taken_is_said_at_its_field(ada: Desk) -> None:
    opened(ada.post("/campaigns/new", **FORM))
    page = ada.post("/campaigns/new", **FORM)
    assert page.status_code == 409
    assert 'There is a campaign "MFA" already' in field_error(page, "name")
