"""Which days and times a customer can have, and what staff may pass over."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from campaigns import agree, launch
from campaigns.models import Campaign, Freeze
from campaigns.rules.records import ChangeRecord, MilestoneRecord
from tests.campaigns.agree_kit import TESS, code_of, free, invited, taken
from tests.kit import (
    ADA,
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    sent,
)


def test_every_day_on_offer_can_be_had(office: Office) -> None:
    rollout = invited(office)
    days = free(office, rollout)
    assert days
    for day in reversed(days[:: max(1, len(days) // 6)]):  # a customer may always go earlier
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
