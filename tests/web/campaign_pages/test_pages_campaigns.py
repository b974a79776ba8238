"""Campaigns on the staff pages: the table, what lies ahead, who may look."""

import re
from datetime import timedelta

from campaigns import register
from campaigns.models import Campaign
from campaigns.rules.records import CustomerRecord
from rollout.desk import Desk as Clerk
from tests.kit import (
    ADA,
    Office,
    add_customer,
    open_campaign,
    open_days,
    parsed,
    rollout_id,
)
from tests.web.campaign_pages.campaign_kit import FORM, buttons, sheet, state
from tests.web.desk_kit import Desk, Face, face

LINE = re.compile(r'/customers/\d+">([^<]+)</a></th>\s*<td><span class="state')


def test_those_at_risk_come_first_and_filters_live_in_the_address(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    agree(house, number, "Harbour Legal")
    with house.office.store.writing() as session:
        near = session.get_one(Campaign, number)
        near.vendor_day = (house.office.now + timedelta(days=10)).date()
    names = [row["customer"] for row in sheet(ada, f"/campaigns/{number}.csv")]
    assert names == ["Northwind Dental", "Harbour Legal"]
    assert "vendor enforces in 10 days" in ada.text(f"/campaigns/{number}")
    for query, kept in (
        ("risk=1", ["Northwind Dental"]),
        ("state=agreed", ["Harbour Legal"]),
        ("q=harb", ["Harbour Legal"]),
        ("manager=dana%40harbor.example&sort=customer", ["Harbour Legal", "Northwind Dental"]),
        ("manager=nobody", []),
        ("sort=-customer", ["Northwind Dental", "Harbour Legal"]),
        ("sort=agreed", ["Harbour Legal", "Northwind Dental"]),
        ("sort=%00&q=%00", ["Northwind Dental", "Harbour Legal"]),
    ):
        rows = sheet(ada, f"/campaigns/{number}.csv?{query}")
        assert [row["customer"] for row in rows] == kept, query
        assert LINE.findall(ada.text(f"/campaigns/{number}?{query}")) == kept, query
    assert "No customer fits these filters" in ada.text(f"/campaigns/{number}?manager=nobody")


def agree(house: Face, number: int, customer: str) -> None:
    rollout = rollout_id(house.office, number, customer)
    day = open_days(house.office, rollout)[5].day  # type: ignore[attr-defined]
    Clerk(house.office.rt, ADA).agree_by_phone("MFA for everyone", customer, str(day), "18:00")


def test_the_sheet_has_no_formulas(house: Face, ada: Desk) -> None:
    add_customer(house.office, "=SUM(A1)", domain="sum.example")
    number = open_campaign(house.office)
    rows = sheet(ada, f"/campaigns/{number}.csv?q=sum")
    assert rows[0]["customer"] == "'=SUM(A1)"
    page = ada.get(f"/campaigns/{number}.csv")
    assert page.headers["Content-Disposition"] == 'attachment; filename="mfa-for-everyone.csv"'


def test_a_hundred_customers_a_page(house: Face, ada: Desk) -> None:
    rows = [CustomerRecord(name=f"Customer {n:03}", timezone="UTC") for n in range(120)]
    with house.office.store.writing() as session:
        register.import_customers(session, parsed(*rows), who=ADA, now=house.office.now)
    number = open_campaign(house.office, start=False)
    first = ada.text(f"/campaigns/{number}?sort=customer")
    assert "1 to 100 of 122" in first
    assert f'href="/campaigns/{number}?sort=customer&page=2"' in first
    second = ada.text(f"/campaigns/{number}?sort=customer&page=2")
    assert "101 to 122 of 122" in second
    assert "Customer 119" in second
    for odd in ("0", "-1", "x", "9" * 30, "99"):
        assert ada.get(f"/campaigns/{number}?page={odd}").status_code == 200


def test_a_draft_is_looked_at_day_by_day_before_anything_leaves(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office, start=False)
    text = ada.text(f"/campaigns/{number}/rehearsal")
    assert "if the campaign were approved and started now" in text
    assert "Mon 1 Jun 2026" in text
    assert "choose your day" in text
    assert "Load per day" in text
    assert state(house, number) == "draft"
    assert not house.office.mail.letters
    rows = sheet(ada, f"/campaigns/{number}/rehearsal.csv?customer=Harbour+Legal&kind=mail")
    assert {(row["customer"], row["kind"]) for row in rows} == {("Harbour Legal", "mail")}
    assert "Nothing fits" in ada.text(f"/campaigns/{number}/rehearsal?kind=%00nothing")


def test_what_many_customers_get_alike_is_one_line(house: Face, ada: Desk) -> None:
    add_customer(house.office, "Third", domain="third.example")
    number = open_campaign(house.office, start=False)
    text = ada.text(f"/campaigns/{number}/rehearsal?kind=mail")
    assert "3 customers" in text
    assert "Harbour Legal, Northwind Dental, Third" in text


def test_a_finished_campaign_has_nothing_ahead(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    ada.post(f"/campaigns/{number}/cancel")
    assert "Nothing lies ahead" in ada.text(f"/campaigns/{number}/rehearsal")


def test_an_empty_house_says_what_to_do_first(office: Office) -> None:
    desk = face(office).desk("Ada")
    assert "Take a change first" in desk.text("/campaigns")
    assert "Import your customers first" in desk.text("/campaigns/new")
    assert "No change is known yet" in desk.text("/changes")


def test_strangers_are_sent_to_the_door(house: Face) -> None:
    number = open_campaign(house.office)
    for path in ("", "/new", f"/{number}", f"/{number}.csv", f"/{number}/rehearsal"):
        page = house.stranger().get(f"/campaigns{path}")
        assert page.status_code == 303, path
        assert page.headers["Location"].startswith("/sign-in")


def test_an_auditor_reads_and_moves_nothing(house: Face) -> None:
    number = open_campaign(house.office)
    otto = house.desk("Otto")
    assert "New campaign" not in otto.text("/campaigns")
    assert buttons(otto.text(f"/campaigns/{number}")) == set()
    otto.text(f"/campaigns/{number}/rehearsal")
    assert otto.get("/campaigns/new").status_code == 403
    assert otto.post("/campaigns/new", **FORM).status_code == 403
    for move in ("approve", "start", "hold", "resume", "finish", "cancel"):
        assert otto.post(f"/campaigns/{number}/{move}").status_code == 403
    assert state(house, number) == "running"


def test_numbers_that_no_campaign_has_are_not_there(house: Face, ada: Desk) -> None:
    for number in ("0", "77", "9" * 25):
        for path in ("", ".csv", "/rehearsal", "/rehearsal.csv", "/start"):
            assert ada.get(f"/campaigns/{number}{path}").status_code == 404
        assert ada.post(f"/campaigns/{number}/hold").status_code == 404
