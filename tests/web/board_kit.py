"""The staff's pages with people in front of them: each has a browser that knows its form token."""

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaigns import staff
from campaigns.models import Base, Staff
from rollout.settings import Settings
from rollout.web import create_app
from tests.kit import Office

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

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form as the pages would, with the token of the last page seen."""
        return self.browser.post(path, data={"csrf_token": self._token(), **form})

    def follow(self, path: str, **form: Any) -> TestResponse:
        """Send a form and look at the page that follows."""
        answer = self.post(path, **form)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["Location"])

    def upload(self, kind: str, content: bytes, name: str = "file.csv", **form: str) -> TestResponse:
        return self.post("/imports", kind=kind, file=(io.BytesIO(content), name), **form)

    def _token(self) -> str:
        found = TOKEN.search(self.get("/search").text)
        return found[1] if found else ""


def face(office: Office, folder: Path, **settings: Any) -> Flask:
    """The web face of an office, with its data in `folder`."""
    return create_app(office.rt, Settings(data=folder, secret_key=SECRET, **settings))


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
