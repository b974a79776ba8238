"""Staff pages as somebody at the provider meets them: signed in, in a browser of their own."""

import re
import tempfile
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaigns import staff
from campaigns.models import Staff
from rollout.settings import Settings
from tests.kit import Office
from tests.web.apps import lend_app

SECRET = "a secret for tests, long enough for anybody"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
ADDRESSES = {"Ada": "ada", "Bo": "bo", "Dana": "dana", "Tess": "tess", "Otto": "otto"}


@dataclass
class Desk:
    """A person's browser; `Ada` administers, `Bo` approves, `Dana` plans, `Otto` only reads."""

    browser: FlaskClient
    key: str = ""

    def get(self, path: str) -> TestResponse:
        return self.browser.get(path)

    def text(self, path: str) -> str:
        """The page's text as a browser reads it; the page has to be there."""
        page = self.get(path)
        assert page.status_code == 200, (page.status_code, page.text)
        return unescape(page.text)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form with the key that every page carries."""
        return self.browser.post(path, data={"csrf_token": self._key(), **form})

    def send(self, path: str, body: Any = None) -> TestResponse:
        """Send JSON as a program would, the key in its header."""
        return self.browser.post(path, json=body, headers={"X-CSRFToken": self._key()})

    def _key(self) -> str:
        if not self.key:
            found = CSRF.search(self.get("/guides").text)
            assert found
            self.key = found[1]
        return self.key


@dataclass
class Face:
    """The web face of an office."""

    app: Flask
    office: Office

    def stranger(self) -> FlaskClient:
        return self.app.test_client()

    def desk(self, name: str) -> Desk:
        """The browser of somebody of tests.kit.STAFF, signed in."""
        with self.office.store.writing() as session:
            address = f"{ADDRESSES[name]}@harbor.example"
            person = session.scalars(select(Staff).where(Staff.email == address)).one()
            token = staff.open_session(session, person, self.office.now)
        browser = self.app.test_client()
        browser.set_cookie("rollout-staff", token)
        return Desk(browser)


def face(office: Office, **settings: Any) -> Face:
    """An app on the office's runtime."""
    data = Path(tempfile.gettempdir())
    return Face(lend_app(office.rt, Settings(data=data, secret_key=SECRET, **settings)), office)


def field_error(page: TestResponse, field: str) -> str:
    """What is said beside a field; the field is marked as wrong."""
    found = re.search(rf'id="{field}-error">([^<]+)<', page.text)
    assert found, page.text
    return unescape(found[1])
