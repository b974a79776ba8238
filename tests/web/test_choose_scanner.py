"""A mail scanner opens every link and sends every form as it stands."""

import pytest
from flask.testing import FlaskClient

from tests.kit import Office
from tests.web.choose_kit import (
    confirm,
    contents,
    crawl,
    forms_on,
    review,
    value_of,
)


@pytest.mark.parametrize("booked", [False, True])
def test_a_scanner_that_opens_and_sends_everything_as_it_is_changes_nothing(
    office: Office, browser: FlaskClient, rollout: int, kim: str, booked: bool
) -> None:
    if booked:
        confirm(browser, kim, value_of(office, rollout))
    before = contents(office)
    seen = crawl(browser, kim)
    assert len(seen) > 6
    page = review(browser, kim, value_of(office, rollout, 7))
    for _, action, fields in forms_on(page):
        assert browser.post(action, data=fields).status_code == 422
    assert contents(office) == before


def test_a_scanner_that_opens_a_persons_guide_changes_nothing(
    office: Office, browser: FlaskClient, eve: str
) -> None:
    before = contents(office)
    seen = crawl(browser, eve)
    assert len([path for path in seen if path.startswith(eve)]) == 9
    assert contents(office) == before
