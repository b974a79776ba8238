"""Reports, the library and the staff list on the staff pages."""

import csv
import io
import re
from datetime import date, timedelta

import pytest

from campaigns.facts import VOCABULARY
from campaigns.models import Staff, ValueStatement
from rollout.desk import Desk as Clerk
from rollout.pages.samples import sample_facts
from rollout.show import number as shown
from tests.kit import ADA, LIBRARY, Office, add_customer, open_campaign, open_days, rollout_id
from tests.web.desk_kit import Desk, Face, face, field_error
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


LINK = re.compile(r"https://rollout\.example/sign-in/(\w+)")


@pytest.fixture
def house(office: Office) -> Face:
    add_customer(office, people=8)
    add_customer(office, "=Harbour Legal", domain="harbour.example")
    return face(office)


@pytest.fixture
def ada(house: Face) -> Desk:
    return house.desk("Ada")


@pytest.fixture
def number(house: Face) -> int:
    """A campaign after the agreed day of one customer; the other has chosen none."""
    office = house.office
    campaign = open_campaign(office)
    office.later(hours=1)
    day: date = open_days(office, rollout_id(office, campaign))[0].day  # type: ignore[attr-defined]
    desk = Clerk(office.rt, ADA)
    desk.agree_by_phone("MFA for everyone", "Northwind Dental", day.isoformat(), "18:00")
    office.clock.move_to(office.now + timedelta(days=(day - office.now.date()).days + 2))
    return campaign


def test_figures_stand_beside_their_range_grade_and_assumptions(number: int, ada: Desk) -> None:
    text = ada.text(f"/reports?campaign={number}")
    facts = ada.get(f"/reports/value.json?campaign={number}").json
    row = next(r for r in facts["customers"] if r["counted"])
    tickets = row["avoided"]["tickets"]
    assert tickets["low"] < tickets["likely"] < tickets["high"]
    assert f"<strong>{shown(tickets['likely'])}</strong>" in text
    assert f"{shown(tickets['low'])} to {shown(tickets['high'])}" in text
    assert "estimate from assumptions, not measured" in text
    for assumption in facts["assumptions"]:
        assert assumption["name"] in text
        assert assumption["source"] in text


def test_who_counts_nothing_is_told_why(number: int, ada: Desk) -> None:
    assert "Counts nothing: no date was agreed." in ada.text(f"/reports?campaign={number}")


def test_adoption_is_shown_with_its_whole(number: int, ada: Desk) -> None:
    facts = ada.get(f"/reports/adoption.json?campaign={number}").json
    total = facts["total"]
    parts = sum(total[word] for word in ("done", "not_done", "unknown", "excepted"))
    assert total["people"] == parts == 15
    assert ">15</td>" in ada.text(f"/reports?campaign={number}")


def test_one_customer_is_chosen_by_name(number: int, ada: Desk) -> None:
    path = f"/reports/adoption.json?campaign={number}&customer=northwind+dental"
    assert [row["customer"] for row in ada.get(path).json["customers"]] == ["Northwind Dental"]
    assert "Reports on Northwind Dental" in ada.text(
        f"/reports?campaign={number}&customer=northwind+dental"
    )
    for path in ("/reports", "/reports/value.csv"):
        assert ada.get(f"{path}?campaign={number}&customer=Nobody").status_code == 404


def test_every_report_is_a_file_in_three_forms(number: int, ada: Desk) -> None:
    for what in ("adoption", "value", "pack"):
        table = ada.get(f"/reports/{what}.csv?campaign={number}")
        rows = list(csv.reader(io.StringIO(table.text)))
        assert rows[0][0] == "customer"
        assert any(row[0] == "'=Harbour Legal" for row in rows)
        assert table.headers["Content-Disposition"].startswith("attachment; ")
        assert ada.get(f"/reports/{what}.pdf?campaign={number}").data.startswith(b"%PDF")
        assert ada.get(f"/reports/{what}.json?campaign={number}").json["campaign"]


def test_a_statement_that_is_kept_stays_as_it_was(house: Face, number: int, ada: Desk) -> None:
    page = ada.post("/reports/keep", campaign=number)
    assert page.status_code == 303
    with house.office.store.reading() as session:
        kept = session.query(ValueStatement).one()
    before = ada.get(f"/reports/kept/{kept.id}.json").json
    add_customer(house.office, "A newcomer", domain="new.example")
    house.office.clock.move_to(house.office.now + timedelta(days=5))
    ada = house.desk("Ada")
    assert ada.get(f"/reports/kept/{kept.id}.json").json == before
    assert f'href="/reports/kept/{kept.id}.pdf"' in ada.text(f"/reports?campaign={number}")
    assert ada.get(f"/reports/kept/{kept.id}.pdf").data.startswith(b"%PDF")
    assert "ada@harbor.example" in ada.text(f"/reports?campaign={number}")


def test_with_one_campaign_nothing_has_to_be_chosen(number: int, ada: Desk) -> None:
    assert "MFA for everyone" in ada.text("/reports")


def test_with_several_campaigns_one_is_chosen(house: Face, number: int, ada: Desk) -> None:
    open_campaign(house.office, "Another", start=False)
    text = ada.text("/reports")
    assert f'href="/reports?campaign={number}"' in text
    assert "Another" in text


def test_without_a_campaign_the_page_says_so(ada: Desk) -> None:
    assert "no campaign to report on yet" in ada.text("/reports")


def test_numbers_that_nothing_has_are_not_there(number: int, ada: Desk) -> None:
    for odd in ("0", "77", "9" * 25, "x"):
        assert ada.get(f"/reports/value.csv?campaign={odd}").status_code == 404
        assert ada.get(f"/reports/kept/{odd}.csv").status_code == 404
        assert ada.post("/reports/keep", campaign=odd).status_code == 404
    assert ada.get(f"/reports/rumours.csv?campaign={number}").status_code == 404


def test_an_auditor_reads_reports_and_keeps_none(house: Face, number: int) -> None:
    otto = house.desk("Otto")
    assert "Keep this statement" not in otto.text(f"/reports?campaign={number}")
    assert otto.post("/reports/keep", campaign=number).status_code == 403
    assert otto.get(f"/reports/value.pdf?campaign={number}").status_code == 200


def test_every_letter_and_guide_can_be_read_before_anybody_gets_it(ada: Desk) -> None:
    text = ada.text("/guides")
    for letter in LIBRARY.letters():
        path = f"/guides/letter/{letter.name}?language={letter.language}"
        assert f'href="{path}"' in text
        assert "{{" not in ada.text(path)
    for guide in LIBRARY.guides():
        path = f"/guides/guide/{guide.name}?language={guide.language}"
        assert f'href="{path}"' in text
        assert "{{" not in ada.text(path)


def test_a_letter_as_html_can_do_nothing(ada: Desk) -> None:
    page = ada.get("/guides/letter/invitation/html")
    policy = page.headers["Content-Security-Policy"]
    assert "Harbor IT" in page.text
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_samples_cover_every_fact_there_is(house: Face) -> None:
    assert set(sample_facts(house.office.rt.provider)) == set(VOCABULARY)


def test_what_the_library_does_not_hold_is_not_there(house: Face, ada: Desk) -> None:
    held = len(house.office.rt.compiled)
    for path in ("letter/none", "letter/none/html", "guide/none", "letter/invitation?language=xx"):
        assert ada.get(f"/guides/{path}").status_code == 404
    assert len(house.office.rt.compiled) == held


NEW = {
    "email": "Nia@harbor.example",
    "name": "Nia Oduya",
    "role": "technician",
    "phone": "555-0199",
}


def test_a_new_colleague_gets_a_link_that_is_shown_once(house: Face, ada: Desk) -> None:
    page = ada.post("/staff", **NEW)
    token = LINK.findall(page.text)[0]
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    assert house.stranger().get(f"/sign-in/{token}").status_code == 200
    assert not LINK.findall(ada.text("/staff"))
    with house.office.store.reading() as session:
        person = session.query(Staff).filter_by(email="nia@harbor.example").one()
    assert (person.phone, person.role) == ("555-0199", "technician")


def test_a_new_link_ends_the_old_one(house: Face, ada: Desk) -> None:
    first = LINK.findall(ada.post("/staff", **NEW).text)[0]
    number = re.findall(r"/staff/(\d+)/link", ada.text("/staff"))[3]
    second = LINK.findall(ada.post(f"/staff/{number}/link").text)[0]
    assert house.stranger().get(f"/sign-in/{first}").status_code == 404
    assert house.stranger().get(f"/sign-in/{second}").status_code == 200


def test_somebody_who_leaves_is_out_at_once(house: Face, ada: Desk) -> None:
    tess = house.desk("Tess")
    assert tess.get("/guides").status_code == 200
    number = staff_number(house, "tess")
    assert "signed out everywhere" in ada.text(f"/staff/{number}/end")
    assert tess.get("/guides").status_code == 200
    assert ada.post(f"/staff/{number}/end").status_code == 303
    assert tess.get("/guides").status_code == 303
    assert ada.get(f"/staff/{number}/end").status_code == 404
    assert "left Mon 1 Jun 2026" in ada.text("/staff")


def test_the_last_administrator_stays(house: Face, ada: Desk) -> None:
    page = ada.post(f"/staff/{staff_number(house, 'ada')}/end")
    assert page.status_code == 409
    assert "only administrator" in page.text


def test_what_cannot_be_used_is_said_at_its_field(ada: Desk) -> None:
    bad = (
        ("email", "nobody", 422),
        ("email", "ada@harbor.example", 409),
        ("name", " ", 422),
        ("role", "king", 422),
        ("phone", "5" * 41, 422),
    )
    for field, value, status in bad:
        page = ada.post("/staff", **{**NEW, field: value})
        assert page.status_code == status, field
        assert field_error(page, field)
    assert "Nia" not in ada.text("/staff")


def test_only_administrators_see_the_list(house: Face) -> None:
    assert house.stranger().get("/staff").status_code == 303
    for name in ("Bo", "Dana", "Tess", "Otto"):
        desk = house.desk(name)
        assert desk.get("/staff").status_code == 403
        assert desk.post("/staff", **NEW).status_code == 403
        assert desk.post("/staff/1/end").status_code == 403
        assert desk.post("/staff/1/link").status_code == 403


def staff_number(house: Face, name: str) -> int:
    with house.office.store.reading() as session:
        return session.query(Staff.id).filter_by(email=f"{name}@harbor.example").scalar()
