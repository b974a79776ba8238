"""A date is chosen, moved or withdrawn: who may, until when, and what is kept of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from campaigns import agree, choice, launch
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.models import Campaign, Contact, Freeze
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.kit import (
    ADA,
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    open_days,
    rollout_id,
    rows_of,
    sent,
    withdraw,
)

TESS = "tess@harbor.example"
KIM = agree.Chooser("Kim Lee", "owner")
MINUTES = "SELECT day, capacity, taken FROM technician_day ORDER BY day, lane"


def invited(office: Office, **customer: Any) -> int:
    """A customer that was asked for a date; its rollout."""
    add_customer(office, **customer)
    rollout = rollout_id(office, open_campaign(office))
    office.later(hours=1)
    return rollout


def free(office: Office, rollout: int) -> list[date]:
    return [day.day for day in open_days(office, rollout)]  # type: ignore[attr-defined]


def taken(office: Office) -> int:
    return sum(minutes for _, _, minutes in rows_of(office, MINUTES))


def code_of(office: Office, rollout: int, day: date, **more: Any) -> str:
    """The code with which a choice is refused, or `agreed`."""
    try:
        agree_on(office, rollout, day, **more)
    except Conflict as refused:
        return refused.code
    return "agreed"


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


def test_every_day_on_offer_can_be_had(office: Office) -> None:
    rollout = invited(office)
    days = free(office, rollout)
    assert days
    for day in days[:: max(1, len(days) // 6)]:
        assert code_of(office, rollout, day) == "agreed"


def test_the_days_on_offer_keep_a_fortnight_before_the_vendors_date(office: Office) -> None:
    days = free(office, invited(office))
    assert max(days) <= date(2026, 12, 15) - timedelta(days=14)
    assert min(days) >= date(2026, 6, 1) + timedelta(days=30)
    assert {day.weekday() for day in days} == {1, 2, 3}


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 5, 26), "past"),
        (date(2026, 6, 3), "too_soon"),
        (date(2026, 12, 15), "after_vendor"),
        (date(2026, 12, 9), "after_last"),
        (date(2026, 9, 12), "weekend"),
        (date(2026, 9, 7), "avoided_weekday"),
        (date(2026, 9, 11), "avoided_weekday"),
        (date(2026, 10, 3), "weekend"),
    ],
)
def test_a_day_that_is_closed_is_refused_with_its_reason(
    office: Office, day: date, code: str
) -> None:
    assert code_of(office, invited(office), day) == code
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(0,)]
    assert taken(office) == 0


def test_a_day_of_the_customers_own_freeze_or_of_the_providers_is_closed(office: Office) -> None:
    rollout = invited(office)
    first, second, *_ = free(office, rollout)
    with office.store.writing() as session:
        campaign = session.query(Campaign).one()
        assert campaign.state == "running"
        customer = agree.find_rollout(session, campaign, "Northwind Dental").customer_id
        session.add(Freeze(customer_id=customer, starts=first, ends=first, reason="payroll"))
        session.add(Freeze(customer_id=None, starts=second, ends=second, reason="our party"))
    assert code_of(office, rollout, first) == "freeze"
    assert code_of(office, rollout, second) == "freeze"
    assert not {first, second} & set(free(office, rollout))


def test_only_the_times_of_the_playbook_can_be_picked(office: Office) -> None:
    rollout = invited(office)
    assert code_of(office, rollout, free(office, rollout)[0], at=time(3, 15)) == "other_time"


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


def test_staff_may_pass_over_habits_but_not_over_limits(office: Office) -> None:
    rollout = invited(office)
    assert code_of(office, rollout, date(2026, 9, 7), staff=TESS) == "agreed"  # a Monday
    assert code_of(office, rollout, date(2026, 12, 9), staff=TESS) == "agreed"  # after the last day
    assert code_of(office, rollout, date(2026, 9, 12), staff=TESS) == "weekend"
    assert code_of(office, rollout, date(2026, 12, 15), staff=TESS) == "after_vendor"
    assert code_of(office, rollout, date(2026, 5, 26), staff=TESS) == "past"


def test_a_full_day_is_full_for_staff_too(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    with office.store.writing() as session:
        session.connection().exec_driver_sql("UPDATE technician_day SET taken = capacity")
    add_customer(office, "Second Firm")
    other = rollout_id(office, open_campaign(office, "Second campaign"), "Second Firm")
    assert code_of(office, other, day) == "date_taken"
    assert code_of(office, other, day, staff=TESS) == "date_taken"


def test_no_date_is_taken_before_the_start_or_after_the_end(office: Office) -> None:
    add_customer(office)
    campaign = open_campaign(office, start=False)
    rollout = rollout_id(office, campaign)
    assert code_of(office, rollout, date(2026, 9, 8)) == "not_running"


def test_a_date_can_still_be_agreed_while_the_campaign_is_held(office: Office) -> None:
    rollout = invited(office)
    with office.store.writing() as session:
        launch.hold(session, session.query(Campaign).one(), why="", who=ADA, now=office.now)
    assert code_of(office, rollout, free(office, rollout)[0]) == "agreed"
    office.later(hours=5)
    assert [letter.step for letter in sent(office)] == ["invite"]


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


def test_a_time_that_does_not_exist_is_shifted_and_says_so(office: Office) -> None:
    """In Beirut the clocks go forward at midnight; in 2027 Lord Howe's gap is half an hour.

    No slot of a playbook lies in the night, so staff agree it: the first instant after the gap.
    """
    change = ChangeRecord(
        **{
            **{name: getattr(CHANGE, name) for name in CHANGE.__slots__},
            "source_id": "MC2",
            "milestones": (MilestoneRecord("action-by", date(2027, 6, 1), source="MC2"),),
        }
    )
    add_customer(office, "Cairo Clinic", zone="Africa/Cairo", country=None)
    rollout = rollout_id(office, open_campaign(office, change=change), "Cairo Clinic")
    kept = agree_on(office, rollout, date(2027, 4, 30), at=time(0, 30), staff=TESS)
    assert kept.shifted is True
    assert (kept.day, kept.local_time) == (date(2027, 4, 30), time(0, 30))
    assert kept.instant == datetime(2027, 4, 29, 22, 0, tzinfo=UTC)
    plain = agree_on(office, rollout, date(2027, 4, 29), at=time(8), staff=TESS)
    assert plain.shifted is False


@contextmanager
def counting(office: Office) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(office.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(office.store.engine, "before_cursor_execute", note)


def crowd(office: Office, customer: int, many: int) -> None:
    rows = [
        {
            "customer_id": customer,
            "name": f"Person {n}",
            "email": f"p{n}@crowd.example",
            "tags": {},
            "created_at": office.now,
        }
        for n in range(many)
    ]
    with office.store.writing() as session:
        session.execute(insert(Contact), rows)


def test_agreeing_takes_the_same_statements_for_ten_people_and_for_three_thousand(
    office: Office,
) -> None:
    counts = []
    for name, many in (("Small", 10), ("Large", 3_000)):
        customer = add_customer(office, name, people=0)
        crowd(office, customer, many)
    campaign = open_campaign(office)
    for name in ("Small", "Large"):
        rollout = rollout_id(office, campaign, name)
        first, second, *_ = free(office, rollout)
        with counting(office) as chosen:
            agree_on(office, rollout, first)
        with counting(office) as moved:
            agree_on(office, rollout, second)
        with counting(office) as gone:
            withdraw(office, rollout)
        counts.append((len(chosen), len(moved), len(gone)))
    assert counts[0] == counts[1]
    assert rows_of(office, "SELECT count(*) FROM delivery") == [(0,)]


def test_a_large_customer_takes_a_whole_day_and_no_more(office: Office) -> None:
    customer = add_customer(office, people=0)
    crowd(office, customer, 400)
    rollout = rollout_id(office, open_campaign(office))
    agree_on(office, rollout, free(office, rollout)[0])
    assert taken(office) == 480


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
