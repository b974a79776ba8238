"""One walk over every page for staff, with data in the house, on both engines."""

from collections import Counter
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import MethodNotAllowed

from campaigns.register import import_changes
from rollout.auth import access_of
from tests.kit import ADA, CHANGE, Office, agree_on
from tests.people_kit import import_words, word_of
from tests.web.board_kit import Person, at_work, northwind, open_day
from tests.web.choose_kit import links_on

EACH = 3  # addresses of one page that are opened; a table may lead to hundreds
CUSTOMERS = b"name,domain,timezone,country\nHarbour Legal,harbour.example,Europe/London,GB\n"
# Letters stay in memory here; test_pages_mailbox opens those in a folder, test_api asks the API.
FILES = "/mailbox/<name>/files/<int(max=9223372036854775807):place>"
ELSEWHERE = {"/mailbox/<name>", FILES, "/mailbox/<name>/html"}


def a_day_later(office: Office) -> int:
    """Northwind has agreed and people did something; its number."""
    customer, rollout = northwind(office)
    agree_on(office, rollout, open_day(office, rollout, 2))
    import_words(office, word_of("eve1@northwind-dental.example", 2))
    office.later(hours=30)
    later = replace(CHANGE, text="It comes later.", modified_at=office.now)
    with office.store.writing() as session:
        import_changes(session, [later], who=ADA, now=office.now)
    return customer


def filled_in(ada: Person, customer: int) -> list[str]:
    """Ada's own work; the addresses that she is led to."""
    freeze = {"starts": "2026-08-03", "ends": "2026-08-07", "reason": "Stocktaking"}
    ada.follow("/freezes", **freeze, customer=str(customer))
    ada.post("/reports/keep", campaign="1")
    return [str(ada.upload("customers", CUSTOMERS).headers["Location"])]


def declared(app: Flask) -> set[str]:
    """The addresses of everything that staff may look at."""
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and for_staff(app, rule.endpoint)
        if not rule.rule.startswith("/api/")
    }


def for_staff(app: Flask, endpoint: str) -> bool:
    access = access_of(app, endpoint)
    return access is not None and access.action is not None


def rule_of(app: Flask, path: str) -> str | None:
    """The rule of a page for staff; None of a form's target and of what is open to everybody."""
    address = app.url_map.bind("localhost")
    try:
        rule, _ = address.match(urlsplit(path).path, return_rule=True)
    except MethodNotAllowed:
        return None
    return rule.rule if for_staff(app, rule.endpoint) else None


def test_every_page_opens(office: Office, app: Flask) -> None:
    customer = a_day_later(office)
    ada = at_work(office, app, "Ada")
    todo = ["/", *filled_in(ada, customer)]
    opened, seen = Counter[str](), set[str]()
    while todo:
        path = todo.pop()
        rule = rule_of(app, path)
        if path in seen or rule is None or opened[rule] >= EACH:
            continue
        seen.add(path)
        opened[rule] += 1
        page = ada.get(path)
        assert page.status_code == 200, (path, page.status_code)
        if page.mimetype == "text/html":
            todo += sorted(links_on(page))
    assert declared(app) - set(opened) == ELSEWHERE
