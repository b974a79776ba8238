"""The board's figures and risks are those of the campaign's page, read in another way."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update

from campaigns.boards import campaign_view
from campaigns.boards.campaign import campaign_list
from campaigns.boards.narrow import ORDERS, Narrow, narrowed, shown
from campaigns.boards.summary import summary
from campaigns.models import Campaign, Contact, Rollout
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    withdraw,
)
from tests.people_kit import change_contact, except_until, import_words, word_of

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta")
ZONES = ("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles")
MANAGERS = ("dana@harbor.example", None)


def house(office: Office) -> int:
    """Seven customers around the world at all stages of a campaign; its id."""
    for number, name in enumerate(NAMES):
        zone, manager = ZONES[number % 3], MANAGERS[number % 2]
        domain = f"{name.lower()}.example"
        add_customer(office, name, domain=domain, people=number, zone=zone, manager=manager)
    campaign = open_campaign(office)
    office.later(hours=2)
    for name, place in (("Alpha", 0), ("Beta", -1), ("Gamma", 3), ("Zeta", 0)):
        rollout = rollout_id(office, campaign, name)
        agree_on(office, rollout, open_days(office, rollout)[place].day)  # type: ignore[attr-defined]
    withdraw(office, rollout_id(office, campaign, "Zeta"))
    import_words(office, word_of("eve0@beta.example", 3), word_of("kim@alpha.example", 2))
    except_until(office, "eve1@gamma.example", campaign, office.now.date() + timedelta(days=20))
    change_contact(office, "kim@delta.example", decision_maker=False)
    change_contact(office, "kim@epsilon.example", suppressed_at=office.now)
    change_contact(office, "kim@gamma.example", left_at=office.now)
    return campaign


def compare(office: Office, now: datetime) -> int:
    """How many lines are at risk at that moment, where both ways say the same of all."""
    with office.store.reading() as session:
        [campaign] = campaign_list(session, living=True)
        whole, brief = campaign_view(session, campaign, now), summary(session, campaign, now)
    assert list(brief.risky) == [line for line in whole.lines if line.risks]
    assert brief.total == whole.total
    assert brief.states == dict(Counter(line.state for line in whole.lines))
    assert (brief.undecided, brief.at_risk) == (whole.undecided, whole.at_risk)
    assert brief.agreed == sum(line.agreed is not None for line in whole.lines)
    return brief.at_risk


def test_whatever_the_day_the_board_finds_every_risk(office: Office) -> None:
    campaign = house(office)
    found = {compare(office, office.now + timedelta(days=day, hours=day % 24))
             for day in range(0, 220, 3)}  # fmt: skip
    assert len(found) > 2  # risks came and went
    with office.store.writing() as session:
        session.get_one(Campaign, campaign).vendor_day = office.now.date() + timedelta(days=30)
    for day in (7, 8, 9, 10, 29, 30, 31, 32):
        for hour in (0, 11, 23):
            compare(office, office.now.replace(hour=hour) + timedelta(days=day))


@pytest.mark.parametrize("state", ["missed", "verified", "implementing", "excepted"])
def test_the_state_of_a_rollout_weighs_the_same_in_both(office: Office, state: str) -> None:
    house(office)
    with office.store.writing() as session:
        session.execute(update(Rollout).values(state=state, last_day=date(2026, 6, 20)))
        session.execute(update(Contact).values(suppressed_at=None))
    for day in (0, 5, 19, 20, 21, 60):
        compare(office, office.now + timedelta(days=day))


def test_a_page_of_the_table_is_a_piece_of_the_whole(office: Office) -> None:
    number = house(office)
    asked = [Narrow(order=sign + order) for order in ORDERS for sign in ("", "-")]
    asked += [Narrow(state="agreed"), Narrow(risk=True), Narrow(q="TA"), Narrow(q="nobody")]
    asked += [Narrow(manager="dana@harbor.example", order="agreed")]
    with office.store.reading() as session:
        campaign = session.get_one(Campaign, number)
        brief = summary(session, campaign, office.now)
        lines = campaign_view(session, campaign, office.now).lines
        for one in asked:
            pages = [shown(session, campaign, brief, office.now, one, n, 3) for n in (1, 2, 3, 99)]
            whole = narrowed(lines, one)
            assert {page.kept for page in pages} == {len(whole)}
            for page in pages:
                assert list(page.lines) == whole[page.first : page.first + 3]
            assert list(pages[-1].lines)[-1:] == whole[-1:]
