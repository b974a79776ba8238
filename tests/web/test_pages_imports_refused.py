"""Imports that cannot be taken in: the wrong file, the wrong person, nonsense."""

from datetime import timedelta

from flask import Flask

from campaigns.models import Customer, UploadedFile
from campaigns.uploads import KEPT
from tests.kit import Office, add_customer
from tests.web.board_kit import NASTY, Person, at_work, in_path, stranger, words_on
from tests.web.imports_kit import CUSTOMERS, EVIDENCE, address, count


def test_a_file_of_another_kind_comes_back_with_one_clear_line(
    office: Office, dana: Person
) -> None:
    for kind, content, sentence in (
        ("customers", b"%PDF-1.7 ...", "looks like a PDF document, not like a CSV file"),
        ("customers", b"", "is empty"),
        ("contacts", b"PK\x03\x04xl/workbook", "looks like an Excel workbook"),
        ("contacts", b"colour\nred\n", "customer"),
        ("evidence", b"a,b\n1,2\n", "is not a known evidence export"),
        ("tickets", b"{}", "is not a known ticket export"),
        ("tickets", b"\xff\xd8\xff\xe0", "looks like a picture"),
    ):
        answer = dana.upload(kind, content, "thing.bin")
        assert answer.status_code == 422, content
        assert sentence in words_on(answer)
        assert 'id="file-error"' in answer.text
    assert count(office, UploadedFile) == 0


def test_without_a_file_or_with_odd_choices_the_form_comes_back(
    office: Office, dana: Person
) -> None:
    assert "Choose a file first." in words_on(dana.post("/imports", kind="customers"))
    odd = dana.upload("evidence", EVIDENCE, source="telepathy")
    assert odd.status_code == 422
    assert 'id="source-error"' in odd.text
    unknown = dana.upload("evidence", EVIDENCE, customer="Nobody Ltd")
    assert unknown.status_code == 422
    assert 'id="customer-error"' in unknown.text
    when = dana.upload("evidence", EVIDENCE, taken_at="last week")
    assert when.status_code == 422
    assert 'id="taken_at-error"' in when.text


def test_a_file_that_fits_no_more_is_looked_at_again(office: Office, dana: Person) -> None:
    where = address(dana.upload("customers", CUSTOMERS))
    add_customer(office, "Somebody Else", domain="nd.example")
    refused = dana.post(where)
    assert refused.status_code == 409
    words = words_on(refused)
    assert "Something changed since you looked" in words
    assert 'The domain "nd.example" already belongs to another customer.' in words
    assert count(office, Customer) == 1


def test_only_who_sent_a_file_sees_it_and_only_for_a_day(
    office: Office, app: Flask, dana: Person
) -> None:
    where = address(dana.upload("customers", CUSTOMERS))
    tess = at_work(office, app, "Tess")
    assert tess.get(where).status_code == 404
    assert tess.post(where).status_code == 404
    office.clock.at += KEPT - timedelta(seconds=1)
    dana = at_work(office, app, "Dana")
    assert dana.get(where).status_code == 200
    office.clock.at += timedelta(seconds=1)
    assert dana.get(where).status_code == 404
    dana.upload("customers", CUSTOMERS)
    assert count(office, UploadedFile) == 1


def test_a_file_of_more_than_twenty_megabytes_is_refused(office: Office, dana: Person) -> None:
    answer = dana.browser.post(
        "/imports",
        data=b"x" * (20 * 1024 * 1024 + 1),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "up to 20 MB" in words_on(answer)


def test_who_may_not_import_sees_no_form(office: Office, app: Flask) -> None:
    otto = at_work(office, app, "Otto")
    assert otto.get("/imports").status_code == 403
    assert otto.upload("customers", CUSTOMERS).status_code == 403
    assert 'href="/imports' not in otto.get("/").text.split("<main")[1]
    assert stranger(app).get("/imports").headers["Location"].startswith("/sign-in")
    dana = at_work(office, app, "Dana")
    assert dana.browser.post("/imports", data={"kind": "customers"}).status_code == 400


def test_nonsense_is_refused_in_words_never_a_fault(office: Office, dana: Person) -> None:
    for bad in NASTY:
        answer = dana.upload(bad or "x", CUSTOMERS, name=bad or "n", source=bad, taken_at=bad)
        assert answer.status_code in (303, 422), bad
        odd = dana.upload("evidence", EVIDENCE, name=bad or "n", customer=bad, taken_at=bad)
        assert odd.status_code in (303, 422), bad
        assert dana.get(f"/imports/{in_path(bad)}").status_code == 404
        assert dana.post(f"/imports/{in_path(bad)}").status_code == 404
