"""Customers: the table, one customer's page, and who may do what there."""

import csv
import io
from datetime import date
from pathlib import Path

import html5lib
import pytest
from flask import Flask
from sqlalchemy import select, update

from campaigns.models import (
    Customer,
    JournalEntry,
    Rollout,
    SelfReport,
)
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    except_until,
    import_words,
    rows_of,
    sent,
    word_of,
)
from tests.web.board_kit import (
    NASTY,
    Person,
    at_work,
    contact,
    contents,
    everything,
    face,
    forms_on,
    in_path,
    northwind,
    open_day,
    stranger,
    words_on,
)


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Flask:
    return face(office, tmp_path)


def many(office: Office, count: int) -> None:
    with office.store.writing() as session:
        for n in range(count):
            name = f"Customer {n:03}"
            session.add(
                Customer(
                    name=name,
                    folded_name=name.casefold(),
                    timezone="Europe/Berlin",
                    account_manager="tess@harbor.example" if n % 4 == 0 else None,
                    created_at=office.now,
                )
            )


def names_on(person: Person, path: str) -> list[str]:
    table = csv.reader(io.StringIO(person.get(path).text))
    return [row[0] for row in table][1:]


def test_an_empty_table_says_what_to_do_first(office: Office, app: Flask) -> None:
    page = at_work(office, app, "Dana").get("/customers")
    assert "There are no customers yet. Import a CSV file" in words_on(page)
    assert 'href="/imports?kind=customers"' in page.text


def test_each_customer_shows_its_people_and_open_campaigns(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    page = at_work(office, app, "Otto").get("/customers")
    words = words_on(page)
    assert "Northwind Dental Berlin managed dana@harbor.example 5 MFA for everyone invited" in words
    assert f'href="/customers/{customer}"' in page.text


def test_words_and_manager_narrow_the_table(office: Office, app: Flask) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", manager=None)
    dana = at_work(office, app, "Dana")
    for query in ("q=NORTHWIND", "q=dental.example", "manager=dana@harbor.example"):
        words = words_on(dana.get(f"/customers?{query}"))
        assert "Northwind Dental" in words, query
        assert "Harbour Legal" not in words, query
    assert "Harbour Legal" in words_on(dana.get("/customers?manager=-"))
    nothing = words_on(dana.get("/customers?q=zzz"))
    assert "No customer fits." in nothing


def test_paging_shows_every_customer_once_there_and_back(office: Office, app: Flask) -> None:
    many(office, 120)
    dana = at_work(office, app, "Dana")
    for sort in ("name", "-name", "manager", "-manager", "people", "-people"):
        forward = walk(dana, f"/customers?sort={sort}", "next")
        names = [name for page in forward for name in page]
        assert [len(page) for page in forward] == [50, 50, 20]
        assert len(set(names)) == 120
        assert names == names_on(dana, f"/customers.csv?sort={sort}")
        last = f"/customers?sort={sort}&after={number_of(office, names[99])}"
        assert [name for page in reversed(walk(dana, last, "prev")) for name in page] == names


def walk(person: Person, path: str, direction: str) -> list[list[str]]:
    """The names on each page from `path` on, as long as a link leads further."""
    pages = []
    while path:
        tree = html5lib.parse(person.get(path).text, namespaceHTMLElements=False)
        pages.append([th.findtext("a") or "" for th in tree.findall(".//tbody//th")])
        links = [a.get("href") for a in tree.findall(".//a") if a.get("rel") == direction]
        path = links[0] if links else ""
    return pages


def number_of(office: Office, name: str) -> int:
    return int(rows_of(office, "SELECT id FROM customer WHERE name = :name", name=name)[0][0])


def test_no_cell_of_the_csv_is_a_formula(office: Office, app: Flask) -> None:
    add_customer(office, '=HYPERLINK("http://evil.example")', domain="evil.example")
    dana = at_work(office, app, "Dana")
    answer = dana.get("/customers.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="customers.csv"'
    (name,) = names_on(dana, "/customers.csv")
    assert name.startswith("'=")


def test_the_page_tells_the_whole_story_and_changes_nothing(office: Office, app: Flask) -> None:
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout, 3))
    office.later(days=40)
    otto = at_work(office, app, "Otto")
    before = contents(office)
    page = otto.get(f"/customers/{customer}")
    assert contents(office) == before
    words = words_on(page)
    assert words.index("Ask for a date") < words.rindex("Agreed: ") < words.index("Today, ")
    assert words.index("Today, ") < words.index("It is tomorrow")
    for said in ("Kim Lee, owner (picked)", "Europe/Berlin", "chain verified", "decision maker"):
        assert said in words
    for letter in sent(office):
        assert f"/letters/{letter.delivery}" in page.text
    assert forms_on(page) == []


def test_people_stand_by_readiness_with_what_is_known_and_what_they_say(
    office: Office, app: Flask
) -> None:
    customer, rollout = northwind(office)
    home = "northwind-dental.example"
    import_words(office, word_of(f"eve0@{home}", 2), word_of(f"eve1@{home}", 0))
    campaign = rows_of(office, "SELECT id FROM campaign")[0][0]
    except_until(office, f"pat@{home}", campaign, date(2026, 8, 1))
    with office.store.writing() as session:
        eve = contact(office, f"eve1@{home}").id
        session.add(SelfReport(rollout_id=rollout, contact_id=eve, says="done", at=office.now))
    words = words_on(at_work(office, app, "Otto").get(f"/customers/{customer}"))
    assert "Eve 1 not registered, Mon 1 Jun 2026, graph says done" in words
    assert "Eve 0 usable, Mon 1 Jun 2026, graph" in words
    assert "Eve 2 no evidence yet" in words
    assert "Pat Ode until Sat 1 Aug 2026" in words
    rows = at_work(office, app, "Otto").get(f"/customers/{customer}/people.csv").text
    assert "Eve 1,eve1@northwind-dental.example,not_done,0" in rows


def test_an_altered_journal_is_shown_as_broken(office: Office, app: Flask) -> None:
    customer, _ = northwind(office)
    dana = at_work(office, app, "Dana")
    assert "chain verified" in words_on(dana.get(f"/customers/{customer}"))
    with office.store.writing() as session:
        session.execute(
            update(JournalEntry)
            .where(JournalEntry.chain == customer, JournalEntry.number == 1)
            .values(who="nobody")
        )
    assert "chain broken Entry 1 was altered." in words_on(dana.get(f"/customers/{customer}"))


def test_a_customer_without_campaign_or_people_has_a_page(office: Office, app: Flask) -> None:
    many(office, 1)
    customer = number_of(office, "Customer 000")
    words = words_on(at_work(office, app, "Dana").get(f"/customers/{customer}"))
    assert "This customer is in no campaign yet." in words
    assert "Nobody is on the list yet." in words


def test_auditors_read_strangers_do_not_and_no_form_passes_without_its_token(
    office: Office, app: Flask
) -> None:
    _, pages, forms = everything(office)
    otto, dana = at_work(office, app, "Otto"), at_work(office, app, "Dana")
    before = contents(office)
    for path in pages:
        assert stranger(app).get(path).headers["Location"].startswith("/sign-in")
        assert dana.get(path).status_code == 200, path
    for path in pages[:4]:
        assert otto.get(path).status_code == 200
    for path in pages[4:]:
        assert otto.get(path).status_code == 403
    for path in forms:
        assert otto.post(path).status_code == 403, path
        assert dana.browser.post(path).status_code == 400, path
        assert dana.get(path).status_code in (200, 405), path
    assert contents(office) == before


def test_another_customers_things_are_not_to_be_had_here(office: Office, app: Flask) -> None:
    _, _, forms = everything(office)
    other = add_customer(office, "Harbour Legal")
    dana = at_work(office, app, "Dana")
    before = contents(office)
    form = {
        "version": "0",
        "date": "2026-09-08",
        "time": "18:00",
        "until": "2026-07-01",
        "name": "X",
        "email": "x@x.example",
        "reason": "r",
        "contact": "3",
        "campaign": "1",
    }
    for path in forms:
        foreign = f"/customers/{other}/" + path.split("/", 3)[3]
        if foreign.endswith(("/contacts", "/freezes")):
            continue
        assert dana.post(foreign, **form).status_code == 404, foreign
    assert contents(office) == before


def test_nonsense_is_refused_in_words_never_a_fault(office: Office, app: Flask) -> None:
    customer, pages, forms = everything(office)
    dana = at_work(office, app, "Dana")
    names = ("q", "manager", "sort", "after", "before", "all", "contact", "campaign")
    fields = ("version", "date", "time", "name", "email", "kind", "role", "locale", "reason",
              "until", "starts", "ends", "contact", "campaign")  # fmt: skip
    for bad in NASTY:
        for path in pages:
            query = dict.fromkeys(names, bad)
            answer = dana.browser.get(path.split("?")[0], query_string=query)
            assert answer.status_code in (200, 404), (path, bad)
        for path in forms:
            assert dana.post(path, **dict.fromkeys(fields, bad)).status_code < 500, (path, bad)
        for path in ("/customers/", f"/customers/{customer}/contacts/"):
            assert dana.get(path + in_path(bad)).status_code == 404
    with office.store.reading() as session:
        assert session.scalars(select(Rollout)).one().version == 0
