"""Northwind Dental has been invited; Kim Lee decides there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.kit import Office, add_customer, open_campaign, rollout_id
from tests.web.apps import take_back
from tests.web.board_kit import Person, at_work, face
from tests.web.choose_kit import link, web
from tests.web.shell_kit import OPENED


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """What the kit of the shell opened is closed after each test, and apps are given back."""
    yield
    take_back()
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def app(office: Office, tmp_path: Path) -> Flask:
    """The pages for staff."""
    return face(office, tmp_path)


@pytest.fixture
def dana(office: Office, app: Flask) -> Person:
    """Dana, signed in."""
    return at_work(office, app, "Dana")


@pytest.fixture
def rollout(office: Office) -> int:
    """The campaign at Northwind Dental; nobody has chosen."""
    add_customer(office)
    number = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return number


@pytest.fixture
def kim(office: Office, rollout: int) -> str:
    """The path of the owner's page."""
    return link(office, "choose", rollout, "kim")


@pytest.fixture
def eve(office: Office, rollout: int) -> str:
    """The path of a user's guide."""
    return link(office, "guide", rollout, "eve0")


@pytest.fixture
def browser(office: Office) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return web(office).test_client()
