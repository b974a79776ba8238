"""A campaign moves on by its own rules only."""

from collections.abc import Callable

import pytest

from campaigns.errors import Conflict, Forbidden
from tests.campaigns.launch_kit import (
    approve,
    cancel,
    draft,
    finish,
    hold,
    resume,
    start,
    state,
)
from tests.kit import (
    ADA,
    Office,
    agree_on,
    open_days,
    rollout_id,
    rows_of,
    sent,
)

OPEN_ROWS = """
    SELECT (SELECT count(*) FROM touch WHERE state IN ('planned', 'open')),
           (SELECT count(*) FROM delivery WHERE state IN ('due', 'sending'))
"""
STEPS = {
    "approve": approve,
    "start": start,
    "hold": hold,
    "resume": resume,
    "finish": finish,
    "cancel": cancel,
}
FOLLOWS = {
    "draft": {"approve": "approved", "cancel": "cancelled"},
    "approved": {"start": "running", "cancel": "cancelled"},
    "running": {"hold": "held", "finish": "finished", "cancel": "cancelled"},
    "held": {"resume": "running", "finish": "finished", "cancel": "cancelled"},
    "finished": {},
    "cancelled": {},
}
WAYS = {
    "draft": [],
    "approved": ["approve"],
    "running": ["approve", "start"],
    "held": ["approve", "start", "hold"],
    "finished": ["approve", "start", "finish"],
    "cancelled": ["cancel"],
}


@pytest.mark.parametrize("at", WAYS)
def test_a_campaign_goes_only_where_it_may_from_each_state(office: Office, at: str) -> None:
    campaign = draft(office)
    for step in WAYS[at]:
        STEPS[step](office, campaign)
    for step in STEPS:
        if step in FOLLOWS[at]:
            continue
        with pytest.raises(Conflict) as refused:
            STEPS[step](office, campaign)
        assert refused.value.code == "wrong_state"
        assert at in str(refused.value)
        assert state(office) == at


@pytest.mark.parametrize(("at", "step"), [(at, step) for at in FOLLOWS for step in FOLLOWS[at]])
def test_each_allowed_step_leads_where_it_should(office: Office, at: str, step: str) -> None:
    campaign = draft(office)
    for way in WAYS[at]:
        STEPS[way](office, campaign)
    STEPS[step](office, campaign)
    assert state(office) == FOLLOWS[at][step]


def test_who_opened_a_campaign_cannot_approve_it(office: Office) -> None:
    campaign = draft(office)
    with pytest.raises(Forbidden) as refused:
        approve(office, campaign, who=ADA)
    assert refused.value.code == "second_person"
    assert state(office) == "draft"


def test_in_a_one_person_shop_the_same_person_approves(office: Office) -> None:
    campaign = draft(office)
    approve(office, campaign, who=ADA, two_person=False)
    assert state(office) == "approved"


def test_nothing_leaves_before_the_start(office: Office) -> None:
    campaign = draft(office)
    office.later(days=3)
    approve(office, campaign)
    office.later(days=3)
    assert sent(office) == []
    start(office, campaign)
    office.later(days=1)
    assert [letter.step for letter in sent(office)] == ["invite"]


def test_holding_stops_the_next_letter_and_says_why(office: Office) -> None:
    campaign = draft(office)
    approve(office, campaign)
    start(office, campaign)
    hold(office, campaign)
    office.later(days=2)
    assert sent(office) == []
    assert rows_of(office, "SELECT held_why FROM campaign") == [("storm",)]


@pytest.mark.parametrize("end", [finish, cancel])
def test_the_end_leaves_no_open_row(office: Office, end: Callable[[Office, int], None]) -> None:
    campaign = draft(office)
    approve(office, campaign)
    start(office, campaign)
    office.later(hours=2)
    rollout = rollout_id(office, campaign)
    agree_on(office, rollout, open_days(office, rollout)[3].day)  # type: ignore[attr-defined]
    end(office, campaign)
    assert rows_of(office, OPEN_ROWS) == [(0, 0)]
    before = len(sent(office))
    office.later(days=120)
    assert len(sent(office)) == before
    assert rows_of(office, OPEN_ROWS) == [(0, 0)]


def test_a_wrong_start_changes_nothing_at_all(office: Office) -> None:
    campaign = draft(office)
    with pytest.raises(Conflict):
        start(office, campaign)
    assert rows_of(office, "SELECT count(*) FROM touch") == [(0,)]
    assert rows_of(office, "SELECT started_at FROM campaign") == [(None,)]
