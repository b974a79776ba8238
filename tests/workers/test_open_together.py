"""Touches of many customers opened in one transaction come to the same as one after the other."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

import migrations
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from campaigns.store import Store
from tests.campaigns.roster_kit import UMA, add_technician, set_limits, set_skills
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    fresh_office,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
)
from tests.people_kit import change_contact, except_until, import_words, word_of

FIRMS = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta")
CLIENT = ChangeRecord(
    source_id="MC2",
    vendor="Microsoft",
    title="The old client ends",
    text="Microsoft ends the old client.",
    category="client-migration",
    evidence="mfa",
    milestones=(MilestoneRecord("action-by", date(2026, 11, 20), source="MC2"),),
)
# By names, as the two engines number rows differently.
LETTERS = (
    "SELECT campaign.name, step.key, touch.version, contact.email, delivery.state, "
    "delivery.reason FROM delivery JOIN contact ON contact.id = delivery.contact_id "
    "JOIN touch ON touch.id = delivery.touch_id JOIN step ON step.id = touch.step_id "
    "JOIN campaign ON campaign.id = step.campaign_id"
)
TOUCHES = (
    "SELECT campaign.name, customer.name, step.key, touch.version, touch.day, touch.state, "
    "touch.reason FROM touch JOIN step ON step.id = touch.step_id "
    "JOIN rollout ON rollout.id = touch.rollout_id "
    "JOIN customer ON customer.id = rollout.customer_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id"
)
TASKS = "SELECT kind, title, text, owner FROM task"
DATES = (
    "SELECT customer.name, campaign.name, agreement.version, agreement.day, how, "
    "technician_day.lane FROM agreement JOIN rollout ON rollout.id = agreement.rollout_id "
    "JOIN customer ON customer.id = rollout.customer_id "
    "JOIN campaign ON campaign.id = rollout.campaign_id "
    "LEFT JOIN booking ON booking.rollout_id = agreement.rollout_id "
    "AND booking.version = agreement.version LEFT JOIN technician_day "
    "ON technician_day.id = booking.technician_day_id"
)


def a_year(office: Office, touches: int) -> Office:
    """Seven firms in two campaigns, on one clock so that much falls due together: some choose,
    move, are ready, excepted, cannot be reached or say nothing; twice nothing runs for weeks."""
    office = replace(office, rt=replace(office.rt, touches=touches))
    for name in FIRMS:
        add_customer(office, name, people=3)
    add_technician(office, UMA)
    set_skills(office, UMA, "client-migration")
    set_limits(office, day=2)
    change_contact(office, "kim@beta.example", decision_maker=False)
    change_contact(office, "kim@eta.example", suppressed_at=office.now, suppressed_why="bounced")
    change_contact(office, "eve0@gamma.example", left_at=office.now)
    first = open_campaign(office)
    open_campaign(office, "The new client", change=CLIENT, playbook="client-swap")
    office.later(hours=1)
    alpha, gamma = (rollout_id(office, first, name) for name in ("Alpha", "Gamma"))
    agree_on(office, alpha, open_days(office, alpha)[4].day)  # type: ignore[attr-defined]
    agree_on(office, gamma, open_days(office, gamma)[4].day)  # type: ignore[attr-defined]
    office.clock.move_to(office.now + timedelta(days=25))
    office.later(hours=1)
    import_words(
        office,
        *(word_of(f"{who}@gamma.example", 3) for who in ("kim", "pat", "eve1", "eve2")),
        *(word_of(f"{who}@alpha.example", level) for who, level in (("eve0", 2), ("eve1", 0))),
    )
    except_until(office, "eve2@alpha.example", first, office.now.date() + timedelta(days=40))
    office.later(days=20)
    agree_on(office, alpha, open_days(office, alpha)[9].day)  # type: ignore[attr-defined]
    office.later(days=1)
    office.clock.move_to(office.now + timedelta(days=21))
    return office.later(days=300)


@pytest.fixture(scope="module")
def alone() -> Any:
    store = Store("sqlite://", durable=False)
    migrations.upgrade(store.engine)
    yield a_year(fresh_office(store), touches=1)
    store.close()


@pytest.fixture
def together(office: Office) -> Office:
    return a_year(office, touches=200)


def handed_over(office: Office) -> list[tuple[str, str, datetime, str]]:
    return sorted((one.step, one.address, one.at, one.subject) for one in sent(office))


def plain(rows: Sequence[Sequence[Any]]) -> list[tuple[str, ...]]:
    """As both engines write them."""
    return sorted(tuple(str(value) for value in row) for row in rows)


def test_letters_touches_tasks_and_dates_are_the_same(alone: Office, together: Office) -> None:
    for question in (TOUCHES, TASKS, DATES, LETTERS):
        assert plain(rows_of(together, question)) == plain(rows_of(alone, question))
    assert handed_over(together) == handed_over(alone)


def test_the_year_has_everything_that_one_touch_could_read_of_another(alone: Office) -> None:
    reasons = {reason for *_, reason in rows_of(alone, LETTERS)}
    reasons |= {reason for *_, reason in rows_of(alone, TOUCHES)}
    said = " | ".join(str(reason) for reason in reasons)
    for why in (
        "a date was agreed",
        "a later letter is due at the same time",
        "everybody is ready",
        "excepted",
        "bounced",
        "nobody to write to",
        "nobody could be told of a day",
        "the date was moved",
    ):
        assert why in said, why
    hows = [how for *_, how, _ in rows_of(alone, DATES)]
    assert {"picked", "moved", "proposed_default"} <= set(hows)
    assert hows.count("proposed_default") > 5
