"""A date is chosen, moved or withdrawn: who may, until when, and what is kept of it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from campaigns import agree, choice
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.models import Campaign
from tests.campaigns.agree_kit import KIM, TESS, code_of, free, invited, taken
from tests.kit import (
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rows_of,
    withdraw,
)


def test_an_agreement_keeps_who_chose_and_the_customers_own_time_and_zone(office: Office) -> None:
    rollout = invited(office, zone="Australia/Sydney", country="AU")
    day = free(office, rollout)[4]
    agree_on(office, rollout, day, at=time(8))
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        kept = case.current
        assert kept is not None
        assert (kept.day, kept.local_time, kept.zone) == (day, time(8), "Australia/Sydney")
        assert (kept.by_name, kept.by_role, kept.how, kept.version) == (
            "Kim Lee",
            "owner",
            "picked",
            1,
        )
        # Eight in the morning in Sydney in July is ten in the evening before, in UTC.
        assert kept.instant == datetime.combine(day, time(8), tzinfo=UTC) - timedelta(hours=10)
        assert kept.shifted is False
        assert kept.at == office.now


def test_the_same_answer_twice_is_one_agreement(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[2]
    first = agree_on(office, rollout, day, key="form 1")
    minutes = taken(office)
    again = agree_on(office, rollout, day, key="form 1")
    assert (first.id, first.version) == (again.id, again.version)
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(1,)]
    assert taken(office) == minutes > 0


def test_an_old_form_cannot_choose_another_date(office: Office) -> None:
    rollout = invited(office)
    first, second, *_ = free(office, rollout)
    agree_on(office, rollout, first, key="form 1")
    assert code_of(office, rollout, second, key="form 1") == "form_used"
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(1,)]


def test_moving_the_date_moves_the_minutes(office: Office) -> None:
    rollout = invited(office)
    first, second, *_ = free(office, rollout)
    agree_on(office, rollout, first)
    minutes = taken(office)
    moved = agree_on(office, rollout, second)
    assert (moved.version, moved.how) == (2, "moved")
    assert taken(office) == minutes
    held = rows_of(office, "SELECT version FROM booking WHERE released_at IS NULL")
    assert held == [(2,)]


def test_moving_the_date_takes_back_what_was_planned_for_the_old_one(office: Office) -> None:
    rollout = invited(office)
    for day in free(office, rollout)[:2]:
        agree_on(office, rollout, day)
    planned = "SELECT DISTINCT version, state FROM touch WHERE version > 0 ORDER BY version"
    assert rows_of(office, planned)[-1] == (2, "planned")
    waiting = "SELECT count(*) FROM touch WHERE version < 2 AND state = 'planned' AND version > 0"
    assert rows_of(office, waiting) == [(0,)]


def test_withdrawing_frees_the_minutes_and_asks_again(office: Office) -> None:
    rollout = invited(office)
    agree_on(office, rollout, free(office, rollout)[2])
    gone = withdraw(office, rollout)
    assert (gone.day, gone.how, gone.version) == (None, "withdrawn", 2)
    assert taken(office) == 0
    assert rows_of(office, "SELECT state FROM rollout") == [("invited",)]
    with pytest.raises(Conflict) as refused:
        withdraw(office, rollout)
    assert refused.value.code == "no_date"


def test_a_customer_can_change_until_two_days_before_and_staff_after_that(office: Office) -> None:
    rollout = invited(office)
    first, *_, last = free(office, rollout)
    agree_on(office, rollout, first)
    office.until(datetime.combine(first - timedelta(days=2), time(20), tzinfo=UTC))
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        assert choice.change_until(case) == first - timedelta(days=2)
    office.later(hours=4)  # past midnight in Berlin
    assert code_of(office, rollout, last) == "too_late_to_change"
    with pytest.raises(Conflict) as refused:
        withdraw(office, rollout)
    assert refused.value.code == "too_late_to_change"
    moved = agree_on(office, rollout, last, staff=TESS)
    assert (moved.how, moved.by_staff) == ("by_staff", TESS)


def test_on_the_last_day_for_changes_a_change_still_goes(office: Office) -> None:
    rollout = invited(office)
    first, *_, last = free(office, rollout)
    agree_on(office, rollout, first)
    office.until(datetime.combine(first - timedelta(days=2), time(20), tzinfo=UTC))
    assert code_of(office, rollout, last) == "agreed"


def test_who_saw_an_older_date_cannot_replace_a_newer_one(office: Office) -> None:
    """Two people of one customer had the page open at the same time."""
    rollout = invited(office)
    first, second, third, *_ = free(office, rollout)
    agree_on(office, rollout, first)
    with office.store.reading() as session:
        stale = choice.open_case(session, rollout, office.now, 480)
        session.expunge_all()
    agree_on(office, rollout, second)
    with pytest.raises(Conflict) as refused, office.store.writing() as session:
        agree.agree(
            session, stale, day=third, at=time(8), chooser=KIM, answer_key="late", now=office.now
        )
    assert refused.value.code == "changed_meanwhile"


def test_a_date_under_way_stands(office: Office) -> None:
    rollout = invited(office)
    day, *_, last = free(office, rollout)
    agree_on(office, rollout, day)
    office.until(datetime.combine(day, time(9), tzinfo=UTC))
    assert code_of(office, rollout, last) in ("under_way", "too_late_to_change")
    assert code_of(office, rollout, last, staff=TESS) == "under_way"


def test_a_question_becomes_one_task_however_often_it_is_sent(office: Office) -> None:
    rollout = invited(office)
    for _ in range(2):
        with office.store.writing() as session:
            case = choice.open_case(session, rollout, office.now, 480)
            agree.ask(
                session, case, kind="question", text="Is it loud?", chooser=KIM, now=office.now
            )
    assert rows_of(office, "SELECT count(*) FROM task WHERE kind = 'question'") == [(1,)]
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        for kind, text in (("question", "  "), ("rubbish", "x")):
            with pytest.raises(Invalid):
                agree.ask(session, case, kind=kind, text=text, chooser=KIM, now=office.now)


def test_a_customer_or_rollout_that_is_not_there_is_not_found(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office)
    with pytest.raises(NotFound), office.store.reading() as session:
        agree.find_rollout(session, session.get_one(Campaign, campaign), "Stranger Ltd")
    with pytest.raises(NotFound), office.store.reading() as session:
        choice.open_case(session, 999_999, office.now, 480)
