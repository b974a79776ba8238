"""Pages behind letters' links, as a person or a scanner meets them."""

import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from werkzeug.test import TestResponse

from campaigns.models import Agreement, Base, Contact, Customer, CustomerLink, Rollout
from campaigns.store import insert_missing
from rollout.settings import Settings
from tests.kit import Office, open_days
from tests.web.apps import lend_app

NORTHWIND = "Northwind Dental"
PICKED = ("radio", "checkbox")
SECRET = "a secret for tests, long enough for anybody"
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')
VERSION = re.compile(r'name="version" value="([^"]+)"')


def web(office: Office) -> Flask:
    """The web face of an office."""
    data = Path(tempfile.gettempdir())
    return lend_app(office.rt, Settings(data=data, secret_key=SECRET))


def link(office: Office, purpose: Any, rollout: int, person: str) -> str:
    """The path of a person's link, valid as after a letter; `person` opens the mail address."""
    links = office.rt.links
    with office.store.writing() as session:
        row = session.get_one(Rollout, rollout)
        contact = session.scalars(
            select(Contact).where(
                Contact.customer_id == row.customer_id, Contact.email.startswith(f"{person}@")
            )
        ).one()
        made = links.row(purpose, rollout, contact.id, row.link_version, office.now)
        insert_missing(session, CustomerLink, [made])
        return urlsplit(links.url(purpose, rollout, contact.id, row.link_version)).path


def nonce(page: TestResponse) -> str:
    """The nonce of the forms on a page."""
    found = NONCE.search(page.text)
    assert found, page.text
    return found[1]


def value_of(office: Office, rollout: int, place: int = 3, time: int = 2) -> str:
    """The radio value of one of the open days."""
    day: Any = open_days(office, rollout)[place]
    return f"{day.day.isoformat()}T{day.times[time]:%H:%M}"


def review(browser: FlaskClient, path: str, when: str) -> TestResponse:
    """Send the form of the month with one radio button pressed."""
    form = {"nonce": nonce(browser.get(f"{path}/ask/question")), "when": when}
    return browser.post(f"{path}/review", data=form)


def signed(page: TestResponse, when: str, **more: str) -> dict[str, str]:
    """The review page's form, filled in."""
    key, version = KEY.search(page.text), VERSION.search(page.text)
    assert key, page.text
    assert version, page.text
    form = {"nonce": nonce(page), "key": key[1], "version": version[1], "when": when}
    return {**form, "name": "Kim Lee", "role": "owner", **more}


def confirm(browser: FlaskClient, path: str, when: str, **more: str) -> TestResponse:
    """All the way from the review to the answer."""
    page = review(browser, path, when)
    assert page.status_code == 200, page.text
    return browser.post(f"{path}/confirm", data=signed(page, when, **more))


def contents(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with office.store.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def links_on(page: TestResponse) -> set[str]:
    """Every address on a page, as a scanner collects them; fragments left out."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    found = (node.get(name) for node in tree.iter() for name in ("href", "src", "action"))
    return {address.partition("#")[0] for address in found if address and address[0] == "/"}


def forms_on(page: TestResponse) -> list[tuple[str, str, dict[str, str]]]:
    """Method, address and fields of each form, as it stands when nobody touches it."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    return [
        (form.get("method", "get"), form.get("action"), dict(_fields(form)))
        for form in tree.iter("form")
    ]


def _fields(form: Any) -> Iterator[tuple[str, str]]:
    for node in form.iter():
        kind, name = node.get("type", "text"), node.get("name")
        if node.tag == "textarea":
            yield name, node.text or ""
        elif node.tag == "input" and name and (kind not in PICKED or "checked" in node.attrib):
            yield name, node.get("value", "")


def at_once(*calls: Callable[[], TestResponse]) -> list[TestResponse]:
    """Run the calls in threads that start together; their answers in order."""
    gate = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(place: int) -> None:
        gate.wait()
        answers[place] = calls[place]()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def add_people(office: Office, customer: str, many: int) -> None:
    """So many users more, written in one go."""
    with office.store.writing() as session:
        row = session.scalars(select(Customer).where(Customer.name == customer)).one()
        people = [
            {
                "customer_id": row.id,
                "name": f"Eve {n}",
                "email": f"more{n}@{customer.lower().replace(' ', '-')}.example",
                "kind": "person",
                "decision_maker": False,
                "site_contact": False,
                "manager": False,
                "pilot": False,
                "vip": False,
                "admin": False,
                "tags": {},
                "created_at": office.now,
            }
            for n in range(many)
        ]
        session.execute(insert(Contact), people)


def crawl(browser: FlaskClient, start: str) -> set[str]:
    """HEAD and GET every address below the link, then every form as it stands."""
    todo, seen = [start], set()
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        seen.add(path)
        browser.head(path).close()
        page = browser.get(path)
        if page.mimetype != "text/html":
            page.close()
            continue
        for method, action, fields in forms_on(page):
            browser.open(action, method=method.upper(), data=fields)
        todo += [one for one in links_on(page) if one.startswith((start, "/static"))]
    return seen


def agreements(office: Office) -> list[Agreement]:
    with office.store.reading() as session:
        return list(session.scalars(select(Agreement).order_by(Agreement.id)))


def long(value: str) -> str:
    day = date.fromisoformat(value[:10])
    return f"{day:%A} {day.day} {day:%B %Y}"
