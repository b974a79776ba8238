"""Vendor changes on the staff pages: imported, taken from the library, compared."""

import io
import json
from datetime import date
from typing import Any

from campaigns import register
from campaigns.models import JournalEntry, VendorChange
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.kit import ADA, add_customer, open_campaign
from tests.web.change_pages.change_kit import TYPED, dates
from tests.web.desk_kit import Desk, Face, field_error

PAGES = ("/changes", "/changes/MC1", "/changes/new", "/changes/import", "/changes/library")


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
