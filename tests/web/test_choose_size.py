"""What the page costs: bytes and statements."""

from flask.testing import FlaskClient

from tests.kit import Office, add_customer, open_campaign, rollout_id
from tests.statements import statements
from tests.web.choose_kit import (
    NORTHWIND,
    add_people,
    link,
    links_on,
    review,
    signed,
    value_of,
    web,
)


def test_the_page_is_small(browser: FlaskClient, kim: str) -> None:
    assert len(browser.get(kim).data) < 30_000


def test_a_page_costs_the_same_statements_for_ten_people_and_ten_thousand(office: Office) -> None:
    add_customer(office)
    add_customer(office, "Harbour Legal", zone="Europe/London", country="GB")
    add_people(office, "Harbour Legal", 10_000)
    campaign = open_campaign(office)
    browser = web(office).test_client()
    counts = []
    for name in (NORTHWIND, "Harbour Legal"):
        number = rollout_id(office, campaign, name)
        path = link(office, "choose", number, "kim")
        with statements(office) as reading:
            assert browser.get(path).status_code == 200
        when = value_of(office, number, 3 if name == NORTHWIND else 6)
        form = signed(review(browser, path, when), when)
        with statements(office) as agreeing:
            assert browser.post(f"{path}/confirm", data=form).status_code == 303
        counts.append((len(reading), len(agreeing)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 12
    assert counts[0][1] <= 28


def test_the_page_with_all_it_needs_fits_into_sixty_kilobytes(
    browser: FlaskClient, kim: str
) -> None:
    page = browser.get(kim)
    total = len(page.data)
    for address in links_on(page):
        if address.startswith("/static"):
            part = browser.get(address, headers={"Accept-Encoding": "gzip, br"})
            assert part.headers["Vary"] == "Accept-Encoding"
            assert part.headers["Content-Encoding"] == "gzip"
            total += len(part.data)
            part.close()
    assert total < 60_000
