"""Customers: the table, narrowed, paged and as CSV, and a page with nothing on it."""

import csv
import io

import html5lib
from flask import Flask

from campaigns.models import (
    Customer,
)
from tests.kit import Office, add_customer, rows_of
from tests.web.board_kit import (
    Person,
    at_work,
    northwind,
    words_on,
)


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


def test_a_customer_without_campaign_or_people_has_a_page(office: Office, app: Flask) -> None:
    many(office, 1)
    customer = number_of(office, "Customer 000")
    words = words_on(at_work(office, app, "Dana").get(f"/customers/{customer}"))
    assert "This customer is in no campaign yet." in words
    assert "Nobody is on the list yet." in words
