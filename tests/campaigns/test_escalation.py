"""Two clocks: no date, and people who are not ready. Each ends at a named person with a task."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from campaigns import playbooks
from campaigns.boards import customer_view
from campaigns.boards.escalation import Climb
from campaigns.errors import Invalid
from campaigns.rules.playbook import Audience, Channel, Ladder, read
from tests.campaigns.agree_kit import free, invited
from tests.kit import Office, agree_on, rows_of
from tests.people_kit import import_words, word_of

NAMES = playbooks.names()


def climb(office: Office) -> Climb:
    (customer,) = rows_of(office, "SELECT id FROM customer")[0]
    with office.store.reading() as session:
        (found,) = customer_view(session, customer, office.now).rollouts[0].climbs
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_ladder_names_its_audiences_and_ends_at_a_person_of_ours(name: str) -> None:
    book = playbooks.shipped(name)
    rungs = book.rungs(Ladder.NO_DATE)
    assert rungs[0].audience is Audience.DECISION_MAKER
    assert (rungs[-1].channel, rungs[-1].audience) == (Channel.TASK, Audience.PROVIDER)
    ready = book.rungs(Ladder.NOT_READY)
    assert not ready or ready[-1].channel is Channel.TASK


def test_a_ladder_that_ends_at_one_more_mail_is_refused() -> None:
    text = playbooks.source("default").replace(
        "  - key: settle-date\n    ladder: no_date\n", "  - key: settle-date\n"
    )
    with pytest.raises(Invalid, match="the last rung of a ladder is a task"):
        read(text, "mine.yaml")


def test_without_a_date_the_page_shows_the_rung_the_next_one_and_who_has_the_last(
    office: Office,
) -> None:
    invited(office)
    found = climb(office)
    assert (found.clock, found.rungs, found.owner) == ("No date", 9, "dana@harbor.example")
    assert found.now is not None
    assert (found.now.place, found.now.title, found.now.whom) == (
        1,
        "Ask for a date",
        "who decides",
    )
    assert found.following is not None
    assert (found.following.place, str(found.following.day)) == (2, "2026-06-08")


def test_the_last_rung_is_a_task_for_the_account_manager_by_name(office: Office) -> None:
    rollout = invited(office)
    with office.store.writing() as session:  # whoever declines is not booked, and has no date
        session.execute(text("UPDATE contact SET suppressed_at = '2026-06-20'"))
    office.until(datetime(2026, 7, 20, tzinfo=UTC))
    (task,) = rows_of(office, "SELECT owner, title FROM task WHERE kind = 'settle-date'")
    assert task == ("dana@harbor.example", "Northwind Dental: Settle the date in person")
    found = climb(office)
    assert found.now is not None
    assert (found.now.place, found.following) == (9, None)
    assert rollout


def test_where_nobody_manages_the_customer_it_is_whoever_opened_the_campaign(
    office: Office,
) -> None:
    invited(office, manager=None)
    with office.store.writing() as session:
        session.execute(text("UPDATE contact SET suppressed_at = '2026-06-20'"))
    office.until(datetime(2026, 7, 20, tzinfo=UTC))
    owners = rows_of(office, "SELECT owner FROM task WHERE kind = 'settle-date'")
    assert owners == [("ada@harbor.example",)]


def test_with_a_date_the_clock_of_those_who_are_not_ready_runs(office: Office) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[0])
    found = climb(office)
    assert (found.clock, found.rungs, found.now) == ("People not ready", 4, None)
    assert found.following is not None
    assert found.following.whom == "who is not ready"


def test_nobody_is_to_phone_people_who_are_all_ready(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    addresses = [row[0] for row in rows_of(office, "SELECT email FROM contact")]
    import_words(office, *(word_of(address, 3) for address in addresses))
    office.until(datetime.combine(day, datetime.min.time(), UTC))
    left = rows_of(
        office, "SELECT count(*) FROM task WHERE kind IN ('no-phone', 'vips', 'call-not-ready')"
    )
    assert left == [(0,)]
    why = (
        "SELECT DISTINCT reason FROM touch JOIN step ON step.id = touch.step_id"
        " WHERE channel = 'task' AND stop = 'done' AND touch.state = 'skipped'"
    )
    assert rows_of(office, why) == [("everybody is ready",)]
