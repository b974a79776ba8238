"""Imports: looked at first, taken in after a yes, and nothing by accident."""

from sqlalchemy import select

from campaigns.models import Contact, Customer, Snapshot, Standing, Ticket, UploadedFile
from tests.kit import Office, add_customer
from tests.web.board_kit import Person, contents, words_on
from tests.web.imports_kit import CONTACTS, CUSTOMERS, EVIDENCE, HOME, TICKETS, address, count


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


def test_tickets_are_counted_on_the_customers_page(office: Office, dana: Person) -> None:
    customer = add_customer(office)
    dana.follow(address(dana.upload("tickets", TICKETS)))
    assert count(office, Ticket) == 1
    assert "Tickets1" in words_on(dana.get(f"/customers/{customer}")).replace("Tickets ", "Tickets")


def test_a_file_about_people_who_are_not_known_here_says_what_to_do(
    office: Office, dana: Person
) -> None:
    text = b"Email Address [Required],2sv Enrolled [READ ONLY],2sv Enforced [READ ONLY]\n"
    answer = dana.upload("evidence", text + b"zoe@nowhere.example,TRUE,TRUE\n")
    words = words_on(dana.get(answer.headers["Location"]))
    assert "Nobody in this file is known here. Import the contacts first" in words
