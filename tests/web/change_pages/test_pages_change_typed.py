"""A vendor change is typed in, dated and put in plain words."""

from datetime import date

from campaigns.models import VendorChange
from tests.web.change_pages.change_kit import TYPED, dates, journal
from tests.web.desk_kit import Desk, Face, field_error
from tests.web.engines import ON_SQLITE

pytestmark = ON_SQLITE


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
