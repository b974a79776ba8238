"""Imports: looked at first, taken in after a yes, and nothing by accident."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaigns.models import Contact, Customer, Snapshot, Standing, Ticket, UploadedFile
from campaigns.uploads import KEPT
from tests.kit import Office, add_customer
from tests.web.board_kit import NASTY, Person, at_work, contents, face, in_path, stranger, words_on

CUSTOMERS = (
    b"name,domain,timezone\n"
    b"Northwind Dental,nd.example,Europe/Berlin\n"
    b"Harbour Legal,hl.example,Europe/London\n"
)
CONTACTS = (
    b"customer,name,email,role\nNorthwind Dental,Ana Ruiz,ana@northwind-dental.example,owner\n"
)
TICKETS = (
    b"reference,customer,opened,closed,work_minutes,waiting_minutes,summary\n"
    b"T1,Northwind Dental,2026-05-01T08:00Z,2026-05-01T09:00Z,30,5,locked out\n"
)
HOME = "northwind-dental.example"
EVIDENCE = json.dumps(
    {
        "value": [
            {
                "id": f"id-{n}",
                "userPrincipalName": f"{name}@{HOME}",
                "userDisplayName": name,
                "userType": "member",
                "isAdmin": False,
                "isMfaRegistered": n != 1,
                "isMfaCapable": n != 1,
                "methodsRegistered": ["microsoftAuthenticatorPush"] if n != 1 else [],
                "lastUpdatedDateTime": "2026-05-30T06:00:00Z",
            }
            for n, name in enumerate(("eve0", "eve1", "nobody"))
        ]
    }
).encode()


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Flask:
    return face(office, tmp_path)


@pytest.fixture
def dana(office: Office, app: Flask) -> Person:
    return at_work(office, app, "Dana")


def address(answer: TestResponse) -> str:
    assert answer.status_code == 303, words_on(answer)
    return str(answer.headers["Location"])


def count(office: Office, table: type) -> int:
    with office.store.reading() as session:
        return len(session.scalars(select(table)).all())


def test_every_kind_has_its_form(office: Office, dana: Person) -> None:
    for kind in ("customers", "contacts", "evidence", "tickets"):
        page = dana.get(f"/imports?kind={kind}")
        assert f"Import {kind}" in words_on(page)
        assert 'enctype="multipart/form-data"' in page.text
    assert "Import customers" in words_on(dana.get("/imports?kind=nonsense"))


def test_a_file_is_looked_at_before_anything_is_stored(office: Office, dana: Person) -> None:
    before = contents(office, "uploaded_file")
    where = address(dana.upload("customers", CUSTOMERS, "mine.csv"))
    words = words_on(dana.get(where))
    assert "mine.csv" in words
    assert "Nothing is stored yet" in words
    assert all(said in words for said in ("rows2", "accepted2", "rejected0", "new2", "as before0"))
    assert contents(office, "uploaded_file") == before


def test_after_a_yes_the_rows_are_there_and_the_bytes_are_gone(
    office: Office, dana: Person
) -> None:
    where = address(dana.upload("customers", CUSTOMERS))
    page = dana.follow(where)
    assert "file.csv is in" in words_on(page)
    assert 'href="/customers"' in page.text
    assert count(office, Customer) == 2
    with office.store.reading() as session:
        upload = session.scalars(select(UploadedFile)).one()
    assert upload.content == b""
    assert dana.post(where).status_code == 303
    assert count(office, Customer) == 2


def test_the_same_file_again_changes_nothing_and_says_so(office: Office, dana: Person) -> None:
    for kind, content in (
        ("customers", CUSTOMERS),
        ("contacts", CONTACTS),
        ("tickets", TICKETS),
    ):
        dana.follow(address(dana.upload(kind, content)))
        before = contents(office, "uploaded_file")
        again = address(dana.upload(kind, content))
        assert "All of it is known already: " in words_on(dana.get(again))
        dana.follow(again)
        assert contents(office, "uploaded_file") == before, kind


def test_rejected_rows_are_listed_and_keep_the_file_out_unless_asked(
    office: Office, dana: Person
) -> None:
    bad = CUSTOMERS + b"Oak,oak.example,Europe/Berln\n"
    where = address(dana.upload("customers", bad))
    words = words_on(dana.get(where))
    assert '4"Europe/Berln" is not a time zone.' in words
    assert "Store the 2 good rows" in words
    refused = dana.post(where)
    assert refused.status_code == 409
    assert count(office, Customer) == 0
    page = dana.follow(where, good_rows="1")
    assert "is in" in words_on(page)
    assert '"Europe/Berln"' in words_on(page)
    assert count(office, Customer) == 2


def test_contacts_come_after_their_customers(office: Office, dana: Person) -> None:
    where = address(dana.upload("contacts", CONTACTS))
    assert "Import customers first." in words_on(dana.get(where))
    assert "Store" not in words_on(dana.get(where))
    dana.follow(address(dana.upload("customers", CUSTOMERS)))
    dana.follow(address(dana.upload("contacts", CONTACTS)))
    with office.store.reading() as session:
        assert session.scalars(select(Contact)).one().decision_maker


def test_evidence_is_matched_before_the_yes_and_kept_after_it(office: Office, dana: Person) -> None:
    add_customer(office)
    before = contents(office, "uploaded_file")
    where = address(dana.upload("evidence", EVIDENCE, "graph.json", customer="Northwind Dental"))
    words = words_on(dana.get(where))
    assert "Not matched to anybody" in words
    assert f"nobody@{HOME}" in words
    assert contents(office, "uploaded_file") == before
    dana.follow(where)
    assert count(office, Standing) == 2
    with office.store.reading() as session:
        assert session.scalars(select(Snapshot)).one().imported_by == "dana@harbor.example"
    again = address(dana.upload("evidence", EVIDENCE, "graph.json", customer="Northwind Dental"))
    assert "This file was imported before, so nothing changes." in words_on(dana.get(again))


def test_the_moment_of_evidence_can_be_said(office: Office, dana: Person) -> None:
    add_customer(office)
    where = address(dana.upload("evidence", EVIDENCE, taken_at="2026-05-20T08:30", name="g.json"))
    dana.follow(where)
    with office.store.reading() as session:
        taken = session.scalars(select(Snapshot)).one().taken_at
    assert taken.isoformat() == "2026-05-20T08:30:00+00:00"


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


def test_tickets_are_counted_on_the_customers_page(office: Office, dana: Person) -> None:
    customer = add_customer(office)
    dana.follow(address(dana.upload("tickets", TICKETS)))
    assert count(office, Ticket) == 1
    assert "Tickets1" in words_on(dana.get(f"/customers/{customer}")).replace("Tickets ", "Tickets")
