"""Technicians' hours, days off and skills: what can be booked follows, what is agreed stands."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from campaigns import choice, roster
from campaigns.boards.roster import RosterView, roster_view
from campaigns.capacity import room_for
from campaigns.errors import Conflict, Invalid, NotFound
from campaigns.journal import verify
from campaigns.rules.roster import Load
from campaigns.taking_over import take_over
from tests.campaigns.agree_kit import code_of, free, invited
from tests.campaigns.roster_kit import (
    TESS,
    UMA,
    add_technician,
    set_limits,
    set_skills,
    set_week,
    take_off,
    work_after_all,
)
from tests.kit import (
    ADA,
    CHANGE,
    Office,
    add_customer,
    agree_on,
    open_campaign,
    rollout_id,
    rows_of,
    withdraw,
)

DAYS = "SELECT lane, capacity, taken, excess FROM technician_day WHERE day = :day ORDER BY lane"
HELD = "SELECT d.lane FROM booking b JOIN technician_day d ON d.id = b.technician_day_id WHERE b.released_at IS NULL"  # noqa: E501


def view(office: Office) -> RosterView:
    with office.store.reading() as session:
        return roster_view(session, office.now, 480)


def rows(office: Office, day: date) -> list[tuple[object, ...]]:
    return rows_of(office, DAYS, day=str(day))


def reason(office: Office, rollout: int, day: date) -> str:
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        return next(o.verdict.reason for o in choice.offers(session, case) if o.day == day)


def test_a_technicians_week_says_which_days_can_be_had(office: Office) -> None:
    rollout = invited(office)
    set_week(office, TESS, 480, 0, 60, 480, 480, 0, 0)  # 70 minutes are needed
    days = free(office, rollout)
    assert {day.weekday() for day in days} == {3}
    assert code_of(office, rollout, days[0] - timedelta(days=2)) == "off_duty"
    assert code_of(office, rollout, days[0] - timedelta(days=1)) == "date_taken"
    agree_on(office, rollout, days[0])
    assert rows(office, days[0]) == [(TESS, 480, 70, 0)]


def test_a_day_off_closes_a_day_and_opens_it_again(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    number = take_off(office, TESS, day, day + timedelta(days=2))
    assert reason(office, rollout, day) == "None of our technicians works on this day."
    assert code_of(office, rollout, day) == "off_duty"
    assert take_off(office, TESS, day, day + timedelta(days=2)) == number
    work_after_all(office, TESS, number)
    assert code_of(office, rollout, day) == "agreed"


def test_only_who_has_the_skill_is_booked(office: Office) -> None:
    add_technician(office, UMA)
    set_skills(office, TESS, "policy")
    rollout = invited(office)
    first, second, *_ = free(office, rollout)
    agree_on(office, rollout, first)
    assert rows_of(office, HELD) == [(UMA,)]
    take_off(office, UMA, second)
    assert reason(office, rollout, second) == (
        "No technician with the right skill is free on this day."
    )
    assert code_of(office, rollout, second) == "date_taken"
    set_skills(office, TESS)
    assert code_of(office, rollout, second) == "agreed"
    assert rows_of(office, HELD) == [(TESS,)]


def test_fewer_hours_move_no_date_and_sell_nothing_more(office: Office) -> None:
    rollout = invited(office)
    day, other, *_ = free(office, rollout)
    agree_on(office, rollout, day)
    set_week(office, TESS, 60, 60, 60, 60, 60, 0, 0)
    assert rows(office, day) == [(TESS, 60, 70, 10)]
    add_customer(office, "Second Firm", people=1)
    second = rollout_id(office, open_campaign(office, "Another"), "Second Firm")
    assert code_of(office, second, day) == "date_taken"
    [crowded] = view(office).too_much
    assert (crowded.day, crowded.promised, crowded.there) == (day, 70, 60)
    assert crowded.customers[0].customer == "Northwind Dental"
    assert crowded.customers[0].takers == ()
    withdraw(office, rollout)
    assert view(office).too_much == ()
    set_week(office, TESS, 480, 480, 480, 480, 480, 0, 0)
    assert rows(office, day) == [(TESS, 480, 0, 0)]
    assert code_of(office, rollout, other) == "agreed"


def test_what_is_given_back_on_a_day_with_too_much_is_not_sold_again(office: Office) -> None:
    add_customer(office, "First", people=1)
    add_customer(office, "Second", people=1)
    add_customer(office, "Third", people=1)
    campaign = open_campaign(office)
    one, two, three = (rollout_id(office, campaign, n) for n in ("First", "Second", "Third"))
    day = free(office, one)[0]
    agree_on(office, one, day)
    agree_on(office, two, day)
    set_week(office, TESS, *(100,) * 5, 0, 0)
    withdraw(office, one)
    assert code_of(office, three, day) == "date_taken"
    assert [row[1:3] for row in rows(office, day)] == [(100, 66)]


def test_another_technician_takes_a_day_over_and_the_date_stands(office: Office) -> None:
    add_technician(office, UMA)
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    [(lane,)] = rows_of(office, HELD)
    other = UMA if lane == TESS else TESS
    take_off(office, lane, day)
    [crowded] = view(office).too_much
    assert crowded.why == "does not work on this day"
    assert crowded.customers[0].takers == (other,)
    assert day not in crowded.customers[0].days
    with office.store.writing() as session:
        take_over(session, rollout, other, who=ADA, now=office.now, day_minutes=480)
    assert rows_of(office, HELD) == [(other,)]
    assert view(office).too_much == ()
    assert rows_of(office, "SELECT count(*) FROM agreement") == [(1,)]
    assert sorted(rows(office, day)) == sorted([(lane, 0, 0, 70), (other, 480, 70, 0)])
    with pytest.raises(Conflict) as refused, office.store.writing() as session:
        take_over(session, rollout, lane, who=ADA, now=office.now, day_minutes=480)
    assert refused.value.code == "date_taken"
    with pytest.raises(Conflict) as refused, office.store.writing() as session:
        take_over(
            session, rollout, "sam@stranger.example", who=ADA, now=office.now, day_minutes=480
        )
    assert refused.value.code == "no_skill"


def test_the_days_of_who_has_left_are_shown(office: Office) -> None:
    add_technician(office, UMA)
    rollout = invited(office)
    day = free(office, rollout)[0]
    agree_on(office, rollout, day)
    [(lane,)] = rows_of(office, HELD)
    with office.store.writing() as session:
        roster.find_technician(session, lane).ended_at = office.now
    [crowded] = view(office).too_much
    assert (crowded.technician, crowded.why, crowded.there) == (lane, "works here no more", 0)


def test_two_campaigns_of_one_customer_keep_a_week(office: Office) -> None:
    rollout = invited(office)
    another = replace(CHANGE, source_id="MC9", title="Another change")
    second = rollout_id(office, open_campaign(office, "Another", change=another))
    days = free(office, rollout)
    day = days[6]
    agree_on(office, rollout, day)
    closed = [d for d in days if abs((d - day).days) < 7]
    assert not set(closed) & set(free(office, second))
    assert f"on {day.day} {day:%B}; we leave a week between two." in reason(
        office, second, closed[0]
    )
    assert code_of(office, second, closed[0]) == "too_close"
    assert code_of(office, second, closed[0], staff=TESS) == "agreed"
    withdraw(office, second)
    set_limits(office, distance_days=2)
    assert code_of(office, second, day + timedelta(days=7)) == "agreed"
    set_limits(office, distance_days=0)
    assert code_of(office, second, day) == "agreed"


def test_a_change_of_ones_own_date_counts_once(office: Office) -> None:
    rollout = invited(office)
    day = free(office, rollout)[0]
    set_limits(office, campaign_day=1, day=1, day_minutes=70)
    agree_on(office, rollout, day)
    assert day in free(office, rollout)
    assert agree_on(office, rollout, day, at=choice.time(8)).version == 2
    loads = "SELECT rollouts, minutes FROM day_load WHERE rollouts > 0"
    assert rows_of(office, loads) == [(1, 70), (1, 70)]


def test_a_larger_customer_takes_the_longest_day_of_who_can_do_it(office: Office) -> None:
    set_week(office, TESS, *(120,) * 5, 0, 0)
    rollout = invited(office, people=400)
    with office.store.reading() as session:
        assert choice.open_case(session, rollout, office.now, 480).terms.minutes == 120


def test_what_is_wrong_is_named_with_its_field(office: Office) -> None:
    day = date(2026, 8, 3)
    with office.store.writing() as session:
        tess = roster.find_technician(session, TESS)
        told = {"who": ADA, "now": office.now}
        with pytest.raises(Invalid) as wrong:
            roster.set_week(session, tess, [480] * 6, **told, day_minutes=480)
        assert wrong.value.field == "week"
        with pytest.raises(Invalid) as wrong:
            roster.add_day_off(session, tess, day, day - timedelta(1), "x", **told, day_minutes=480)
        assert wrong.value.field == "ends"
        with pytest.raises(Invalid) as wrong:
            roster.add_day_off(session, tess, day, day, "  ", **told, day_minutes=480)
        assert wrong.value.field == "reason"
        with pytest.raises(Invalid) as wrong:
            roster.set_skills(session, tess, ["juggling"], **told)
        assert wrong.value.field == "skills"
        for name, value in (("day", 0), ("day", 10**6), ("moon", 1)):
            with pytest.raises(Invalid):
                roster.set_limits(session, {name: value}, **told)
        for missing in (lambda: roster.find_technician(session, "dana@harbor.example"),
                        lambda: roster.technician_numbered(session, 10**9)):  # fmt: skip
            with pytest.raises(NotFound):
                missing()


def test_everything_is_journalled(office: Office) -> None:
    number = take_off(office, TESS, date(2026, 8, 3))
    work_after_all(office, TESS, number)
    set_week(office, TESS, *(480,) * 5, 0, 0)
    set_skills(office, TESS, "auth")
    set_limits(office, day=4)
    set_limits(office, day=None)
    what = [row[0] for row in rows_of(office, "SELECT what FROM journal_entry ORDER BY id")]
    assert what[-6:] == [
        "day_off_added",
        "day_off_removed",
        "technician_week_set",
        "technician_skills_set",
        "limits_set",
        "limits_set",
    ]
    with office.store.reading() as session:
        assert verify(session) == []
        assert roster.limits(session).day is None


def test_room_is_the_same_whether_or_not_the_terms_are_at_hand(office: Office) -> None:
    add_technician(office, UMA)
    set_skills(office, UMA, "policy")
    set_limits(office, day=3)
    rollout = invited(office)
    day, *_, last = free(office, rollout)
    agree_on(office, rollout, day)
    with office.store.reading() as session:
        case = choice.open_case(session, rollout, office.now, 480)
        room = choice.room_of(session, case, day, last)
        assert room_for(session, rollout, day, last, 480) == room
    assert room.lanes == (TESS,)
    assert room.begun == {day: {TESS, UMA}}
    assert room.loads == {day: Load(0, 0, 0)}
