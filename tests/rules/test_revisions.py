"""A vendor's words are compared for what they say, not for how they are laid out."""

from datetime import date

import pytest

from campaigns.rules.milestones import Fact
from campaigns.rules.revisions import Version, differences, finding, sentences

SEPTEMBER = Fact("starts", date(2025, 9, 1), "month")
FIRST = Version(
    "Exchange Online to retire Basic Auth",
    "Basic auth ends in September 2025.\nApps must use OAuth.",
    ("Retirement", "User impact"),
    (SEPTEMBER,),
)


def changed(**parts: object) -> list[str]:
    after = Version(**{  # type: ignore[arg-type]  # whichever parts a test changes
        "title": FIRST.title, "text": FIRST.text, "tags": FIRST.tags, "dates": FIRST.dates, **parts
    })  # fmt: skip
    return [one.what for one in differences(FIRST, after)]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"title": "(Updated) Exchange Online to retire basic auth"},
        {"text": "Apps must use OAuth.\n\n  Basic  auth ends in September 2025."},
        {"text": "Updated June 3, 2025: Basic auth ends in September 2025.\nApps must use OAUTH."},
        {"text": FIRST.text + "\nPlease review the information below for more details."},
        {"tags": ("user impact", "Updated message", "Retirement")},
        {"tags": (*FIRST.tags, "confidence:high")},
        {"dates": (SEPTEMBER, SEPTEMBER)},
    ],
    ids=["same", "title", "order", "banner", "boilerplate", "tags", "own tag", "twice"],
)
def test_a_new_layout_is_no_news(parts: dict[str, object]) -> None:
    assert changed(**parts) == []


@pytest.mark.parametrize(
    ("parts", "what"),
    [
        ({"title": "Exchange Online to keep Basic Auth"}, "title"),
        ({"text": "Basic auth ends in March 2026.\nApps must use OAuth."}, "text"),
        ({"text": "Updated June 3, 2025: We have delayed it. " + FIRST.text}, "text"),
        ({"tags": ("Retirement",)}, "tags"),
        ({"dates": ()}, "dates"),
        ({"dates": (SEPTEMBER, Fact("on-hold", None, "day"))}, "dates"),
        ({"dates": (Fact("starts", date(2025, 9, 1), "day"),)}, "dates"),
    ],
)
def test_what_a_customer_would_plan_by_is_news(parts: dict[str, object], what: str) -> None:
    assert changed(**parts) == [what]


def test_the_news_in_a_banner_is_kept_and_its_lead_in_is_not() -> None:
    assert sentences("Updated June 12, 2025: We have delayed it. Expect no further delays.") == [
        "We have delayed it", "Expect no further delays",
    ]  # fmt: skip


def test_a_difference_is_said_in_the_vendors_words() -> None:
    march = Version(FIRST.title, FIRST.text, FIRST.tags, (Fact("starts", date(2026, 3, 1), "day"),))
    [found] = differences(FIRST, march)
    assert found.sentence() == (
        'dates: no longer "starts September 2025"; now "starts Sunday 1 March 2026"'
    )


OLD = date(2025, 9, 1)


@pytest.mark.parametrize(
    ("agreed", "new", "held", "found"),
    [
        (date(2025, 8, 29), date(2025, 9, 1), False, "stands"),
        (date(2025, 8, 30), date(2025, 9, 1), False, "too late"),
        (date(2025, 8, 13), date(2025, 8, 1), False, "too late"),
        (date(2025, 8, 13), date(2025, 10, 1), False, "stands"),
        (date(2025, 8, 13), date(2026, 3, 1), False, "needlessly early"),
        (date(2025, 6, 2), date(2025, 9, 1), False, "stands"),
        (date(2025, 8, 13), None, False, "date needed"),
        (date(2025, 8, 13), date(2025, 8, 1), True, "on hold"),
    ],
)
def test_what_a_move_means_for_an_agreed_day(
    agreed: date, new: date | None, held: bool, found: str
) -> None:
    assert finding(agreed, OLD, new, 3, 60, held) == found
