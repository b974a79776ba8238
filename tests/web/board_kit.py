"""The staff's pages with people in front of them: each has a browser that knows its form token."""

import io
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaigns import staff
from campaigns.journal import verify
from campaigns.models import Base, Contact, JournalEntry, Staff
from rollout.settings import Settings
from tests.kit import Office, add_customer, open_campaign, open_days, rollout_id, rows_of
from tests.web.apps import lend_app

SECRET = "a secret for tests, long enough for anybody"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NASTY = (
    "",
    "0",
    "-1",
    "abc",
    "9" * 40,
    "\0",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "%",
    "\u202e",
    "x" * 3000,
)


@dataclass
class Person:
    """Somebody in front of a browser; strangers have one as well."""

    browser: FlaskClient
    token: str = ""

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form as the pages would, with the token that they carry."""
        return self.browser.post(path, data={"csrf_token": self._token(), **form})

    def follow(self, path: str, **form: Any) -> TestResponse:
        """Send a form and look at the page that follows."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def upload(
        self, kind: str, content: bytes, name: str = "file.csv", **form: str
    ) -> TestResponse:
        return self.post("/imports", kind=kind, file=(io.BytesIO(content), name), **form)

    def _token(self) -> str:
        if not self.token:
            found = TOKEN.search(self.get("/search").text)
            self.token = found[1] if found else ""
        return self.token


def face(office: Office, folder: Path, **settings: Any) -> Flask:
    """The web face of an office, with its data in `folder`."""
    return lend_app(office.rt, Settings(data=folder, secret_key=SECRET, **settings))


def at_work(office: Office, app: Flask, name: str) -> Person:
    """Dana (account manager), Tess (technician), Ada (admin), Bo (approver) or Otto (auditor)."""
    with office.store.writing() as session:
        email = f"{name.lower()}@harbor.example"
        person = session.scalars(select(Staff).where(Staff.email == email)).one()
        token = staff.open_session(session, person, office.now)
    browser = app.test_client()
    browser.set_cookie("rollout-staff", token)
    return Person(browser)


def stranger(app: Flask) -> Person:
    return Person(app.test_client())


def open_day(office: Office, rollout: int, place: int = 0) -> date:
    """One of the days that this customer can have."""
    offered: Any = open_days(office, rollout)[place]
    found: date = offered.day
    return found


def northwind(office: Office) -> tuple[int, int]:
    """Northwind Dental, invited: the customer and the rollout."""
    customer = add_customer(office)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return customer, rollout


def contact(office: Office, email: str) -> Contact:
    with office.store.reading() as session:
        return session.scalars(select(Contact).where(Contact.email == email)).one()


def steps(office: Office, customer: int) -> list[str]:
    """What the customer's journal says, the sealed letters left out; the chain must hold."""
    with office.store.reading() as session:
        assert verify(session) == []
        found = session.scalars(
            select(JournalEntry).where(JournalEntry.chain == customer).order_by(JournalEntry.number)
        )
        return [entry.what for entry in found]


def contact_id(office: Office, person: str) -> int:
    return contact(office, f"{person}@northwind-dental.example").id


def everything(office: Office) -> tuple[int, list[str], list[str]]:
    """Northwind's number, the pages that may be looked at, the forms that change something."""
    customer, rollout = northwind(office)
    campaign = rows_of(office, "SELECT campaign_id FROM rollout WHERE id = :r", r=rollout)[0][0]
    eve = contact_id(office, "eve0")
    home, at = f"/customers/{customer}", f"/customers/{customer}/rollouts/{rollout}"
    pages = [
        "/customers",
        "/customers.csv",
        home,
        f"{home}/people.csv",
        f"{at}/date",
        f"{home}/contacts/new",
        f"{home}/contacts/{eve}",
        f"{home}/exemptions/new?contact={eve}&campaign={campaign}",
    ]
    forms = [f"{at}/date", f"{at}/withdraw", f"{at}/links", f"{home}/contacts"]
    forms += [f"{home}/contacts/{eve}{verb}" for verb in ("", "/left", "/back")]
    forms += [f"{home}/calendar"]
    return customer, pages, [*forms, f"{home}/exemptions", f"{home}/exemptions/1/end"]


def in_path(text: str) -> str:
    """Whatever somebody types, as one part of a path."""
    return quote(text, safe="") or "none"


def forms_on(page: TestResponse) -> list[str]:
    """Where the forms inside the page's main part post to."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    main = tree.find(".//main")
    assert main is not None, page.text
    forms = [form for form in main.iter("form") if form.get("method") == "post"]
    return [form.get("action") or "" for form in forms]


def words_on(page: TestResponse) -> str:
    """The text of a page's main part, white space folded."""
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    main = tree.find(".//main")
    assert main is not None, page.text
    return " ".join("".join(main.itertext()).split())


def contents(office: Office, *besides: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but `besides`: what must not change when somebody looks."""
    with office.store.reading() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(table))]
            for table in Base.metadata.sorted_tables
            if table.name not in ("staff_session", *besides)
        }
