"""A small house for web tests: a store, three people, and a clock that is turned by hand."""

import re
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns import staff
from campaigns.facts import Provider
from campaigns.journal import SYSTEM
from campaigns.links import Links
from campaigns.models import Base, Staff
from campaigns.store import Store
from rollout.auth import needs
from rollout.security import exempt_letter_pages
from rollout.settings import Settings
from rollout.web import create_app
from tests.web.apps import lend_app
from workers.runtime import HandClock, Runtime

SECRET = "a secret for tests, long enough for anybody"
START = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
INSIDE = "/for-staff-in-tests"
PASSWORD = "nine green bottles"
DANA = "dana@fjord.example"
PROVIDER = Provider("Fjord IT", "555-0134", "Dana Reyes", "dana@fjord.example")
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class House:
    """An app with its store and clock; `browser()` is a fresh browser."""

    app: Flask
    store: Store
    clock: HandClock
    tokens: dict[str, str] = field(default_factory=dict)

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def hire(self, name: str, role: str) -> Staff:
        """Somebody with a password, without the slow part of the sign-in pages."""
        with self.store.writing() as session:
            email = f"{name.lower()}@fjord.example"
            person, self.tokens[name] = staff.add(session, SYSTEM, email, name, role, self.clock.at)
        return person

    def signed_in(self, name: str, role: str) -> FlaskClient:
        """A browser in which a new staff member is signed in."""
        person = self.hire(name, role)
        with self.store.writing() as session:
            token = staff.open_session(session, person, self.clock.at)
        browser = self.browser()
        browser.set_cookie("rollout-staff", token)
        return browser


OPENED: list[Store] = []  # closed after each test by conftest.py


def house(
    folder: Path, *extra: Blueprint, store: Store | None = None, own: bool = False, **overrides: Any
) -> House:
    """A house in `store`, else on SQLite in `folder`; one page inside, and further blueprints.

    Its app is lent for one test, unless it is to be its `own` or has blueprints.
    """
    clock = HandClock(START)
    store = store or _sqlite(folder / "web.db")
    settings = Settings(**{"data": folder, "secret_key": SECRET, **overrides})
    runtime = Runtime(
        store=store,
        clock=clock,
        library=cast("Any", None),
        mailer=cast("Any", None),
        links=Links(SECRET.encode(), "https://rollout.fjord.example"),
        provider=PROVIDER,
        instance="tests",
    )
    if extra or own:
        return House(_furnished(runtime, settings, *extra), store, clock)
    return House(lend_app(runtime, settings, _furnished), store, clock)


def _furnished(runtime: Runtime, settings: Settings, *extra: Blueprint) -> Flask:
    app = create_app(runtime, settings)
    app.add_url_rule(INSIDE, "inside", needs("read")(lambda: "inside"))
    for blueprint in extra:
        app.register_blueprint(blueprint)
    exempt_letter_pages(app)
    return app


def _sqlite(path: Path) -> Store:
    path.write_bytes(_empty())
    store = Store(f"sqlite:///{path}", durable=False)
    OPENED.append(store)
    return store


@cache
def _empty() -> bytes:
    """A database with every table, made once a process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "web.db"
        store = Store(f"sqlite:///{path}", durable=False)
        Base.metadata.create_all(store.engine)
        store.close()
        return path.read_bytes()


def csrf_of(response: TestResponse) -> str:
    """The token of the first form on a page."""
    found = CSRF.search(response.text)
    assert found is not None, response.text
    return found.group(1)


def try_to_sign_in(browser: FlaskClient, email: str, password: str, **more: str) -> TestResponse:
    """Open the sign-in page and send its form, as a person would."""
    token = csrf_of(browser.get("/sign-in"))
    form = {"csrf_token": token, "email": email, "password": password, **more}
    return browser.post("/sign-in", data=form)
