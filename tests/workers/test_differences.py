"""Two plans are compared by customer, step and audience."""

from typing import Any

import pytest

from campaigns.errors import Invalid
from workers.differences import differences


def event(step: str, local: str, customer: str = "Alpha", people: int = 1) -> dict[str, Any]:
    return {
        "campaign": "MFA",
        "customer": customer,
        "step": step,
        "audience": "all_users",
        "kind": "mail",
        "people": people,
        "local": local,
    }


def told(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    found = differences({"events": before}, {"events": after})
    return [(one.change, one.customer, one.step, one.before, one.after) for one in found]


def test_equal_plans_have_no_differences_in_whatever_order() -> None:
    plan = [event("invite", "2026-06-01T09:00"), event("today", "2026-07-01T09:00")]
    assert told(plan, plan[::-1]) == []


def test_what_is_added_removed_and_moved_is_told_apart() -> None:
    before = [
        event("invite", "2026-06-01T09:00"),
        event("today", "2026-07-01T09:00"),
        event("call", "2026-06-05T09:00"),
    ]
    after = [
        event("invite", "2026-06-01T09:00"),
        event("today", "2026-07-08T09:00"),
        event("invite", "2026-06-02T09:00", "Beta"),
    ]
    assert told(before, after) == [
        ("added", "Beta", "invite", None, "2026-06-02T09:00"),
        ("removed", "Alpha", "call", "2026-06-05T09:00", None),
        ("moved", "Alpha", "today", "2026-07-01T09:00", "2026-07-08T09:00"),
    ]


def test_of_two_alike_only_the_one_that_moved_is_named() -> None:
    before = [event("remind", "2026-06-01T09:00"), event("remind", "2026-06-08T09:00")]
    after = [event("remind", "2026-06-08T09:00"), event("remind", "2026-06-03T09:00")]
    assert told(before, after) == [
        ("moved", "Alpha", "remind", "2026-06-01T09:00", "2026-06-03T09:00")
    ]


def test_what_happens_at_once_in_both_has_not_moved() -> None:
    """A draft's first letters leave when it starts, and it starts when it is rehearsed."""
    before = {"from": "2026-06-01T07:00:00Z", "events": [at("2026-06-01T07:00:00Z", "09:00")]}
    after = {"from": "2026-06-01T07:05:00Z", "events": [at("2026-06-01T07:05:00Z", "09:05")]}
    assert differences(before, after) == []
    later = {"from": "2026-06-01T07:05:00Z", "events": [at("2026-06-01T07:30:00Z", "09:30")]}
    [found] = differences(before, later)
    assert (found.change, found.before, found.after) == (
        "moved",
        "2026-06-01T09:00",
        "2026-06-01T09:30",
    )


def at(instant: str, clock: str) -> dict[str, Any]:
    return event("invite", f"2026-06-01T{clock}") | {"at": instant}


def test_another_kind_of_file_is_refused() -> None:
    with pytest.raises(Invalid):
        differences({"events": [{"id": 1}]}, {"events": []})
