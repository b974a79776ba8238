"""A change, a playbook and customers become a campaign."""

from datetime import timedelta

import pytest

from campaigns import launch, register
from campaigns.errors import Conflict, Invalid, NotFound, Refused
from campaigns.playbooks import source
from campaigns.register.changes import find_change
from campaigns.rules.records import MilestoneRecord
from tests.campaigns.launch_kit import UNDATED, approve, draft, state
from tests.kit import (
    ADA,
    CHANGE,
    Office,
    add_customer,
    open_campaign,
    rows_of,
)


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
