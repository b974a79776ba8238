"""Vendor changes on the staff pages: imported, typed in, dated, put in plain words."""

import io
import json
from datetime import date
from typing import Any

import pytest

from campaigns import register
from campaigns.boards.changes import change_view
from campaigns.models import JournalEntry, VendorChange
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.kit import ADA, CHANGE, Office, add_customer, open_campaign
from tests.web.desk_kit import Desk, Face, face, field_error

PAGES = ("/changes", "/changes/MC1", "/changes/new", "/changes/import", "/changes/library")


@pytest.fixture
def house(office: Office) -> Face:
    with office.store.writing() as session:
        register.import_changes(session, [CHANGE], who=ADA, now=office.now)
    return face(office)


@pytest.fixture
def ada(house: Face) -> Desk:
    return house.desk("Ada")


def dates(house: Face, change: str) -> list[tuple[str, date | None, str]]:
    with house.office.store.reading() as session:
        view = change_view(session, change, house.office.now)
    return [(m.kind, m.day, m.precision) for m in view.line.milestones]


def journal(house: Face, what: str) -> list[dict[str, Any]]:
    with house.office.store.reading() as session:
        entries = session.query(JournalEntry).filter_by(what=what).all()
    return [entry.details for entry in entries]


def message(body: str, title: str = "Enable the second step", **more: Any) -> dict[str, Any]:
    return {"id": "MC862873", "title": title, "body": {"content": body}, **more}


def upload(desk: Desk, content: bytes, name: str = "mc.json") -> Any:
    return desk.post("/changes/import", file=(io.BytesIO(content), name))


def test_dates_are_shown_as_exactly_as_they_are_known(house: Face, ada: Desk) -> None:
    half = MilestoneRecord("starts", date(2027, 7, 1), "half", source="a page")
    rows = [
        ChangeRecord("later", "Google", "Something later", milestones=(half,)),
        ChangeRecord("undated", "Adobe", "Nobody knows when"),
    ]
    with house.office.store.writing() as session:
        register.import_changes(session, rows, who=ADA, now=house.office.now)
    text = ada.text("/changes")
    assert "Tuesday 15 December 2026" in text
    assert "in 197 days" in text
    assert "second half of 2027" in text
    assert "1 July 2027" not in text
    assert "date needed" in text


def test_words_narrow_the_table(ada: Desk) -> None:
    assert "Second step required" in ada.text("/changes?q=second+microsoft")
    assert "No change has these words" in ada.text("/changes?q=nothing+like+this")


def test_a_message_center_file_comes_in(house: Face, ada: Desk) -> None:
    content = json.dumps([message("MFA for admins", actionRequiredByDateTime="2024-10-15T07:00Z")])
    page = upload(ada, content.encode())
    assert page.status_code == 303
    assert "1 change new" in ada.text("/changes")
    assert dates(house, "MC862873") == [("action-by", date(2024, 10, 15), "day")]


def test_a_file_that_cannot_be_used_says_so_in_one_line_at_the_field(ada: Desk) -> None:
    for content in (b"", b"{", b"name,domain\nx,y\n", b'[{"id": 7}]', b"\xff\xfe\x00"):
        page = upload(ada, content)
        assert page.status_code == 422, content
        assert "\n" not in field_error(page, "file")


def test_no_file_is_said_at_the_field(ada: Desk) -> None:
    page = ada.post("/changes/import")
    assert (page.status_code, field_error(page, "file")) == (422, "Choose a JSON file first.")


def test_the_library_is_searched_and_taken_from(house: Face, ada: Desk) -> None:
    text = ada.text("/changes/library?q=smtp")
    assert "ms-exo-smtp-auth-basic" in text
    assert "ms-windows-10-eos" not in text
    page = ada.post("/changes/library", id=["ms-exo-smtp-auth-basic", "ms-windows-10-eos"])
    assert page.headers["Location"] == "/changes"
    assert "2 changes new" in ada.text("/changes")
    assert "ms-exo-smtp-auth-basic" not in ada.text("/changes/library")


def test_taking_nothing_or_something_unknown_changes_nothing(house: Face, ada: Desk) -> None:
    assert ada.post("/changes/library").status_code == 422
    assert ada.post("/changes/library", id="no-such-change").status_code == 404
    with house.office.store.reading() as session:
        assert session.query(VendorChange).count() == 1


def test_a_change_of_the_library_tells_how_often_the_vendor_moved(ada: Desk) -> None:
    ada.post("/changes/library", id="ms-exo-smtp-auth-basic")
    text = ada.text("/changes/ms-exo-smtp-auth-basic")
    assert "How often the vendor moved" in text
    assert "1 March 2026 to 30 April 2026" in text


TYPED = {
    "id": "vendor-login-2027",
    "vendor": "Contoso",
    "title": "A new sign-in",
    "text": "Contoso says so.",
    "category": "auth",
    "evidence": "none",
    "kind": "starts",
    "precision": "quarter",
    "day": "2027-05-20",
    "source": "their letter of 1 May",
}


def test_a_change_is_typed_in_with_its_first_date(house: Face, ada: Desk) -> None:
    page = ada.post("/changes/new", **TYPED)
    assert page.headers["Location"] == "/changes/vendor-login-2027"
    assert dates(house, "vendor-login-2027") == [("starts", date(2027, 4, 1), "quarter")]
    text = ada.text("/changes/vendor-login-2027")
    assert "second quarter of 2027" in text
    assert "their letter of 1 May" in text


def test_a_change_may_be_typed_in_without_a_date(house: Face, ada: Desk) -> None:
    assert ada.post("/changes/new", **{**TYPED, "day": "", "source": ""}).status_code == 303
    assert dates(house, "vendor-login-2027") == []
    assert "date needed" in ada.text("/changes/vendor-login-2027")


BAD = (
    ("id", ""),
    ("id", "../etc"),
    ("id", "new"),
    ("id", "x" * 101),
    ("vendor", " "),
    ("title", "t" * 501),
    ("title", "a\x07bell"),
    ("text", "nul\x00"),
    ("category", "weather"),
    ("evidence", "hearsay"),
    ("kind", "someday"),
    ("precision", "century"),
    ("day", ""),
    ("day", "31.12.2027"),
    ("day", "0001-01-01"),
    ("source", ""),
)


def test_what_cannot_be_used_is_said_at_its_field(house: Face, ada: Desk) -> None:
    for field, value in BAD:
        page = ada.post("/changes/new", **{**TYPED, field: value})
        assert page.status_code == 422, (field, value)
        assert field_error(page, field)
    with house.office.store.reading() as session:
        assert session.query(VendorChange).count() == 1


def test_an_id_that_is_taken_is_said_at_its_field(ada: Desk) -> None:
    page = ada.post("/changes/new", **{**TYPED, "id": "MC1"})
    assert page.status_code == 409
    assert 'There is a change "MC1" already' in field_error(page, "id")
    assert 'value="A new sign-in"' in page.text


def test_a_date_is_added_with_its_source(house: Face, ada: Desk) -> None:
    form = {"kind": "postpone-limit", "precision": "month", "day": "2027-02-14", "source": "MC1"}
    assert ada.post("/changes/MC1/dates", **form).status_code == 303
    assert ("postpone-limit", date(2027, 2, 1), "month") in dates(house, "MC1")
    assert journal(house, "milestone_added")[0]["source"] == "MC1"


def test_on_hold_needs_no_day(house: Face, ada: Desk) -> None:
    form = {"kind": "on-hold", "precision": "day", "day": "", "source": "MC1, update"}
    assert ada.post("/changes/MC1/dates", **form).status_code == 303
    assert "on hold" in ada.text("/changes")


def test_a_date_without_a_source_is_refused_at_the_field(house: Face, ada: Desk) -> None:
    form = {"kind": "starts", "precision": "day", "day": "2027-01-05", "source": " "}
    page = ada.post("/changes/MC1/dates", **form)
    assert (page.status_code, field_error(page, "source")) == (422, "The source is missing.")
    assert len(dates(house, "MC1")) == 1


def test_staff_say_what_customers_read_and_can_go_back(house: Face, ada: Desk) -> None:
    words = {"plain_title": "A code when you sign in", "plain_summary": "You type a code."}
    ada.post("/changes/MC1/words", **words, effect="Nobody gets in.")
    text = ada.text("/changes/MC1")
    assert "A code when you sign in" in text
    assert "Nobody gets in." in text
    assert journal(house, "change_worded")[0]["title"] == "A code when you sign in"
    ada.post("/changes/MC1/words", plain_title="", plain_summary="", effect="Nobody gets in.")
    assert "Empty: Microsoft: a second step when you sign in" in ada.text("/changes/MC1")
    ada.post("/changes/MC1/words", plain_title="", plain_summary="", effect="Nobody gets in.")
    assert len(journal(house, "change_worded")) == 2


def test_words_that_are_too_long_are_said_at_their_field(ada: Desk) -> None:
    for field, longest in (("plain_title", 200), ("plain_summary", 1000), ("effect", 500)):
        page = ada.post("/changes/MC1/words", **{field: "x" * (longest + 1)})
        assert page.status_code == 422
        assert str(longest) in field_error(page, field)


def test_a_revision_shows_what_changed_and_markup_stays_text(house: Face, ada: Desk) -> None:
    text = "Microsoft asks everybody for a second step. <script>alert(1)</script>. Be ready."
    moved = MilestoneRecord("action-by", date(2027, 2, 9), source="MC1")
    again = ChangeRecord("MC1", "Microsoft", "Second step demanded", text=text, milestones=(moved,))
    with house.office.store.writing() as session:
        register.import_changes(session, [again], who=ADA, now=house.office.now)
    page = ada.get("/changes/MC1").text
    assert "Title before: Second step required" in page
    assert "<del>action-by Tuesday 15 December 2026</del>" in page
    assert "<ins>action-by Tuesday 9 February 2027</ins>" in page
    assert "<ins>Be ready.</ins>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_the_campaigns_of_a_change_are_named(house: Face, ada: Desk) -> None:
    add_customer(house.office)
    number = open_campaign(house.office)
    assert f'href="/campaigns/{number}"' in ada.text("/changes/MC1")
    assert "MFA for everyone" in ada.text("/changes")


def test_strangers_are_sent_to_the_door(house: Face) -> None:
    for path in PAGES:
        page = house.stranger().get(path)
        assert page.status_code == 303
        assert page.headers["Location"].startswith("/sign-in")


def test_an_auditor_reads_and_changes_nothing(house: Face) -> None:
    otto = house.desk("Otto")
    for path in ("/changes", "/changes/MC1"):
        text = otto.text(path)
        assert "New campaign" not in text
        assert "Type in" not in text
        assert "Use these words" not in text
    for path in ("/changes/new", "/changes/import", "/changes/library"):
        assert otto.get(path).status_code == 403
        assert otto.post(path, **TYPED).status_code == 403
    assert otto.post("/changes/MC1/dates").status_code == 403
    assert otto.post("/changes/MC1/words").status_code == 403


def test_odd_ids_are_simply_not_there(ada: Desk) -> None:
    for word in ("nothing", "%00", "MC1%00", "a%2Fb", "%ff", "x" * 300, "' OR 1"):
        assert ada.get(f"/changes/{word}").status_code == 404, word
        assert ada.post(f"/changes/{word}/words", effect="").status_code == 404, word


def test_looking_changes_nothing(house: Face, ada: Desk) -> None:
    def entries() -> int:
        with house.office.store.reading() as session:
            return session.query(JournalEntry).count()

    before = entries()
    for path in PAGES:
        ada.text(path)
    assert entries() == before
