"""One change is known."""

import pytest

from campaigns import register
from tests.kit import ADA, CHANGE, Office
from tests.web.desk_kit import Desk, Face, face


@pytest.fixture
def house(office: Office) -> Face:
    with office.store.writing() as session:
        register.import_changes(session, [CHANGE], who=ADA, now=office.now)
    return face(office)


@pytest.fixture
def ada(house: Face) -> Desk:
    return house.desk("Ada")
