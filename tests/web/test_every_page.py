"""One walk over every page for staff, with data in the house, on both engines."""

from collections import Counter
from urllib.parse import urlsplit

from flask import Flask

from rollout.auth import access_of
from tests.kit import Office, agree_on
from tests.people_kit import import_words, word_of
from tests.web.board_kit import Person, at_work, northwind, open_day
from tests.web.choose_kit import links_on

EACH = 3  # addresses of one page that are opened; a table may lead to hundreds
CUSTOMERS = b"name,domain,timezone,country\nHarbour Legal,harbour.example,Europe/London,GB\n"
# Where the letters of a mail server stay is not kept here; test_pages_mailbox enters these.
ELSEWHERE = {"/mailbox", "/mailbox/<name>", "/mailbox/<name>/files/<place>", "/mailbox/<name>/html"}


def a_day_later(office: Office) -> int:
    """Northwind has agreed and people did something; its number."""
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout, 2))
    import_words(office, word_of("eve1@northwind-dental.example", 2))
    office.later(hours=30)
    return customer


def filled_in(ada: Person, customer: int) -> list[str]:
    """Ada's own work; the addresses that she is led to."""
    freeze = {"starts": "2026-08-03", "ends": "2026-08-07", "reason": "Stocktaking"}
    ada.follow(f"/customers/{customer}/freezes", **freeze)
    ada.post("/reports/keep", campaign="1")
    return [str(ada.upload("customers", CUSTOMERS).headers["Location"])]


def test_every_page_opens(office: Office, app: Flask) -> None:
    customer = a_day_later(office)
    ada = at_work(office, app, "Ada")
    start = ["/", "/api/v1/openapi.json", *filled_in(ada, customer)]
    todo, opened = start, Counter[str]()
    address = app.url_map.bind("localhost")
    seen: set[str] = set()
    while todo:
        path = todo.pop()
        rule, _ = address.match(urlsplit(path).path, return_rule=True)
        if path in seen or opened[rule.rule] >= EACH or not access_of(app, rule.endpoint).action:
            continue
        seen.add(path)
        opened[rule.rule] += 1
        page = ada.get(path)
        assert page.status_code == 200, (path, page.status_code)
        if page.mimetype == "text/html":
            todo += sorted(links_on(page))
    print({r.rule for r in app.url_map.iter_rules() if "GET" in r.methods and access_of(app, r.endpoint) and access_of(app, r.endpoint).action} - set(opened), len(seen))
    assert 0
