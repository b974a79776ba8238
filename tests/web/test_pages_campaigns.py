"""Campaigns on the staff pages: opened, approved by a second person, moved on, looked at."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest

from campaigns import launch, register
from campaigns.errors import Conflict
from campaigns.models import Campaign, JournalEntry, Selection
from campaigns.models.campaign import CAMPAIGN_STATES
from campaigns.rules.campaign_moves import MOVES
from campaigns.rules.records import ChangeRecord, CustomerRecord
from rollout.desk import Desk as Clerk
from tests.kit import (
    ADA,
    CHANGE,
    Office,
    add_customer,
    open_campaign,
    open_days,
    parsed,
    rollout_id,
)
from tests.web.desk_kit import Desk, Face, face, field_error

FORM = {"name": "MFA", "change": "MC1", "playbook": "authentication-all-users", "customers": "all"}
LINE = re.compile(r'/customers/\d+">([^<]+)</a></th>\s*<td><span class="state')
BUTTON = re.compile(r'(?:action|role="button"[^>]*href)="/campaigns/\d+/(\w+)"')


@pytest.fixture
def house(office: Office) -> Face:
    add_customer(office)
    add_customer(office, "Harbour Legal", zone="Europe/London", country="GB")
    with office.store.writing() as session:
        register.import_changes(session, [CHANGE], who=ADA, now=office.now)
    return face(office)


@pytest.fixture
def ada(house: Face) -> Desk:
    return house.desk("Ada")


def state(house: Face, number: int) -> str:
    with house.office.store.reading() as session:
        return session.get_one(Campaign, number).state


def selection(house: Face, number: int) -> list[tuple[bool, str]]:
    with house.office.store.reading() as session:
        rows = session.query(Selection).filter_by(campaign_id=number).order_by(Selection.id)
        return [(row.included, row.reason) for row in rows]


def opened(page: Any) -> int:
    assert page.status_code == 303, page.text
    return int(page.headers["Location"].rsplit("/", 1)[1])


def put(house: Face, number: int, state: str) -> None:
    with house.office.store.writing() as session:
        session.get_one(Campaign, number).state = state


def buttons(text: str) -> set[str]:
    return set(BUTTON.findall(text)) - {"rehearsal"}


def sheet(desk: Desk, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(desk.get(path).text)))


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


def test_a_second_person_approves(house: Face, ada: Desk) -> None:
    number = opened(ada.post("/campaigns/new", **FORM))
    text = ada.text(f"/campaigns/{number}")
    assert "approve" not in buttons(text)
    assert "somebody else has to approve it" in text
    assert ada.post(f"/campaigns/{number}/approve").status_code == 403
    bo = house.desk("Bo")
    assert buttons(bo.text(f"/campaigns/{number}")) == {"approve"}
    assert bo.post(f"/campaigns/{number}/approve").status_code == 303
    assert state(house, number) == "approved"


def test_in_a_one_person_shop_the_opener_approves(office: Office) -> None:
    add_customer(office)
    number = open_campaign(office, start=False)
    alone = face(office, two_person=False).desk("Ada")
    assert "approve" in buttons(alone.text(f"/campaigns/{number}"))
    assert alone.post(f"/campaigns/{number}/approve").status_code == 303


def test_a_change_without_a_date_cannot_be_approved(house: Face, ada: Desk) -> None:
    with house.office.store.writing() as session:
        row = ChangeRecord("undated", "Adobe", "Nobody knows when")
        register.import_changes(session, [row], who=ADA, now=house.office.now)
    number = opened(ada.post("/campaigns/new", **{**FORM, "change": "undated"}))
    page = house.desk("Bo").post(f"/campaigns/{number}/approve")
    assert page.status_code == 409
    assert "has no date yet" in page.text
    assert "date needed" in ada.text(f"/campaigns/{number}")
    ahead = ada.text(f"/campaigns/{number}/rehearsal")
    assert "has no date yet" in ahead
    assert 'href="/changes/undated"' in ahead


def test_a_campaign_goes_through_its_life_by_its_buttons(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office, start=False)
    house.desk("Bo").post(f"/campaigns/{number}/approve")
    dana = house.desk("Dana")
    assert "Start now" in dana.text(f"/campaigns/{number}/start")
    assert state(house, number) == "approved"
    for move, after in (("start", "running"), ("hold", "held"), ("resume", "running")):
        page = dana.post(f"/campaigns/{number}/{move}", why="the vendor wavers")
        assert page.status_code == 303
        assert state(house, number) == after
        if after == "held":
            assert "On hold: the vendor wavers" in dana.text(f"/campaigns/{number}")
    house.office.later(hours=2)
    assert len(house.office.mail.letters) == 2
    assert "This cannot be taken back" in dana.text(f"/campaigns/{number}/finish")
    dana.post(f"/campaigns/{number}/finish")
    assert state(house, number) == "finished"
    assert dana.post(f"/campaigns/{number}/resume").status_code == 409
    with house.office.store.reading() as session:
        said = [e.what for e in session.query(JournalEntry).filter_by(who="dana@harbor.example")]
    assert [word for word in said if word.startswith("campaign_")] == [
        "campaign_started",
        "campaign_held",
        "campaign_resumed",
        "campaign_finished",
    ]


def test_every_state_shows_what_it_allows_and_nothing_else(house: Face) -> None:
    number = open_campaign(house.office, start=False)
    dana, bo = house.desk("Dana"), house.desk("Bo")
    for word in CAMPAIGN_STATES:
        put(house, number, word)
        allowed = {move.name for move in MOVES if word in move.allowed}
        assert buttons(dana.text(f"/campaigns/{number}")) == allowed - {"approve"}
        assert buttons(bo.text(f"/campaigns/{number}")) == allowed & {"approve"}


def test_the_table_of_moves_is_what_the_domain_allows(house: Face) -> None:
    number = open_campaign(house.office, start=False)
    now = house.office.now
    doing = {
        "approve": lambda s, c: launch.approve(s, c, who=ADA, now=now, two_person=False),
        "start": lambda s, c: launch.start(s, c, who=ADA, now=now),
        "hold": lambda s, c: launch.hold(s, c, why="", who=ADA, now=now),
        "resume": lambda s, c: launch.resume(s, c, who=ADA, now=now),
        "finish": lambda s, c: launch.finish(s, c, who=ADA, now=now),
        "cancel": lambda s, c: launch.cancel(s, c, who=ADA, now=now),
    }
    for word in CAMPAIGN_STATES:
        for move in MOVES:
            put(house, number, word)
            try:
                with house.office.store.writing() as session:
                    doing[move.name](session, session.get_one(Campaign, number))
                went = True
            except Conflict:
                went = False
            assert went == (word in move.allowed), (word, move.name)


def test_a_question_that_came_too_late_says_so(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    assert "cannot be done now" in ada.text(f"/campaigns/{number}/start")
    assert ada.post(f"/campaigns/{number}/start").status_code == 409


def test_a_reason_that_is_too_long_is_said_at_its_field(house: Face, ada: Desk) -> None:
    number = open_campaign(house.office)
    page = ada.post(f"/campaigns/{number}/hold", why="x" * 401)
    assert page.status_code == 422
    assert field_error(page, "why")
    assert state(house, number) == "running"


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
