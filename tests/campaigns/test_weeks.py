"""Working weeks of customers and of the provider: what they close, and what they leave open."""

from datetime import date, time

import pytest

from campaigns import propose
from campaigns.errors import Invalid
from campaigns.models import Campaign
from campaigns.register.weeks import week_of
from campaigns.rules.hours import said
from tests.campaigns.agree_kit import code_of, free, invited
from tests.campaigns.freeze_kit import freeze, week
from tests.kit import Office, agree_on, open_days, rows_of, sent


def first_of(office: Office, rollout: int) -> date:
    return free(office, rollout)[0]


def customer_of(office: Office) -> int:
    return int(rows_of(office, "SELECT id FROM customer")[0][0])


def times(office: Office, rollout: int) -> set[tuple[int, time]]:
    """Days of the week and times that are offered."""
    found = open_days(office, rollout)
    return {(one.day.weekday(), at) for one in found for at in one.times}  # type: ignore[attr-defined]


def test_a_customers_own_week_closes_days_and_times(office: Office) -> None:
    rollout = invited(office)
    assert {at for _, at in times(office, rollout)} == {time(8), time(12, 30), time(18)}
    week(office, customer_of(office), "tue 13-17, wed 8-18")
    assert times(office, rollout) == {(2, time(8)), (2, time(12, 30)), (2, time(18))}
    week(office, customer_of(office), "tue 8-13, thu 7-8")
    assert times(office, rollout) == {(1, time(8)), (1, time(12, 30)), (3, time(8))}
    tuesday = next(day for day in free(office, rollout) if day.weekday() == 1)
    assert code_of(office, rollout, tuesday, at=time(18)) == "outside_hours"
    wednesday = date.fromordinal(tuesday.toordinal() + 1)
    assert code_of(office, rollout, wednesday) == "closed_weekday"
    assert code_of(office, rollout, tuesday, at=time(12, 30)) == "agreed"


def test_the_providers_week_holds_for_everybody_and_beside_a_customers_own(
    office: Office,
) -> None:
    rollout = invited(office)
    week(office, None, "mon-thu 8-16")
    assert times(office, rollout) == {(d, at) for d in (1, 2, 3) for at in (time(8), time(12, 30))}
    week(office, customer_of(office), "wed-fri 12-20")
    assert times(office, rollout) == {(2, time(12, 30)), (3, time(12, 30))}
    week(office, None, None)
    assert {at for _, at in times(office, rollout)} == {time(12, 30), time(18)}


def test_staff_may_agree_outside_the_hours_but_on_no_closed_day(office: Office) -> None:
    rollout = invited(office)
    week(office, customer_of(office), "tue 8-10, wed 13-14, thu 8-18")
    day = next(one for one in free(office, rollout) if one.weekday() == 1)
    wednesday = date.fromordinal(day.toordinal() + 1)
    friday = date.fromordinal(day.toordinal() + 3)
    staff = "dana@harbor.example"
    assert code_of(office, rollout, wednesday) == "outside_hours"
    assert code_of(office, rollout, friday, staff=staff) == "closed_weekday"
    assert code_of(office, rollout, wednesday, staff=staff) == "agreed"


def test_letters_go_on_the_days_that_their_readers_work(office: Office) -> None:
    rollout = invited(office)
    week(office, customer_of(office), "tue-thu 8-18")
    agree_on(office, rollout, first_of(office, rollout))
    office.later(days=60)
    days = {
        one.at.weekday()
        for one in sent(office)
        if one.step in ("announce", "get-ready", "deadline", "managers")
    }
    assert days
    assert days <= {1, 2, 3}


def test_recurring_freezes_close_their_days_for_choice_and_writer_alike(office: Office) -> None:
    rollout = invited(office)
    before = free(office, rollout)
    freeze(office, date(2020, 1, 31), repeats="month_end", workdays=3, reason="month end")
    freeze(office, date(2026, 1, 7), repeats="weekly", reason="market day")
    freeze(office, date(2025, 8, 15), date(2025, 9, 4), repeats="yearly", reason="season")
    campaign = rows_of(office, "SELECT campaign_id FROM rollout")[0][0]
    freeze(office, date(2026, 9, 10), campaign=campaign, reason="pilot")
    after = free(office, rollout)
    gone = [day for day in before if day not in after]
    assert {day.weekday() for day in after} == {1, 3}
    assert date(2026, 9, 10) in gone
    assert not [day for day in after if date(2026, 8, 15) <= day <= date(2026, 9, 4)]
    assert all(code_of(office, rollout, day) == "freeze" for day in gone)
    assert code_of(office, rollout, after[0]) == "agreed"


def test_a_week_is_kept_and_said_as_it_is_written(office: Office) -> None:
    rollout = invited(office)
    customer = customer_of(office)
    week(office, customer, "Mon-Thu 8-17:30, Friday 08:00-12")
    week(office, customer, "mon-thu 08:00-17:30, fri 08:00-12:00")
    with office.store.reading() as session:
        found = week_of(session, customer)
        assert week_of(session, None) is None
    assert found is not None
    assert said(found) == "mon-thu 08:00-17:30, fri 08:00-12:00"
    written = "SELECT count(*) FROM journal_entry WHERE what = 'working_week_set'"
    assert rows_of(office, written) == [(1,)]
    assert first_of(office, rollout)
    with pytest.raises(Invalid, match="closing time must be after opening time"):
        week(office, customer, "mon 9-9")


def test_the_proposer_sees_weeks_and_freezes_of_every_kind(office: Office) -> None:
    rollout = invited(office)
    campaign = int(rows_of(office, "SELECT campaign_id FROM rollout")[0][0])
    soonest = proposed_day(office, campaign)
    freeze(office, soonest, repeats="weekly", campaign=campaign)
    week(office, customer_of(office), "wed-thu 8-18")
    day = proposed_day(office, campaign)
    assert day.weekday() in {2, 3} - {soonest.weekday()}
    assert day in free(office, rollout)


def proposed_day(office: Office, campaign: int) -> date:
    with office.store.reading() as session:
        row = session.get_one(Campaign, campaign)
        (line,) = propose.proposed(session, row, office.now, 480).lines
    assert line.day is not None
    return line.day
