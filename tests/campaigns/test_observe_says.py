"""What people say of themselves, and who is excepted for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns import links, observe
from campaigns.errors import Conflict, Invalid
from campaigns.models import Campaign, Exemption
from tests.campaigns.observe_kit import EVE, before, count
from tests.kit import (
    ADA,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
)
from tests.people_kit import contact_of, except_until


def guide_link(office: Office) -> str:
    """Eve's own guide link, as a letter carries it."""
    add_customer(office)
    campaign = open_campaign(office)
    rollout = rollout_id(office, campaign)
    office.later(hours=1)
    day = open_days(office, rollout)[0].day  # type: ignore[attr-defined]
    agree_on(office, rollout, day)
    office.until(datetime.combine(day - timedelta(days=29), datetime.min.time(), tzinfo=UTC))
    with office.store.reading() as session:
        eve = contact_of(session, EVE)
        return office.rt.links.token("guide", rollout, eve.id, 1)


def test_what_a_person_says_is_kept_and_never_counts_as_done(office: Office) -> None:
    token = guide_link(office)
    for _ in range(2):
        with office.store.writing() as session:
            observe.report_done(session, links.find(session, token, "guide"), office.now)
    assert rows_of(office, "SELECT says FROM self_report") == [("done",)]
    [(campaign,)] = rows_of(office, "SELECT id FROM campaign")
    assert count(office, campaign)[1] == 0
    assert rows_of(office, "SELECT count(*) FROM standing") == [(0,)]


def test_asking_for_help_makes_one_task(office: Office) -> None:
    token = guide_link(office)
    for _ in range(3):
        with office.store.writing() as session:
            link = links.find(session, token, "guide")
            observe.want_help(session, link, "I have no phone", office.now)
    tasks = rows_of(office, "SELECT title, text FROM task WHERE kind = 'help'")
    assert len(tasks) == 1
    assert "Eve 0" in tasks[0][0]
    assert tasks[0][1] == "I have no phone"


def test_help_wanted_again_after_the_first_was_given_is_a_new_task(office: Office) -> None:
    token = guide_link(office)
    with office.store.writing() as session:
        observe.want_help(session, links.find(session, token, "guide"), "first", office.now)
    with office.store.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE task SET done_by = 'tess@harbor.example',"
            " done_at = '2026-07-20 08:00:00+00:00' WHERE kind = 'help'"
        )
        observe.want_help(session, links.find(session, token, "guide"), "again", office.now)
    open_tasks = rows_of(office, "SELECT text FROM task WHERE kind = 'help' AND done_at IS NULL")
    assert open_tasks == [("again",)]


def test_an_exception_needs_a_reason_and_a_day_that_is_ahead(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    with office.store.reading() as session:
        eve = contact_of(session, EVE)
        found = session.get_one(Campaign, campaign)
        for reason, until in (("  ", office.now.date()), ("leave", before(office, days=1).date())):
            with pytest.raises(Invalid):
                observe.except_contact(
                    session, eve, found, reason=reason, until=until, who=ADA, now=office.now
                )


def test_an_exception_ended_early_is_ended_once(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    except_until(office, EVE, campaign, (office.now + timedelta(days=50)).date())
    assert count(office, campaign)[4] == 1
    with office.store.writing() as session:
        exemption = session.query(Exemption).one()
        observe.return_to_scope(session, exemption, who=ADA, now=office.now)
        with pytest.raises(Conflict):
            observe.return_to_scope(session, exemption, who=ADA, now=office.now)
    assert count(office, campaign)[4] == 0


def test_an_exception_of_one_campaign_is_none_of_another(office: Office) -> None:
    add_customer(office)
    first, second = open_campaign(office), open_campaign(office, "Another")
    except_until(office, EVE, first, (office.now + timedelta(days=50)).date())
    assert count(office, first)[4] == 1
    assert count(office, second)[4] == 0
