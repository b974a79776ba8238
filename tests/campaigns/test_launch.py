"""A change, a playbook and customers become a campaign; it moves on by its own rules only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from campaigns import launch, register
from campaigns.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from campaigns.models import Campaign
from campaigns.playbooks import source
from campaigns.register.changes import find_change
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.kit import (
    ADA,
    BO,
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
)

OPEN_ROWS = """
    SELECT (SELECT count(*) FROM touch WHERE state IN ('planned', 'open')),
           (SELECT count(*) FROM delivery WHERE state IN ('due', 'sending'))
"""
UNDATED = ChangeRecord("MC9", "Microsoft", "Something", "Some day.", evidence="mfa")


def act(office: Office, campaign: int, step: Callable[[Session, Campaign], Any]) -> None:
    with office.store.writing() as session:
        step(session, session.get_one(Campaign, campaign))


def approve(office: Office, campaign: int, who: Any = BO, two_person: bool = True) -> None:
    act(
        office,
        campaign,
        lambda s, c: launch.approve(s, c, who=who, now=office.now, two_person=two_person),
    )


def start(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.start(s, c, who=ADA, now=office.now))


def hold(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.hold(s, c, why="storm", who=ADA, now=office.now))


def resume(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.resume(s, c, who=ADA, now=office.now))


def finish(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.finish(s, c, who=ADA, now=office.now))


def cancel(office: Office, campaign: int) -> None:
    act(office, campaign, lambda s, c: launch.cancel(s, c, who=ADA, now=office.now))


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


def draft(office: Office) -> int:
    add_customer(office)
    return open_campaign(office, start=False)


def state(office: Office) -> str:
    [(word,)] = rows_of(office, "SELECT state FROM campaign")
    return str(word)


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


def test_a_draft_without_a_date_cannot_be_approved(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office, change=UNDATED, start=False)
    with pytest.raises(Conflict) as refused:
        approve(office, campaign)
    assert refused.value.code == "date_needed"
    assert state(office) == "draft"


def test_a_date_read_by_a_person_lets_the_draft_be_approved(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office, change=UNDATED, start=False)
    with office.store.writing() as session:
        day = (office.now + timedelta(days=200)).date()
        row = MilestoneRecord("starts", day, source="https://vendor.example/post")
        register.add_milestone(session, find_change(session, "MC9"), row, who=ADA, now=office.now)
    approve(office, campaign)
    assert state(office) == "approved"


def test_two_campaigns_cannot_have_one_name_and_none_is_nameless(office: Office) -> None:
    draft(office)
    with pytest.raises(Conflict) as refused:
        open_campaign(office, start=False)
    assert refused.value.code == "name_taken"
    for name in ("", "   ", "x" * 201):
        with pytest.raises(Invalid):
            open_campaign(office, name, start=False)


def test_a_campaign_needs_a_customer(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        open_campaign(office, start=False)
    assert refused.value.field == "customers"


def test_the_playbook_is_frozen_as_it_was_and_every_step_kept(office: Office) -> None:
    draft(office)
    [(kept, steps)] = rows_of(
        office, "SELECT playbook_source, (SELECT count(*) FROM step) FROM campaign"
    )
    assert kept == source("default")
    assert steps == kept.count("- key:")


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


def test_a_campaign_is_found_by_its_name_or_not_at_all(office: Office) -> None:
    draft(office)
    with office.store.reading() as session:
        assert launch.find_campaign(session, "MFA for everyone").state == "draft"
        with pytest.raises(NotFound):
            launch.find_campaign(session, "mfa for nobody")


def test_customers_are_chosen_by_all_by_tag_and_by_name_with_reasons(office: Office) -> None:
    add_customer(office, "Alpha", country="DE")
    add_customer(office, "Beta", zone="America/New_York", country="US")
    with office.store.reading() as session:
        assert len(launch.choose_all(session)) == 2
        by_tag = {c.included: c.reason for c in launch.choose_by_tag(session, "country", "us")}
        assert set(by_tag) == {True, False}
        named = launch.choose_by_name(
            session, [(1, "alpha", True, ""), (2, "BETA", False, "has done it")]
        )
        assert [(c.included, c.reason) for c in named] == [
            (True, "named in the list"),
            (False, "has done it"),
        ]
        with pytest.raises(Refused, match="Line 7"):
            launch.choose_by_name(session, [(7, "Gamma", True, "")])


def test_a_customer_that_is_left_out_gets_no_rollout_but_keeps_the_reason(office: Office) -> None:
    add_customer(office, "Alpha")
    add_customer(office, "Beta")
    with office.store.writing() as session:
        register.import_changes(session, [CHANGE], who=ADA, now=office.now)
        launch.open_campaign(
            session,
            name="Some",
            change=find_change(session, "MC1"),
            playbook_source=source("default"),
            choices=launch.choose_by_name(
                session, [(1, "Alpha", True, ""), (2, "Beta", False, "owner refuses")]
            ),
            who=ADA,
            now=office.now,
        )
    assert rows_of(office, "SELECT count(*) FROM rollout") == [(1,)]
    assert ("owner refuses",) in rows_of(office, "SELECT reason FROM selection")


def test_a_wrong_start_changes_nothing_at_all(office: Office) -> None:
    campaign = draft(office)
    with pytest.raises(Conflict):
        start(office, campaign)
    assert rows_of(office, "SELECT count(*) FROM touch") == [(0,)]
    assert rows_of(office, "SELECT started_at FROM campaign") == [(None,)]
