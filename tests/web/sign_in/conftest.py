"""A house in which Dana has a password."""

from pathlib import Path

import pytest

from campaigns import staff
from tests.web.shell_kit import PASSWORD, House, house


@pytest.fixture
def place(tmp_path: Path) -> House:
    """A house in which Dana has a password."""
    place = house(tmp_path)
    place.hire("Dana", "admin")
    with place.store.writing() as session:
        staff.use_link(session, place.tokens["Dana"], PASSWORD, place.clock.at)
    return place
