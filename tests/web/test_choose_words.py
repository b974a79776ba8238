"""What a change means, in sentences that claim no more than is known."""

from datetime import date

import pytest

from campaigns.boards.choosing_words import meaning
from campaigns.models import (
    Milestone,
    VendorChange,
)
from campaigns.playbooks import shipped
from campaigns.rules.milestones import deadline
from tests.web.choose_kit import (
    NORTHWIND,
)


def change_of(**more: object) -> VendorChange:
    known = {"vendor": "Microsoft", "title": "T", "text": "Text of it.", "evidence": "mfa"}
    return VendorChange(**{**known, **more})


def milestone(kind: str, day: date | None, precision: str = "day") -> Milestone:
    return Milestone(kind=kind, day=day, precision=precision)


TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("milestones", "headline", "about"),
    [
        ([("starts", date(2027, 2, 9))], "From Tuesday 9 February 2027, Microsoft asks", ""),
        ([("starts", date(2026, 10, 1), "quarter")], "From the fourth quarter of 2026, Micr", ""),
        ([("completes", date(2026, 10, 1), "month")], "By October 2026, Microsoft asks", ""),
        ([("starts", date(2025, 2, 9))], "Since Sunday 9 February 2025, Microsoft asks", ""),
        ([], "Microsoft is going to ask", "has not given a date yet"),
        (
            [("starts", date(2027, 2, 9)), ("on-hold", None)],
            "Microsoft is going to ask",
            "has put its date, Tuesday 9 February 2027, on hold",
        ),
    ],
)
def test_the_headline_claims_no_more_than_is_known(
    milestones: list[tuple[str, date | None]], headline: str, about: str
) -> None:
    dated = deadline([milestone(*one) for one in milestones], TODAY, TODAY)
    book = shipped("authentication-all-users")
    said = meaning(change_of(), dated, book, NORTHWIND, "It stops.")
    assert said.headline.startswith(headline)
    assert about in said.about


def test_what_people_have_to_do_follows_from_the_playbook() -> None:
    dated = deadline([milestone("end-of-support", date(2026, 10, 13))], TODAY, TODAY)
    change = change_of(title="Windows 10 runs out of support", evidence="none")
    said = meaning(change, dated, shipped("end-of-support"), NORTHWIND, "It stops.")
    assert said.headline == "Windows 10 runs out of support."
    assert "The date that Microsoft gives is Tuesday 13 October 2026." in said.about
    before = {
        name: dict(meaning(change, dated, shipped(name), NORTHWIND, "").parts)["Before the day"]
        for name in ("end-of-support", "back-end-retirement", "authentication-admins")
    }
    assert "5 minutes" not in before["end-of-support"]
    assert "Nobody else gets letters" in before["back-end-retirement"]
    assert "Only administrators" in before["authentication-admins"]
