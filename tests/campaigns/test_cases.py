"""Cases that are read together are those that are read one by one, and so are the days on offer."""

from collections.abc import Sequence
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns import choice, deferring
from campaigns.cases import Cases
from campaigns.models import Campaign, Customer, Rollout
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from campaigns.situation import Situation, gathered
from tests.campaigns.freeze_kit import freeze, week
from tests.campaigns.roster_kit import TESS, UMA, add_technician, set_limits, set_skills, take_off
from tests.kit import ADA, Office, add_customer, agree_on, open_campaign, open_days, rollout_id

CLIENT = ChangeRecord(
    source_id="MC2",
    vendor="Microsoft",
    title="The old client ends",
    text="Microsoft ends the old client.",
    category="client-migration",
    evidence="mfa",
    milestones=(MilestoneRecord("action-by", date(2026, 11, 20), source="MC2"),),
)
FIRMS = {"Alpha": "Australia/Sydney", "Beta": "America/New_York", "Gamma": "Europe/Berlin"}


@pytest.fixture
def house(office: Office) -> Office:
    """Three firms in two campaigns: agreed, moved, granted, put down, frozen, off and limited."""
    ids = [
        add_customer(office, name, people=n * 4, zone=zone, country="DE" if n else None)
        for n, (name, zone) in enumerate(FIRMS.items())
    ]
    add_technician(office, UMA)
    set_skills(office, UMA, "client-migration")
    take_off(office, TESS, date(2026, 8, 10), date(2026, 8, 14))
    set_limits(office, day=2, campaign_day=1)
    first = open_campaign(office)
    second = open_campaign(office, "The new client", change=CLIENT, playbook="client-swap")
    freeze(office, date(2026, 8, 3), date(2026, 8, 5))
    freeze(office, date(2026, 8, 17), date(2026, 8, 19), customer=ids[1])
    freeze(office, date(2026, 8, 24), date(2026, 8, 26), campaign=second)
    week(office, ids[2], "mon-thu 8-17")
    office.later(hours=30)
    alpha = rollout_id(office, first, "Alpha")
    for place in (4, 9):
        agree_on(office, alpha, open_days(office, alpha)[place].day)  # type: ignore[attr-defined]
    with office.store.writing() as session:
        deferring.grant(session, alpha, seen=0, why="a move of office", who=ADA, now=office.now)
    return office.later(days=36)  # silent customers have been put down for a day by now


def all_of(session: Session) -> Sequence[Situation]:
    rows = session.execute(
        select(Rollout, Campaign, Customer)
        .join(Campaign, Campaign.id == Rollout.campaign_id)
        .join(Customer, Customer.id == Rollout.customer_id)
        .order_by(Rollout.id)
    )
    return gathered(session, [tuple(row) for row in rows])


def test_each_case_and_each_offer_is_the_one_that_is_read_alone(house: Office) -> None:
    with house.store.reading() as session:
        cases = Cases(session, all_of(session), house.now, 480)
        rollouts = session.scalars(select(Rollout.id)).all()
        assert len(rollouts) == 6
        reasons = set()
        for rollout in rollouts:
            alone = choice.open_case(session, rollout, house.now, 480)
            assert cases.of(rollout) == alone
            offered = choice.offers(session, alone)
            assert cases.offers(cases.of(rollout)) == offered
            reasons |= {day.verdict.code for day in offered}
        held = [one.rollout for one in all_of(session) if one.rollout.proposed_day]
    assert held, "somebody holds a day, which is free for that customer alone"
    assert {"open", "freeze", "too_close", "campaign_limit", "closed_weekday"} <= reasons


def test_a_date_that_was_agreed_meanwhile_keeps_the_customers_other_campaign_away(
    house: Office,
) -> None:
    with house.store.writing() as session:
        gamma = [one for one in all_of(session) if one.customer.name == "Gamma"]
        cases = Cases(session, gamma, house.now, 480)
        first, second = (one.rollout.id for one in gamma)
        assert cases.of(second).terms.others == ()
        day = next(one.day for one in cases.offers(cases.of(first)) if one.verdict.open)
    agree_on(house, first, day, at=time(8))
    with house.store.reading() as session:
        cases._session = session
        cases.agreed(gamma[0].customer.id)
        near = {day + timedelta(days=n) for n in (-1, 0, 1)}
        assert cases.of(second).terms.others == (day,)
        offered = cases.offers(cases.of(second))
    assert {one.verdict.open for one in offered if one.day in near} <= {False}
