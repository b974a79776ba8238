"""What lies ahead on a page: of one campaign and of all, filtered, kept and compared with."""

import io
import json
import threading
from html import unescape
from time import monotonic, sleep
from typing import Any

import pytest

from campaigns.rules.records import ChangeRecord
from tests.kit import agree_on, open_campaign, open_days, rollout_id
from tests.web.board_kit import words_on
from tests.web.campaign_pages.campaign_kit import sheet
from tests.web.desk_kit import Desk, Face


def compared(ada: Desk, path: str, plan: bytes) -> Any:
    return ada.post(f"{path}/compare", plan=(io.BytesIO(plan), "plan.json"))


@pytest.fixture
def two(house: Face) -> tuple[int, int]:
    """Two campaigns over the same customers: one runs, one is a draft."""
    first = open_campaign(house.office, "First")
    return first, open_campaign(house.office, "Second", start=False)


def test_all_campaigns_are_looked_at_together_and_one_can_be_picked(
    two: tuple[int, int], ada: Desk
) -> None:
    text = ada.text("/rehearsal")
    assert "as if they were approved and started now: Second." in text
    assert "First" in text
    rows = sheet(ada, "/rehearsal.csv")
    assert {row["campaign"] for row in rows} == {"First", "Second"}
    only = sheet(ada, "/rehearsal.csv?campaign=Second&kind=mail")
    assert {(row["campaign"], row["kind"]) for row in only} == {("Second", "mail")}
    assert "/rehearsal" in ada.get("/campaigns").text


def test_without_a_campaign_the_page_says_so(house: Face, ada: Desk) -> None:
    assert "Nothing lies ahead in any campaign." in ada.text("/rehearsal")


def test_a_plan_that_was_kept_is_compared_with(
    house: Face, two: tuple[int, int], ada: Desk
) -> None:
    number = two[0]
    path = f"/campaigns/{number}/rehearsal"
    kept = ada.get(f"{path}.json")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(kept.data)["campaign"] == "First"
    assert "Nothing has changed since." in words_on(compared(ada, path, kept.data))
    rollout = rollout_id(house.office, number, "Harbour Legal")
    agree_on(house.office, rollout, open_days(house.office, rollout)[2].day)  # type: ignore[attr-defined]
    words = words_on(compared(ada, path, kept.data))
    assert "Harbour Legal" in words
    assert "removed" in words
    assert "the plan that was kept on Mon 1 Jun 2026" in words
    everything = ada.get("/rehearsal.json")
    assert "Nothing has changed since." in words_on(compared(ada, "/rehearsal", everything.data))


@pytest.mark.parametrize(
    "plan", [b"", b"{", b"[]", b'{"events": 3}', b'{"events": [{}]}', b"\xff\xfe", b"\0"]
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(
    two: tuple[int, int], ada: Desk, plan: bytes
) -> None:
    answer = compared(ada, "/rehearsal", plan)
    assert answer.status_code == 422
    assert "is not a" in words_on(answer)


def test_a_long_rehearsal_asks_before_it_runs(
    two: tuple[int, int], ada: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout.pages.rehearsal.PEOPLE_AT_ONCE", 3)
    asked = ada.text("/rehearsal")
    assert "so it takes about 1 minute." in asked
    assert "Rehearse it now" in asked


def test_a_long_rehearsal_tells_each_month_while_it_runs_and_ends_with_the_same_result(
    two: tuple[int, int], ada: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = ada.text("/rehearsal")
    monkeypatch.setattr("rollout.pages.rehearsal.PEOPLE_AT_ONCE", 3)
    page = ada.browser.get("/rehearsal?run=1", buffered=False)
    parts = [part.decode() for part in page.response]
    assert page.status_code == 200
    assert "Nothing is sent." in parts[0]
    months = [part for part in parts if part.startswith("<span>")]
    assert len(months) > 2
    assert months[0].strip() == "<span>June 2026</span>"
    whole = "".join(parts)
    table = at_once[at_once.index("What lies ahead") : at_once.index("Compare with")]
    assert table in unescape(whole).replace("&amp;run=1", "").replace("&run=1", "")
    assert whole.rstrip().endswith("</html>")


def test_a_long_rehearsal_that_cannot_start_says_why_on_its_page(
    house: Face, ada: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    undated = ChangeRecord("MC9", "Microsoft", "Some day")
    number = open_campaign(house.office, "Undated", change=undated, start=False)
    monkeypatch.setattr("rollout.pages.rehearsal.PEOPLE_AT_ONCE", 3)
    assert "Add the date" in ada.text(f"/campaigns/{number}/rehearsal?run=1")


def test_a_long_rehearsal_that_nobody_waits_for_ends(
    two: tuple[int, int], ada: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollout.pages.rehearsal.PEOPLE_AT_ONCE", 3)
    page = ada.browser.get("/rehearsal?run=1", buffered=False)
    next(iter(page.response))
    page.close()
    names = lambda: {thread.name for thread in threading.enumerate()}  # noqa: E731 - asked twice
    until = monotonic() + 20
    while "rehearsal" in names() and monotonic() < until:
        sleep(0.05)
    assert "rehearsal" not in names()
