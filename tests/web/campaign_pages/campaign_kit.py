"""What tests of the campaign pages read and press."""

import csv
import io
import re
from typing import Any

from campaigns.models import Campaign, Selection
from tests.web.desk_kit import Desk, Face

FORM = {"name": "MFA", "change": "MC1", "playbook": "authentication-all-users", "customers": "all"}
BUTTON = re.compile(r'(?:action|class="button[^>]*href)="/campaigns/\d+/(\w+)"')


def state(house: Face, number: int) -> str:
    with house.office.store.reading() as session:
        return session.get_one(Campaign, number).state


def selection(house: Face, number: int) -> list[tuple[bool, str]]:
    with house.office.store.reading() as session:
        rows = session.query(Selection).filter_by(campaign_id=number).order_by(Selection.id)
        return [(row.included, row.reason) for row in rows]


def opened(page: Any) -> int:
    assert page.status_code == 303, page.text
    return int(page.headers["Location"].rsplit("/", 1)[1])


def put(house: Face, number: int, state: str) -> None:
    with house.office.store.writing() as session:
        session.get_one(Campaign, number).state = state


def buttons(text: str) -> set[str]:
    return set(BUTTON.findall(text)) - {"rehearsal", "proposal"}


def sheet(desk: Desk, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(desk.get(path).text)))
